import {
  inboundEventId,
  INBOUND_TYPES,
  MAX_TEXT_CHARS,
  type Attachment,
  type Content,
  type InboundEvent,
} from '@app/contracts';
import { cleanIdentifier, cleanText } from '@app/kernel';
import type { ParseContext, ParseResult } from '../channel-adapter.js';
import {
  EARLIEST_CHAT_MS,
  eventFrame,
  exceedsRecord,
  idOf,
  instantOf,
  objectOf,
  rawElement,
  rejectElement,
  textOf,
  type JsonObject,
} from '../shared/index.js';

const RECEIVED = /^message\.([a-z]{1,32})\.received$/;

/** What each type of message holds: the field of its address, and what it is to a reader. */
const MEDIA: Readonly<Record<string, { readonly field: string; readonly kind: Attachment['kind'] }>> = {
  image: { field: 'photo', kind: 'image' },
  sticker: { field: 'url', kind: 'sticker' },
  voice: { field: 'voice_url', kind: 'audio' },
};

/** Some deliveries come without the wrapper of the API. */
const bare = (body: JsonObject): JsonObject => objectOf(body['result']) ?? body;

interface Said {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly flags: readonly string[];
}

function saidBy(message: JsonObject, type: string): Said {
  const { text, truncated } = cleanText(textOf(message['text']) ?? textOf(message['caption']) ?? '', {
    nul: 'replace',
    maxChars: MAX_TEXT_CHARS,
  });
  const flags = truncated ? ['truncated'] : [];
  const media = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
  const url = media && textOf(message[media.field]);
  const attachments: readonly Attachment[] =
    media === undefined || url === undefined
      ? []
      : [{ kind: media.kind, state: 'pending', source: 'url', locator: cleanIdentifier(url) }];
  if (type === 'text' || text !== '') return { content: { type: 'text', text }, attachments, flags };
  if (media === undefined || url === undefined) {
    return { content: { type: 'unsupported', provider_type: `message.${type}.received` }, attachments, flags };
  }
  return { content: { type: media.kind }, attachments, flags };
}

/** Reads one update of a bot. What a bot hears of: messages to it, and nothing of what it says itself. */
export function mapUpdate(body: JsonObject, bytes: Buffer, context: ParseContext): ParseResult {
  const { account } = context;
  const reject = (code: 'schema_invalid' | 'unsupported_content' | 'too_large', detail: string): ParseResult => ({
    events: [],
    rejected: [rejectElement(code, detail, { accountId: account.id, bytes })],
    ignored: [],
  });
  const update = bare(body);
  const name = textOf(update['event_name']);
  if (name === undefined) return reject('schema_invalid', 'no event_name');
  const type = RECEIVED.exec(name)?.[1];
  const message = objectOf(update['message']);
  const from = objectOf(message?.['from']);
  const [id, userId, chatId] = [
    idOf(message?.['message_id']),
    idOf(from?.['id']),
    idOf(objectOf(message?.['chat'])?.['id']),
  ];
  if (type === undefined) return reject('unsupported_content', cleanIdentifier(name.slice(0, 64)));
  if (message === undefined || id === undefined || userId === undefined) {
    return reject('schema_invalid', 'a message without an id or a sender');
  }
  const time = message['date'];
  const timeMs = instantOf(time);
  const displayName = cleanText(textOf(from?.['display_name']) ?? '', { nul: 'replace', maxChars: 200 }).text;
  const { content, attachments, flags } = saidBy(message, type);
  const event: InboundEvent = {
    id: inboundEventId({ accountId: account.id, eventKind: 'message', messageId: id }),
    type: INBOUND_TYPES.received,
    data: {
      ...eventFrame({
        context,
        direction: 'inbound',
        identity: {
          kind: 'zalo_user',
          // Nothing to do with the ids that an official account has of the same people.
          scope: `bot:${account.externalId}`,
          value: userId,
          authenticity: 'A2',
          ...(displayName === '' ? {} : { display_name: displayName }),
        },
        messageKind: 'message',
        messageId: id,
        conversationId: chatId ?? userId,
        timestamp: timeMs === undefined ? undefined : String(time),
        timeMs,
        earliestMs: EARLIEST_CHAT_MS,
        flags,
        raw: rawElement(bytes),
      }),
      content,
      ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    },
  };
  if (exceedsRecord(event, bytes.length)) return reject('too_large', 'larger than a record');
  return { events: [{ event, account, senderId: userId }], rejected: [], ignored: [] };
}
