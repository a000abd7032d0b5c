import {
  inboundEventId,
  INBOUND_TYPES,
  type Content,
  type DeadLetterCode,
  type InboundEvent,
  type InboundIdentity,
} from '@app/contracts';
import { cleanIdentifier, withPresent } from '@app/kernel';
import type { ParseContext } from '../channel-adapter.js';
import {
  EARLIEST_CHAT_MS,
  eventFrame,
  filled,
  idOf,
  instantOf,
  objectOf,
  rawElement,
  repliedMessage,
  sha256Hex,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { readLineMessage } from './line.content.js';

/** What an element turned out to be. */
export type MappedLine =
  | { readonly event: InboundEvent; readonly senderId: string }
  | { readonly reject: DeadLetterCode; readonly detail: string };

/** An event of LINE, whose it is, and where it happened. */
interface Subject {
  readonly value: JsonObject;
  readonly type: string;
  readonly bytes: Buffer;
  readonly context: ParseContext;
  readonly identity: InboundIdentity;
  readonly conversationId: string;
}

interface Naming {
  readonly kind: string;
  readonly messageId: string;
  readonly messageKind: 'message' | 'event';
  readonly flags?: readonly string[];
}

const unreadable = (detail: string): MappedLine => ({ reject: 'schema_invalid', detail });

/** Events about a person or a chat that nobody wrote. */
const SYSTEM = new Set([
  'follow',
  'unfollow',
  'join',
  'leave',
  'memberJoined',
  'memberLeft',
  'videoPlayComplete',
  'beacon',
  'accountLink',
  'membership',
  'things',
  'activated',
  'deactivated',
]);

function frameOf({ value, context, bytes, identity, conversationId }: Subject, naming: Naming) {
  const timeMs = instantOf(value['timestamp']);
  return eventFrame({
    context,
    direction: 'inbound',
    identity,
    messageKind: naming.messageKind,
    messageId: naming.messageId,
    conversationId,
    eventId: idOf(value['webhookEventId']),
    timestamp: timeMs === undefined ? undefined : String(value['timestamp']),
    timeMs,
    earliestMs: EARLIEST_CHAT_MS,
    flags: [...(value['mode'] === 'standby' ? ['standby'] : []), ...(naming.flags ?? [])],
    raw: rawElement(bytes),
  });
}

const idFor = ({ context }: Subject, { kind, messageId }: Naming): string =>
  inboundEventId({ accountId: context.account.id, eventKind: kind, messageId });

function mapMessage(subject: Subject): MappedLine {
  const message = objectOf(subject.value['message']);
  const messageId = idOf(message?.['id']);
  if (message === undefined || messageId === undefined) return unreadable('a message without id');
  const { content, attachments, flags } = readLineMessage(message, messageId);
  const naming: Naming = { kind: 'message', messageId, messageKind: 'message', flags };
  const quoted = idOf(message['quotedMessageId']);
  return {
    senderId: subject.identity.value,
    event: {
      id: idFor(subject, naming),
      type: INBOUND_TYPES.received,
      data: withPresent(frameOf(subject, naming), {
        content,
        attachments: filled(attachments),
        reply_to: repliedMessage(quoted),
      }),
    },
  };
}

function mapUnsend(subject: Subject): MappedLine {
  const messageId = idOf(objectOf(subject.value['unsend'])?.['messageId']);
  if (messageId === undefined) return unreadable('unsend without messageId');
  const naming: Naming = { kind: 'delete', messageId, messageKind: 'message' };
  const data = withPresent(frameOf(subject, naming), { action: 'delete' as const });
  return { senderId: subject.identity.value, event: { id: idFor(subject, naming), type: INBOUND_TYPES.deleted, data } };
}

/** Something without a message: it stands under the id of its event, else under the digest of its bytes. */
function mapOccurrence(subject: Subject, content: Content): MappedLine {
  const id = idOf(subject.value['webhookEventId']) ?? sha256Hex(subject.bytes);
  const naming: Naming = { kind: subject.type, messageId: `${subject.type}:${id}`, messageKind: 'event' };
  const data = withPresent(frameOf(subject, naming), { content });
  return {
    senderId: subject.identity.value,
    event: { id: idFor(subject, naming), type: INBOUND_TYPES.received, data },
  };
}

function mapPostback(subject: Subject): MappedLine {
  const data = textOf(objectOf(subject.value['postback'])?.['data']);
  const payload = data === undefined ? {} : { payload: cleanIdentifier(data) };
  return mapOccurrence(subject, { type: 'interactive', interactive: { kind: 'postback', ...payload } });
}

/** A person is known within a provider of LINE; who hides in a group is known as the group. */
function whoOf(value: JsonObject, { account }: ParseContext): Pick<Subject, 'identity' | 'conversationId'> | undefined {
  const source = objectOf(value['source']);
  const user = idOf(source?.['userId']);
  const chat = idOf(source?.['groupId']) ?? idOf(source?.['roomId']);
  const conversationId = chat ?? user;
  if (conversationId === undefined) return undefined;
  if (user === undefined) {
    const identity = {
      kind: 'sender_label',
      scope: account.id,
      value: `line:${conversationId}`,
      authenticity: 'A1',
    } as const;
    return { identity, conversationId };
  }
  const scope = textOf(account.settings['provider_id']) ?? account.externalId;
  return { identity: { kind: 'line_user', scope, value: user, authenticity: 'A2' }, conversationId };
}

/**
 * Maps one element of `events`.
 *
 * @see docs/channels/line.md for the event ids
 */
export function mapLine(element: unknown, bytes: Buffer, context: ParseContext): MappedLine {
  const value = objectOf(element);
  const type = textOf(value?.['type'])?.slice(0, 64);
  if (value === undefined || type === undefined) return unreadable('an event without a type');
  const who = whoOf(value, context);
  if (who === undefined) return { reject: 'unsupported_content', detail: `${cleanIdentifier(type)} that names nobody` };
  const subject: Subject = { value, type: cleanIdentifier(type), bytes, context, ...who };
  if (type === 'message') return mapMessage(subject);
  if (type === 'unsend') return mapUnsend(subject);
  if (type === 'postback') return mapPostback(subject);
  const known = SYSTEM.has(type) ? 'system' : 'unsupported';
  return mapOccurrence(subject, { type: known, provider_type: subject.type });
}
