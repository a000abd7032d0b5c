import { MAX_TEXT_CHARS, type Content } from '@app/contracts';
import { cleanIdentifier, cleanText } from '@app/kernel';
import { listOf, objectOf, textOf, idOf, type JsonObject } from '../shared/fields.js';
import { locationOf } from './zalo.attachments.js';
import { businessCardOf } from './zalo.claims.js';
import type { ZaloEnvelope } from './zalo.envelope.js';

/** What a message says, with the flags that its reading earned. */
export interface ZaloContent {
  readonly content: Content;
  readonly flags: readonly ('truncated' | 'unreadable')[];
}

/** Last part of an event's name to the type of its content; the others are text. */
const TYPES = new Map<string, Content['type']>(
  Object.entries({
    image: 'image',
    gif: 'image',
    audio: 'audio',
    video: 'video',
    sticker: 'sticker',
    file: 'file',
    location: 'location',
    business_card: 'contact',
    template: 'interactive',
    list: 'interactive',
  }),
);

const suffixOf = (name: string): string => /_(business_card|[a-z]+)$/.exec(name)?.[1] ?? '';

/** Text within the first attachment, for messages that have none of their own. */
function textWithin(message: JsonObject): string | undefined {
  const payload = objectOf(objectOf(listOf(message['attachments'])[0])?.['payload']);
  return textOf(payload?.['text']) ?? textOf(payload?.['title']) ?? textOf(payload?.['url']);
}

function cleaned(text: string | undefined): { readonly text?: string; readonly truncated: boolean } {
  if (text === undefined) return { truncated: false };
  return cleanText(text, { nul: 'replace', maxChars: MAX_TEXT_CHARS });
}

function textOfMessage(type: Content['type'], message: JsonObject): string | undefined {
  const text = typeof message['text'] === 'string' ? message['text'] : undefined;
  if (type === 'contact') return text || businessCardOf(message).phone;
  return type === 'text' || type === 'interactive' ? text || (textWithin(message) ?? text) : text;
}

/** Reads a message of the person or of the official account. */
export function messageContent({ name, message }: ZaloEnvelope): ZaloContent {
  const type = TYPES.get(suffixOf(name)) ?? 'text';
  const { text, truncated } = cleaned(textOfMessage(type, message));
  const location = type === 'location' ? locationOf(message) : undefined;
  return {
    content: {
      type,
      ...(text === undefined ? {} : { text }),
      ...(location === undefined ? {} : { location: { ...location, ...(text ? { title: text } : {}) } }),
    },
    flags: [
      ...(truncated ? (['truncated'] as const) : []),
      ...(type === 'location' && location === undefined ? (['unreadable'] as const) : []),
    ],
  };
}

/** Parts of an address as the form names them, from small to large; after the reform of 2025 `district` may be empty. */
const ADDRESS = ['address', 'ward', 'district', 'city'];

/** Reads what a person filled into the form of a `request_user_info`: name, number, address, birthday, one on each line. */
export function formContent({ body }: ZaloEnvelope): ZaloContent {
  const info = objectOf(body['info']) ?? {};
  const address =
    textOf(info['full_address']) ??
    ADDRESS.map((field) => textOf(info[field]))
      .filter((part) => part !== undefined)
      .join(', ');
  const lines = [textOf(info['name']), idOf(info['phone']), address, textOf(info['user_dob'])];
  const { text, truncated } = cleaned(lines.filter((line) => line !== undefined && line !== '').join('\n'));
  return {
    content: { type: 'contact', ...(text ? { text } : {}), provider_type: 'user_submit_info' },
    flags: truncated ? ['truncated'] : [],
  };
}

/** Something that happened, or something that this version does not read; with its words, when it has any. */
export function eventContent(type: 'system' | 'unsupported', { name, body, message }: ZaloEnvelope): ZaloContent {
  const source = textOf(body['source']);
  const kind = cleanIdentifier(name).slice(0, 128);
  const { text, truncated } = cleaned(textOf(message['text']));
  return {
    content: {
      type,
      ...(text === undefined ? {} : { text }),
      provider_type: kind,
      ...(source === undefined ? {} : { interactive: { kind, payload: cleanIdentifier(source) } }),
    },
    flags: truncated ? ['truncated'] : [],
  };
}
