import { INBOUND_TYPES, type Content } from '@app/contracts';
import { chooseOccurredAt, cleanIdentifier, withPresent } from '@app/kernel';
import {
  EARLIEST_CHAT_MS,
  filled,
  idOf,
  instantOf,
  listOf,
  numberOf,
  objectOf,
  repliedMessage,
  sha256Hex,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { eventOf, messageText, unreadable, type Mapped, type Occurrence, type Subject } from './mapping.js';
import { claimsOf, interactive, readMessage, referralOf } from './messenger-content.js';
import { partiesOf, type Parties } from './messenger-parties.js';
import { orderText } from './messenger-order.js';

/** One item of `messaging[]` or `standby[]` with both sides known. */
interface Item {
  readonly subject: Subject;
  readonly parties: Parties;
  readonly value: JsonObject;
  readonly time: number | undefined;
}

type KindMapper = (item: Item, body: JsonObject, kind: string) => Mapped;

/** Kinds of item by the member that makes an item that kind; the first that an item has decides. */
const KINDS: Readonly<Record<string, KindMapper>> = {
  message: mapMessage,
  message_edit: mapEdit,
  reaction: mapReaction,
  postback: mapPostback,
  referral: (item, body, kind) => occurrence(item, kind, { type: 'interactive', interactive: referralOf(body) }),
  optin: mapOptin,
  read: (item, body) => mapReceipt(item, body, 'read'),
  delivery: (item, body) => mapReceipt(item, body, 'delivered'),
  order: mapOrder,
  response_feedback: mapFeedback,
  account_linking: (item, body, kind) => systemEvent(item, kind, body.status),
  pass_thread_control: (item, body, kind) => systemEvent(item, kind, body.metadata),
  take_thread_control: (item, body, kind) => systemEvent(item, kind, body.metadata),
  request_thread_control: (item, body, kind) => systemEvent(item, kind, body.metadata),
  app_roles: (item, _body, kind) => systemEvent(item, kind),
};

const KIND_NAMES = Object.keys(KINDS);

/** Members that every item may have; the name of any other says what the item is. */
const COMMON = new Set(['sender', 'recipient', 'timestamp', 'prior_message', 'is_direct_send_request']);

/**
 * Maps one item of `messaging[]` or `standby[]`.
 *
 * @see docs/channels/messenger.md for the event ids
 */
export function mapMessaging(subject: Subject): Mapped {
  const value = objectOf(subject.element.value);
  if (value === undefined) return unreadable('an item that is not an object');
  const kind = kindOf(value);
  if (kind === undefined) return unreadable('an item that says nothing');
  const name = shortName(kind);
  const map = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  // An account that writes to itself tries something out.
  if (objectOf(value.message)?.is_self === true) return { ignore: 'self' };
  const parties = partiesOf(value, subject);
  if (parties === undefined) {
    const code = map === undefined ? 'unsupported_content' : 'schema_invalid';
    return { reject: code, detail: `${name} that names no customer` };
  }
  const item: Item = { subject, parties, value, time: instantOf(value.timestamp) };
  if (map === undefined) return occurrence(item, name, { type: 'unsupported', provider_type: name });
  const body = objectOf(value[kind]);
  return body === undefined ? unreadable(`${kind} that is not an object`) : map(item, body, kind);
}

const shortName = (name: string): string => cleanIdentifier(name.slice(0, 64));

function kindOf(value: JsonObject): string | undefined {
  return KIND_NAMES.find((kind) => value[kind] !== undefined) ?? Object.keys(value).find((name) => !COMMON.has(name));
}

/** What all events of an item share; `messageId` is a message of Messenger's unless the kind says otherwise. */
function base({ parties, value, time }: Item, key: Occurrence['key'], flags: readonly string[] = []): Occurrence {
  return {
    key,
    direction: parties.direction,
    identity: parties.identity,
    conversationId: parties.identity.value,
    messageId: key.messageId,
    messageKind: 'message',
    time,
    timestamp: value.timestamp,
    flags: flags.length === 0 ? parties.flags : [...parties.flags, ...flags],
  };
}

/** A tuple that stands for an item without an id: its person and time, else its bytes. */
function tupleOf(item: Item, ...more: readonly string[]): string {
  return [item.parties.identity.value, whenOf(item), ...more].join(':');
}

const whenOf = ({ time, subject }: Item): string =>
  time === undefined ? sha256Hex(subject.element.bytes) : String(time);

/** Something that a person did, or that happened to the thread, and that has no id. */
function occurrence(item: Item, kind: string, content: Content, more: readonly string[] = []): Mapped {
  const digest = content.type === 'unsupported' ? [sha256Hex(item.subject.element.bytes)] : [];
  const messageId = `${kind}:${tupleOf(item, ...more, ...digest)}`;
  return eventOf(
    item.subject,
    { ...base(item, { eventKind: kind, messageId }), messageKind: 'event' },
    (id, frame) => ({ id, type: INBOUND_TYPES.received, data: withPresent(frame, { content }) }),
  );
}

function systemEvent(item: Item, kind: string, payload?: unknown): Mapped {
  return occurrence(item, kind, { type: 'system', provider_type: kind, interactive: interactive(kind, payload) });
}

function mapMessage(item: Item, message: JsonObject): Mapped {
  const mid = idOf(message.mid);
  if (mid === undefined) return unreadable('message without mid');
  if (message.is_deleted === true) return mapUnsend(item, mid);
  const { content, attachments, flags } = readMessage(message, mid);
  const shared = base(item, { eventKind: 'message', messageId: mid }, flags);
  if (item.parties.direction === 'inbound') shared.claims = claimsOf(message, objectOf(item.value.prior_message));
  const answered = idOf(objectOf(message.reply_to)?.mid);
  return eventOf(item.subject, shared, (id, frame) => {
    const data = withPresent(frame, {
      content,
      attachments: filled(attachments),
      reply_to: repliedMessage(answered),
    });
    return { id, type: INBOUND_TYPES.received, data };
  });
}

function mapUnsend(item: Item, mid: string): Mapped {
  return eventOf(item.subject, base(item, { eventKind: 'delete', messageId: mid }), (id, frame) => ({
    id,
    type: INBOUND_TYPES.deleted,
    data: withPresent(frame, { action: 'delete' }),
  }));
}

function mapEdit(item: Item, edit: JsonObject): Mapped {
  const mid = idOf(edit.mid);
  if (mid === undefined || typeof edit.text !== 'string') return unreadable('message_edit without mid or text');
  const rank = Math.max(0, Math.trunc(numberOf(edit.num_edit) ?? 0));
  const revision = edit.num_edit === undefined ? tupleOf(item) : String(rank);
  const { text, flags } = messageText(edit.text);
  const shared = base(item, { eventKind: 'edit', messageId: mid, revision });
  return eventOf(item.subject, { ...shared, flags: [...item.parties.flags, ...flags] }, (id, frame) => ({
    id,
    type: INBOUND_TYPES.edited,
    data: withPresent(frame, { content: { type: 'text', text }, edit_rank: Number.isSafeInteger(rank) ? rank : 0 }),
  }));
}

function mapReaction(item: Item, reaction: JsonObject): Mapped {
  const mid = idOf(reaction.mid);
  const { action } = reaction;
  if (mid === undefined || (action !== 'react' && action !== 'unreact'))
    return unreadable('reaction without mid or action');
  const actor = item.parties.senderId;
  const name = textOf(reaction.reaction);
  const emoji = textOf(reaction.emoji);
  const revision = `${actor}:${whenOf(item)}:${action}`;
  return eventOf(item.subject, base(item, { eventKind: 'reaction', messageId: mid, revision }), (id, frame) => ({
    id,
    type: INBOUND_TYPES.reacted,
    data: withPresent(frame, {
      actor,
      action,
      ...(name === undefined ? {} : { reaction: shortName(name) }),
      ...(emoji === undefined ? {} : { emoji: shortName(emoji) }),
    }),
  }));
}

function mapPostback(item: Item, postback: JsonObject, kind: string): Mapped {
  const tapped = interactive(kind, postback.payload, postback.title);
  const content: Content = {
    type: 'interactive',
    ...(tapped.title === undefined ? {} : { text: tapped.title }),
    interactive: tapped,
  };
  const mid = idOf(postback.mid);
  if (mid === undefined) return occurrence(item, kind, content, [sha256Hex(tapped.payload ?? '')]);
  return eventOf(item.subject, base(item, { eventKind: kind, messageId: mid }), (id, frame) => ({
    id,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, { content }),
  }));
}

