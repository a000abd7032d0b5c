import { MAX_TEXT_CHARS, type Attachment, type Claim, type Content } from '@app/contracts';
import { claimOf } from '@app/identity';
import { cleanIdentifier, cleanText } from '@app/kernel';
import { idOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/index.js';

/** What a message says. */
export interface ViberContent {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly claims: readonly Claim[];
  readonly flags: readonly string[];
}

const MEDIA: Readonly<Record<string, Attachment['kind']>> = {
  picture: 'image',
  video: 'video',
  file: 'file',
  sticker: 'sticker',
  // An address that the customer chose: shown, never fetched.
  url: 'link',
};

const short = (text: string): string => cleanText(text, { nul: 'replace', maxChars: 1_000 }).text;

function attachmentOf(kind: Attachment['kind'], message: JsonObject): Attachment | undefined {
  const url = textOf(message['media']);
  if (url === undefined) return undefined;
  const [name, size] = [textOf(message['file_name']), numberOf(message['size'])];
  return {
    kind,
    state: kind === 'link' ? 'blocked' : 'pending',
    source: 'url',
    locator: cleanIdentifier(url),
    ...(name === undefined ? {} : { filename: short(name) }),
    ...(size === undefined || !Number.isSafeInteger(size) || size < 0 ? {} : { size_bytes: size }),
  };
}

function locationOf(message: JsonObject): Content['location'] {
  const place = objectOf(message['location']);
  const [latitude, longitude] = [numberOf(place?.['lat']), numberOf(place?.['lon'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  const title = textOf(place?.['address']);
  return { latitude, longitude, ...(title === undefined ? {} : { title: short(title) }) };
}

interface Card {
  readonly text: string;
  readonly number: string | undefined;
}

function cardOf(message: JsonObject): Card {
  const card = objectOf(message['contact']);
  const [name, number] = [textOf(card?.['name']), idOf(card?.['phone_number'])];
  return { text: [name, number].filter((part) => part !== undefined).join(' '), number };
}

function typeOf(type: string, kind: Attachment['kind'] | undefined, said: string | undefined): Content['type'] {
  if (type === 'text' || type === 'url' || (said !== undefined && kind !== undefined)) return 'text';
  if (type === 'contact') return 'contact';
  return kind === undefined || kind === 'link' || kind === 'other' ? 'unsupported' : kind;
}

/** Reads `message`. Whatever it holds besides is in the raw element. */
export function readViberMessage(message: JsonObject): ViberContent {
  const type = textOf(message['type']) ?? 'unknown';
  const kind = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
  const attachment = kind === undefined ? undefined : attachmentOf(kind, message);
  const location = type === 'location' ? locationOf(message) : undefined;
  const card = type === 'contact' ? cardOf(message) : undefined;
  const caption = textOf(message['text']);
  const said = card?.text ?? caption ?? location?.title ?? (kind === 'link' ? attachment?.locator : undefined);
  const clean = cleanText(said ?? '', { nul: 'replace', maxChars: MAX_TEXT_CHARS });
  const content: Content = { type: location === undefined ? typeOf(type, kind, caption) : 'location' };
  if (clean.text !== '') content.text = clean.text;
  if (location !== undefined) content.location = location;
  if (content.type === 'unsupported') content.provider_type = short(type.slice(0, 64));
  return {
    content,
    attachments: attachment === undefined ? [] : [attachment],
    claims: card?.number === undefined ? [] : [claimOf('phone', card.number, 'viber.contact_card')],
    flags: clean.truncated ? ['truncated'] : [],
  };
}
