import { MAX_TEXT_CHARS, type Attachment, type Content } from '@app/contracts';
import { cleanIdentifier, cleanText } from '@app/kernel';
import { listOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/index.js';

/** What a message says. */
export interface LineContent {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly flags: readonly string[];
}

const MEDIA: Readonly<Record<string, 'image' | 'video' | 'audio' | 'file'>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'file',
};

const short = (text: string): string => cleanText(text, { nul: 'replace', maxChars: 1_000 }).text;

/** A file is named by its message; one that another program keeps is at an address of that program's, never fetched. */
function attachmentOf(kind: Attachment['kind'], message: JsonObject, id: string): Attachment {
  const provider = objectOf(message['contentProvider']);
  const url = provider?.['type'] === 'external' ? textOf(provider['originalContentUrl']) : undefined;
  const [name, size] = [textOf(message['fileName']), numberOf(message['fileSize'])];
  return {
    kind,
    ...(url === undefined
      ? { state: 'pending', source: 'provider', locator: id }
      : { state: 'blocked', source: 'url', locator: cleanIdentifier(url) }),
    ...(name === undefined ? {} : { filename: short(name) }),
    ...(size === undefined || !Number.isSafeInteger(size) || size < 0 ? {} : { size_bytes: size }),
  };
}

function locationOf(message: JsonObject): Content['location'] {
  const [latitude, longitude] = [numberOf(message['latitude']), numberOf(message['longitude'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  const title = [textOf(message['title']), textOf(message['address'])].filter((part) => part !== undefined).join(', ');
  return { latitude, longitude, ...(title === '' ? {} : { title: short(title) }) };
}

/** A sticker says what its words are, else nothing. */
function stickerText(message: JsonObject): string | undefined {
  const words = listOf(message['keywords']).flatMap((word) => textOf(word) ?? []);
  return textOf(message['text']) ?? (words.length === 0 ? undefined : words.join(', '));
}

/** Reads `message`. Whatever it holds besides is in the raw element. */
export function readLineMessage(message: JsonObject, id: string): LineContent {
  const type = textOf(message['type']) ?? 'unknown';
  const kind = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
  const location = type === 'location' ? locationOf(message) : undefined;
  const said = type === 'text' ? textOf(message['text']) : type === 'sticker' ? stickerText(message) : location?.title;
  const clean = cleanText(said ?? '', { nul: 'replace', maxChars: MAX_TEXT_CHARS });
  const known = kind ?? (type === 'sticker' ? 'sticker' : type === 'text' ? 'text' : undefined);
  const content: Content = { type: location === undefined ? (known ?? 'unsupported') : 'location' };
  if (clean.text !== '') content.text = clean.text;
  if (location !== undefined) content.location = location;
  if (content.type === 'unsupported') content.provider_type = short(type.slice(0, 64));
  return {
    content,
    attachments: kind === undefined ? [] : [attachmentOf(kind, message, id)],
    flags: clean.truncated ? ['truncated'] : [],
  };
}