/** The token of a subscription is a credential: it stays in the raw element. */
function mapOptin(item: Item, optin: JsonObject, kind: string): Mapped {
  const tapped = interactive(kind, textOf(optin.payload) ?? optin.ref, optin.title);
  return occurrence(item, kind, { type: 'interactive', interactive: tapped });
}

function mapOrder(item: Item, order: JsonObject, kind: string): Mapped {
  const { text, flags } = messageText(orderText(order));
  const content: Content = {
    type: 'interactive',
    ...(text === '' ? {} : { text }),
    interactive: interactive(kind, order.note),
  };
  return occurrence({ ...item, parties: { ...item.parties, flags: [...item.parties.flags, ...flags] } }, kind, content);
}

function mapFeedback(item: Item, feedback: JsonObject, kind: string): Mapped {
  const mid = idOf(feedback.mid);
  const content: Content = { type: 'interactive', interactive: interactive(kind, feedback.feedback) };
  const messageId = `${kind}:${tupleOf(item, ...(mid === undefined ? [] : [mid]))}`;
  return eventOf(
    item.subject,
    { ...base(item, { eventKind: kind, messageId }), messageKind: 'event' },
    (id, frame) => ({
      id,
      type: INBOUND_TYPES.received,
      data: withPresent(frame, {
        content,
        ...(mid === undefined ? {} : { reply_to: { message_kind: 'message', provider_message_id: mid } }),
      }),
    }),
  );
}

/** What became of messages of ours: those named, and all up to the watermark. */
function mapReceipt(item: Item, body: JsonObject, status: 'read' | 'delivered'): Mapped {
  if (item.parties.direction === 'echo') return { ignore: `${status}_by_page` };
  // Messenger names several and a time; Instagram names one message.
  const named = [...listOf(body.mids), body.mid].flatMap((mid) => idOf(mid) ?? []);
  const until = instantOf(body.watermark);
  if (named.length === 0 && until === undefined) return unreadable(`${status} without mids or watermark`);
  // A watermark from the future would mark messages that are not yet written.
  const watermark =
    until === undefined ? undefined : chooseOccurredAt(until, item.subject.receivedAt, EARLIEST_CHAT_MS);
  const mids = named.length === 0 ? [] : [sha256Hex(JSON.stringify(named))];
  const messageId = [status, item.parties.identity.value, until ?? item.time ?? '', ...mids].join(':');
  return eventOf(item.subject, base(item, { eventKind: status, messageId }), (id, frame) => ({
    id,
    type: INBOUND_TYPES.receipt,
    data: withPresent(frame, {
      status,
      message_ids: named,
      ...(watermark === undefined ? {} : { watermark: watermark.occurredAt.toISOString() }),
    }),
  }));
}
