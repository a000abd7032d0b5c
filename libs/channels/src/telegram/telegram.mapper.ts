import {
  inboundEventId,
  INBOUND_TYPES,
  type Content,
  type DeadLetterCode,
  type InboundEvent,
  type Raw,
} from '@app/contracts';
import { cleanIdentifier, withPresent } from '@app/kernel';
import type { ParseContext, ParsedEvent } from '../channel-adapter.js';
import {
  EARLIEST_CHAT_MS,
  eventFrame,
  filled,
  idOf,
  instantOf,
  listOf,
  numberOf,
  objectOf,
  repliedMessage,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { reactionOf, readMessage } from './telegram.content.js';
import { partiesOf, type TelegramParties } from './telegram.parties.js';
import type { TelegramUpdate } from './telegram.update.js';

/** An update with what its events are made of. */
export interface TelegramDelivery {
  readonly update: TelegramUpdate;
  readonly context: ParseContext;
  readonly raw: Raw;
}

/** What an update turned out to be. */
export type MappedUpdate =
  { readonly events: readonly ParsedEvent[] } | { readonly reject: DeadLetterCode; readonly detail: string };

/** An update whose sides are known. */
interface Subject extends TelegramDelivery {
  readonly parties: TelegramParties;
  readonly value: JsonObject;
}

interface Naming {
  readonly kind: string;
  readonly messageId: string;
  readonly messageKind: 'message' | 'event';
  readonly revision?: string;
  readonly flags?: readonly string[];
  /** Seconds since 1970. */
  readonly time: unknown;
}

const unreadable = (detail: string): MappedUpdate => ({ reject: 'schema_invalid', detail });

/** Numbers of messages count within their chat. */
const messageIdOf = (chatId: string, number: string): string => `${chatId}:${number}`;

function frameOf({ update, context, raw, parties }: Subject, naming: Naming) {
  const timeMs = instantOf(naming.time);
  return eventFrame({
    context,
    direction: parties.direction,
    identity: parties.identity,
    messageKind: naming.messageKind,
    messageId: naming.messageId,
    conversationId: parties.conversationId,
    eventId: update.id,
    revision: naming.revision,
    timestamp: timeMs === undefined ? undefined : String(naming.time),
    timeMs,
    earliestMs: EARLIEST_CHAT_MS,
    flags: naming.flags ?? [],
    raw,
  });
}

function idFor({ context }: Subject, { kind, messageId, revision }: Naming): string {
  return inboundEventId({
    accountId: context.account.id,
    eventKind: kind,
    messageId,
    ...(revision === undefined ? {} : { revision }),
  });
}

const one = ({ context, parties }: Subject, event: InboundEvent): MappedUpdate => ({
  events: [{ event, account: context.account, senderId: parties.identity.value }],
});

function mapMessage(subject: Subject): MappedUpdate {
  const { value, parties } = subject;
  const number = idOf(value['message_id']);
  if (number === undefined) return unreadable('a message without message_id');
  const { content, attachments, claims, flags } = readMessage(value, parties.actorId);
  const messageId = messageIdOf(parties.chatId, number);
  const naming: Naming = { kind: 'message', messageId, messageKind: 'message', time: value['date'], flags };
  const answered = idOf(objectOf(value['reply_to_message'])?.['message_id']);
  return one(subject, {
    id: idFor(subject, naming),
    type: INBOUND_TYPES.received,
    data: withPresent(frameOf(subject, naming), {
      claims: parties.direction === 'inbound' ? filled(claims) : undefined,
      content,
      attachments: filled(attachments),
      reply_to: repliedMessage(answered === undefined ? undefined : messageIdOf(parties.chatId, answered)),
    }),
  });
}

/** The whole message as it is now; of two edits within a second the update's number tells which is which. */
function mapEdit(subject: Subject): MappedUpdate {
  const { value, parties, update } = subject;
  const number = idOf(value['message_id']);
  const edited = numberOf(value['edit_date']);
  if (number === undefined || edited === undefined) return unreadable('an edit without message_id or edit_date');
  const { content, attachments, flags } = readMessage(value, parties.actorId);
  const naming: Naming = {
    kind: 'edit',
    messageId: messageIdOf(parties.chatId, number),
    messageKind: 'message',
    revision: `${edited}:${update.id}`,
    time: edited,
    flags,
  };
  return one(subject, {
    id: idFor(subject, naming),
    type: INBOUND_TYPES.edited,
    data: withPresent(frameOf(subject, naming), {
      content,
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
      edit_rank: Math.max(0, Math.trunc(Number.isSafeInteger(Math.trunc(edited)) ? edited : 0)),
    }),
  });
}

function mapDeletions(subject: Subject): MappedUpdate {
  const { value, parties, context } = subject;
  const numbers = listOf(value['message_ids']).map(idOf);
  if (numbers.length === 0 || numbers.includes(undefined)) return unreadable('deletions without message_ids');
  const events = numbers.map((number): ParsedEvent => {
    const messageId = messageIdOf(parties.chatId, number!);
    const naming: Naming = { kind: 'delete', messageId, messageKind: 'message', time: undefined };
    const frame = frameOf(subject, naming);
    return {
      account: context.account,
      senderId: parties.identity.value,
      event: {
        id: idFor(subject, naming),
        type: INBOUND_TYPES.deleted,
        data: withPresent(frame, { action: 'delete' }),
      },
    };
  });
  return { events };
}

function mapReaction(subject: Subject): MappedUpdate {
  const { value, parties } = subject;
  const number = idOf(value['message_id']);
  if (number === undefined || !Array.isArray(value['new_reaction']))
    return unreadable('a reaction without its message');
  const reaction = reactionOf(value);
  const action = reaction === undefined ? 'unreact' : 'react';
  const naming: Naming = {
    kind: 'reaction',
    messageId: messageIdOf(parties.chatId, number),
    messageKind: 'message',
    revision: [parties.actorId, idOf(value['date']) ?? '', action, reaction?.reaction ?? ''].join(':'),
    time: value['date'],
  };
  return one(subject, {
    id: idFor(subject, naming),
    type: INBOUND_TYPES.reacted,
    data: withPresent(frameOf(subject, naming), { actor: parties.actorId, action, ...reaction }),
  });
}

/** Something that was done and has no number of its own: it stands under the update's. */
function mapOccurrence(subject: Subject, content: Content, repliesTo?: string): MappedUpdate {
  const { update, value } = subject;
  const messageId = `${update.field}:${update.id}`;
  const naming: Naming = { kind: update.field, messageId, messageKind: 'event', time: value['date'] };
  return one(subject, {
    id: idFor(subject, naming),
    type: INBOUND_TYPES.received,
    data: withPresent(frameOf(subject, naming), {
      content,
      ...(repliesTo === undefined ? {} : { reply_to: { message_kind: 'message', provider_message_id: repliesTo } }),
    }),
  });
}

/** A tap on a button of ours. Its message may be too old to be shown, and then has no text. */
function mapCallback(subject: Subject): MappedUpdate {
  const { value, parties } = subject;
  const data = textOf(value['data']);
  const number = idOf(objectOf(value['message'])?.['message_id']);
  const payload = data === undefined ? {} : { payload: cleanIdentifier(data) };
  const content: Content = { type: 'interactive', interactive: { kind: 'callback_query', ...payload } };
  return mapOccurrence(subject, content, number === undefined ? undefined : messageIdOf(parties.chatId, number));
}

/** In a private chat `kicked` means that the person blocked the bot, `member` that the block is lifted. */
function mapMembership(subject: Subject): MappedUpdate {
  const status = textOf(objectOf(subject.value['new_chat_member'])?.['status']);
  const payload = status === undefined ? {} : { payload: cleanIdentifier(status.slice(0, 64)) };
  const { field } = subject.update;
  return mapOccurrence(subject, { type: 'system', provider_type: field, interactive: { kind: field, ...payload } });
}

const mapOther = (subject: Subject): MappedUpdate =>
  mapOccurrence(subject, { type: 'unsupported', provider_type: cleanIdentifier(subject.update.field) });

/** What each field of an update is; one that is not listed is kept with its bytes, as far as it names a person. */
const MAPPERS: Readonly<Record<string, (subject: Subject) => MappedUpdate>> = {
  message: mapMessage,
  channel_post: mapMessage,
  business_message: mapMessage,
  guest_message: mapMessage,
  edited_message: mapEdit,
  edited_channel_post: mapEdit,
  edited_business_message: mapEdit,
  deleted_business_messages: mapDeletions,
  message_reaction: mapReaction,
  callback_query: mapCallback,
  my_chat_member: mapMembership,
  chat_member: mapMembership,
  chat_join_request: mapMembership,
};

/** Updates whose user is the owner of a business account or of a bot: one of us, and no customer. */
const OURS = new Set(['business_connection', 'managed_bot']);

/** The value with a chat: taps name it in their message, and what has none happened in the person's own. */
function placed(value: JsonObject): JsonObject {
  if (value['chat'] !== undefined) return value;
  const chat = objectOf(objectOf(value['message'])?.['chat']) ?? objectOf(value['from']) ?? objectOf(value['user']);
  return chat === undefined ? value : { ...value, chat };
}

/**
 * Maps one update.
 *
 * @see docs/channels/telegram.md for the event ids
 */
export function mapUpdate(delivery: TelegramDelivery): MappedUpdate {
  const { update, context, raw } = delivery;
  if (OURS.has(update.field)) return { reject: 'unsupported_content', detail: `${update.field} is about ourselves` };
  const value = placed(update.value);
  const parties = partiesOf(update.field, value, context.account);
  const map = Object.hasOwn(MAPPERS, update.field) ? MAPPERS[update.field] : undefined;
  if (parties === undefined) {
    const code = map === undefined ? 'unsupported_content' : 'schema_invalid';
    return { reject: code, detail: `${update.field} that names no chat` };
  }
  return (map ?? mapOther)({ update, context, raw, parties, value });
}
