import type { InboundIdentity } from '@app/contracts';
import { cleanText, withPresent, type ChannelAccount } from '@app/kernel';
import { idOf, objectOf, textOf, type JsonObject } from '../shared/index.js';

const MAX_NAME_CHARS = 256;

/** Who wrote, and where. */
export interface TelegramParties {
  readonly direction: 'inbound' | 'echo';
  readonly identity: InboundIdentity;
  /** Chat, and topic within it when it has topics. */
  readonly conversationId: string;
  readonly chatId: string;
  /** Who acted, as the provider numbers them. */
  readonly actorId: string;
}

const shown = (text: string): string => cleanText(text, { nul: 'replace', maxChars: MAX_NAME_CHARS }).text;

function nameOf(user: JsonObject): string | undefined {
  const parts = [textOf(user['first_name']), textOf(user['last_name'])].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : shown(parts.join(' '));
}

/** A person: Telegram's numbers are one person at every bot. */
export function personOf(user: JsonObject, id: string): InboundIdentity {
  const [name, username, locale] = [nameOf(user), textOf(user['username']), textOf(user['language_code'])];
  const person: InboundIdentity = { kind: 'telegram_user', scope: '', value: id, authenticity: 'A2' };
  return withPresent(person, {
    display_name: name,
    username: username === undefined ? undefined : shown(username),
    locale: locale === undefined ? undefined : shown(locale),
  });
}

/** What writes without being a person: a channel, a group in its own name, another bot. It identifies nobody. */
function label(account: ChannelAccount, id: string): InboundIdentity {
  return { kind: 'sender_label', scope: account.id, value: `telegram:${id}`, authenticity: 'A1' };
}

/** The other side of what the business wrote: in a private chat the person, else nobody in particular. */
function addressee(chat: JsonObject, chatId: string, account: ChannelAccount): InboundIdentity {
  return (textOf(chat['type']) ?? 'private') === 'private' ? personOf(chat, chatId) : label(account, chatId);
}

/** Whoever did it; of a change of membership whoever it happened to, which another one may have brought about. */
function actorOf(field: string, value: JsonObject): JsonObject {
  const member = field === 'chat_member' ? objectOf(objectOf(value['new_chat_member'])?.['user']) : undefined;
  return member ?? objectOf(value['from']) ?? objectOf(value['user']) ?? {};
}

function conversationOf(value: JsonObject, chatId: string): string {
  const topic = value['is_topic_message'] === true ? idOf(value['message_thread_id']) : undefined;
  return topic === undefined ? chatId : `${chatId}:${topic}`;
}

/**
 * The sides of a message or of something that was done in a chat. In a private chat the chat's number is that of the
 * person; so in the chats of a business account, whatever another one writes there is ours.
 *
 * @param value has `chat`, and `from` or `user` unless nobody in particular wrote
 * @returns undefined when it names no chat
 */
export function partiesOf(field: string, value: JsonObject, account: ChannelAccount): TelegramParties | undefined {
  const chat = objectOf(value['chat']) ?? {};
  const chatId = idOf(chat['id']);
  if (chatId === undefined) return undefined;
  const user = actorOf(field, value);
  const userId = idOf(user['id']);
  const where = { chatId, conversationId: conversationOf(value, chatId) };
  if (field.includes('business') && userId !== chatId) {
    return withPresent(where, {
      direction: 'echo',
      identity: addressee(chat, chatId, account),
      actorId: userId ?? account.externalId,
    });
  }
  if (userId === account.externalId) {
    return withPresent(where, { direction: 'echo', identity: addressee(chat, chatId, account), actorId: userId });
  }
  const speaker = idOf(objectOf(value['sender_chat'])?.['id']) ?? idOf(objectOf(value['actor_chat'])?.['id']);
  if (userId === undefined || speaker !== undefined || user['is_bot'] === true) {
    const id = speaker ?? userId ?? chatId;
    return withPresent(where, { direction: 'inbound', identity: label(account, id), actorId: id });
  }
  return withPresent(where, { direction: 'inbound', identity: personOf(user, userId), actorId: userId });
}
