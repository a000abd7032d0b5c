import {
  inboundEventId,
  INBOUND_TYPES,
  MAX_TEXT_CHARS,
  type InboundEvent,
  type InboundIdentity,
  type Raw,
} from '@app/contracts';
import { cleanIdentifier, cleanText, present, type ChannelAccount } from '@app/kernel';
import type { ParseContext, ParsedEvent, WebhookRequest } from '../channel-adapter.js';
import { customerOf, type NamedCustomer } from '../shared/customer-of.js';
import { rawElement } from '../shared/element.js';
import { eventFrame } from '../shared/event-frame.js';
import { idOf, textOf } from '../shared/fields.js';
import { fieldsToShow } from '../shared/form-fields.js';
import { sha256Hex } from '../shared/hmac.js';
import { EARLIEST_CHAT_MS, instantOf } from '../shared/instant-of.js';
import { referenceTo } from '../shared/mail/received-mail.js';
import { nameIn, rolesOf } from './field-roles.js';
import type { FormField } from './fields-of.js';
import { MAX_FILES, toAttachments, type FormFiles } from './form-files.js';
import type { FieldRole, WebFormSettings } from './web-form.settings.js';

/** What a form is read with. */
export interface FormFrame {
  readonly request: WebhookRequest;
  readonly context: ParseContext;
  readonly settings: WebFormSettings;
  /** The form as it came. */
  readonly bytes: Buffer;
  readonly held?: FormFiles;
  /** Whether the request holds no other form. */
  readonly isAlone: boolean;
}

type Roles = ReadonlyMap<FieldRole, FormField>;

/** Fields that the entry shows in places of their own. */
const SHOWN_ELSEWHERE = ['message', 'form_name', 'page', 'submission_id'] as const satisfies readonly FieldRole[];

const YES = /^(?:1|true|on|yes|y|có|co|đồng ý|dong y|agree|accepted)$/iu;
const MAX_WORD_CHARS = 256;

const word = (text: string | undefined, maxChars = MAX_WORD_CHARS): string | undefined =>
  text === undefined ? undefined : cleanText(text, { nul: 'remove', maxChars }).text.trim() || undefined;

function customerIn(fields: readonly FormField[], roles: Roles, account: ChannelAccount): NamedCustomer {
  const name = word(nameIn(fields, roles));
  const [phone, email] = [word(roles.get('phone')?.value, 64), word(roles.get('email')?.value, 320)];
  const nobody: InboundIdentity = { kind: 'sender_label', scope: account.id, value: 'unnamed', authenticity: 'A0' };
  return (
    customerOf(present({ name, phone, email }), account, 'visitor') ?? {
      identity: { ...nobody, ...present({ display_name: name }) },
      claims: [],
    }
  );
}

/** The form's own id, else what it says and holds: a form that is sent again is the same one. */
function messageIdOf(fields: readonly FormField[], roles: Roles, { request, held, isAlone }: FormFrame): string {
  const delivery = isAlone ? textOf(request.headers['webhook-id']) : undefined;
  const id = idOf(roles.get('submission_id')?.value) ?? idOf(delivery);
  if (id !== undefined) return `form:${id}`;
  // Telephones call every picture alike.
  const files = (held?.files ?? []).map(({ bytes }) => [sha256Hex(bytes)]);
  return `form:${sha256Hex(JSON.stringify([...fields.map(({ name, value }) => [name, value]), ...files]))}`;
}

function pageOf(roles: Roles): string | undefined {
  const address = word(roles.get('page')?.value, 2048);
  return address !== undefined && /^https?:/i.test(address) && URL.canParse(address) ? address : undefined;
}

/** The form itself, or where it is kept with its files. */
function rawOf({ request, bytes, held }: FormFrame): Raw {
  if (held !== undefined)
    return { media_type: held.original.mediaType, encoding: 'reference', data: referenceTo(held.original) };
  return rawElement(bytes, cleanIdentifier(request.headers['content-type'] ?? 'application/json').slice(0, 200));
}

/** Of these a form needs one, or it tells neither who wrote nor what. */
const TELLING: readonly FieldRole[] = ['message', 'phone', 'email', 'name'];

/** The event of a form. @returns undefined when no field of it is known to tell who wrote or what */
export function mapForm(fields: readonly FormField[], frame: FormFrame): ParsedEvent | undefined {
  const { context, settings, held } = frame;
  const { account } = context;
  const roles = rolesOf(fields, settings);
  if (!TELLING.some((role) => roles.has(role)) && nameIn(fields, roles) === undefined) return undefined;
  const { identity, claims } = customerIn(fields, roles, account);
  const messageId = messageIdOf(fields, roles, frame);
  const { text, truncated } = cleanText(roles.get('message')?.value ?? '', { nul: 'remove', maxChars: MAX_TEXT_CHARS });
  const timestamp = word(roles.get('submitted_at')?.value, 64);
  const elsewhere = new Set(SHOWN_ELSEWHERE.map((role) => roles.get(role)));
  const consent = roles.get('marketing_consent')?.value;
  const data = eventFrame({
    context,
    direction: 'inbound',
    identity,
    messageKind: 'message',
    messageId,
    conversationId: identity.value,
    timestamp,
    // A form without a time of its own is sent when it is filled in.
    timeMs: timestamp === undefined ? context.receivedAt.getTime() : instantOf(timestamp),
    earliestMs: EARLIEST_CHAT_MS,
    ...(truncated || (held?.files.length ?? 0) > MAX_FILES ? { flags: ['truncated'] } : {}),
    raw: rawOf(frame),
  });
  const event: InboundEvent = {
    id: inboundEventId({ accountId: account.id, eventKind: 'message', messageId }),
    type: INBOUND_TYPES.received,
    data: {
      ...data,
      ...(claims.length === 0 ? {} : { claims: [...claims] }),
      message_kind: 'message',
      content: { type: 'text', text },
      ...(held === undefined ? {} : { attachments: toAttachments(held) }),
      form: present({
        name: word(roles.get('form_name')?.value) ?? settings.form,
        page: pageOf(roles),
        fields: fieldsToShow(fields.filter((field) => !elsewhere.has(field))),
        marketing_consent: consent === undefined ? undefined : YES.test(consent.trim()),
      }),
    },
  };
  return { event, account, senderId: identity.value };
}
