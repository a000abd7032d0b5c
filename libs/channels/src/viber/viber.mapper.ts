import {
  inboundEventId,
  INBOUND_TYPES,
  type DeadLetterCode,
  type DeliveryStatus,
  type InboundEvent,
  type InboundIdentity,
} from '@app/contracts';
import { cleanIdentifier, cleanText, withPresent } from '@app/kernel';
import type { ParseContext, ParseResult } from '../channel-adapter.js';
import {
  EARLIEST_CHAT_MS,
  eventFrame,
  exceedsRecord,
  filled,
  idOf,
  instantOf,
  objectOf,
  rawElement,
  readJson,
  rejectElement,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { readViberMessage } from './viber.content.js';

/** A callback whose person is known. */
interface Subject {
  readonly body: JsonObject;
  readonly event: string;
  readonly token: string;
  readonly identity: InboundIdentity;
  readonly context: ParseContext;
  readonly bytes: Buffer;
}

interface Naming {
  readonly messageId: string;
  readonly messageKind: 'message' | 'event';
  readonly direction: 'inbound' | 'echo';
  readonly flags?: readonly string[];
}

type Mapped = InboundEvent | { readonly reject: DeadLetterCode; readonly detail: string } | { readonly ignore: string };

/** What became of a message of ours; each names it by its token. */
const STATUSES: Readonly<Record<string, DeliveryStatus>> = { delivered: 'delivered', seen: 'read', failed: 'failed' };

const short = (text: string): string => cleanText(text, { nul: 'replace', maxChars: 256 }).text;

/** A person, whom different callbacks name in different places; unique for each bot. */
function personOf(body: JsonObject, { account }: ParseContext): InboundIdentity | undefined {
  const user = objectOf(body['sender']) ?? objectOf(body['user']) ?? {};
  const id = idOf(user['id']) ?? idOf(body['user_id']);
  if (id === undefined) return undefined;
  const [name, locale, avatar] = [textOf(user['name']), textOf(user['language']), textOf(user['avatar'])];
  const person: InboundIdentity = { kind: 'viber_user', scope: account.externalId, value: id, authenticity: 'A2' };
  return withPresent(person, {
    display_name: name === undefined ? undefined : short(name),
    locale: locale === undefined ? undefined : short(locale),
    avatar_ref: avatar === undefined ? undefined : cleanIdentifier(avatar.slice(0, 2_048)),
  });
}

function frameOf({ body, identity, context, bytes, token }: Subject, naming: Naming) {
  const timeMs = instantOf(body['timestamp']);
  return eventFrame({
    context,
    direction: naming.direction,
    identity,
    messageKind: naming.messageKind,
    messageId: naming.messageId,
    conversationId: identity.value,
    eventId: token,
    timestamp: timeMs === undefined ? undefined : String(body['timestamp']),
    timeMs,
    earliestMs: EARLIEST_CHAT_MS,
    flags: naming.flags ?? [],
    raw: rawElement(bytes),
  });
}

const idFor = ({ context }: Subject, eventKind: string, messageId: string): string =>
  inboundEventId({ accountId: context.account.id, eventKind, messageId });

function mapMessage(subject: Subject): Mapped {
  const message = objectOf(subject.body['message']);
  if (message === undefined) return { reject: 'schema_invalid', detail: 'a message without its content' };
  const { content, attachments, claims, flags } = readViberMessage(message);
  const naming: Naming = { messageId: subject.token, messageKind: 'message', direction: 'inbound', flags };
  return {
    id: idFor(subject, 'message', subject.token),
    type: INBOUND_TYPES.received,
    data: withPresent(frameOf(subject, naming), {
      claims: filled(claims),
      content,
      attachments: filled(attachments),
    }),
  };
}

function mapReceipt(subject: Subject, status: DeliveryStatus): Mapped {
  const { event, token, identity, body } = subject;
  const messageId = [event, token, identity.value].join(':');
  const reason = textOf(body['desc']);
  return {
    id: idFor(subject, 'receipt', messageId),
    type: INBOUND_TYPES.receipt,
    data: withPresent(frameOf(subject, { messageId, messageKind: 'message', direction: 'echo' }), {
      status,
      message_ids: [token],
      ...(status === 'failed' && reason !== undefined ? { error: { code: 'failed', title: short(reason) } } : {}),
    }),
  };
}

/** Something that a person did and did not write. */
function mapOccurrence(subject: Subject, known: boolean): Mapped {
  const { event, token, body } = subject;
  const messageId = [event, token].join(':');
  const context = textOf(body['context']);
  const payload = context === undefined ? {} : { payload: cleanIdentifier(context) };
  return {
    id: idFor(subject, event, messageId),
    type: INBOUND_TYPES.received,
    data: withPresent(frameOf(subject, { messageId, messageKind: 'event', direction: 'inbound' }), {
      content: known
        ? { type: 'system', provider_type: event, interactive: { kind: event, ...payload } }
        : { type: 'unsupported', provider_type: event },
    }),
  };
}

const SYSTEM = new Set(['conversation_started', 'subscribed', 'unsubscribed']);

function mapCallback(value: unknown, bytes: Buffer, context: ParseContext): Mapped {
  const body = objectOf(value);
  const event = textOf(body?.['event'])?.slice(0, 64);
  if (body === undefined || event === undefined) return { reject: 'schema_invalid', detail: 'no event' };
  if (event === 'webhook') return { ignore: 'webhook_check' };
  const token = idOf(body['message_token']);
  if (token === undefined) return { reject: 'schema_invalid', detail: 'no message_token' };
  const name = cleanIdentifier(event);
  const identity = personOf(body, context);
  if (identity === undefined) return { reject: 'unsupported_content', detail: `${name} that names nobody` };
  const subject: Subject = { body, event: name, token, identity, context, bytes };
  if (event === 'message') return mapMessage(subject);
  const status = Object.hasOwn(STATUSES, event) ? STATUSES[event] : undefined;
  return status === undefined ? mapOccurrence(subject, SYSTEM.has(event)) : mapReceipt(subject, status);
}

/** One callback: one event. */
export function parseViber(body: Buffer, context: ParseContext): ParseResult {
  const { account } = context;
  const reading = readJson(body);
  const mapped: Mapped = reading.ok
    ? mapCallback(reading.value, body, context)
    : { reject: 'decode_failed', detail: 'the body is not JSON' };
  if ('ignore' in mapped) return { events: [], rejected: [], ignored: [{ reason: mapped.ignore }] };
  const fault =
    'reject' in mapped
      ? mapped
      : exceedsRecord(mapped, body.length)
        ? ({ reject: 'too_large', detail: `a callback of ${body.length} bytes` } as const)
        : undefined;
  if (fault !== undefined) {
    const rejected = [rejectElement(fault.reject, fault.detail, { accountId: account.id, bytes: body })];
    return { events: [], rejected, ignored: [] };
  }
  const event = mapped as InboundEvent;
  return { events: [{ event, account, senderId: event.data.identity?.value ?? '' }], rejected: [], ignored: [] };
}
