import type { Attachment, Claim, Content } from '@app/contracts';
import { claimOf } from '@app/identity';
import { cleanIdentifier } from '@app/kernel';
import { idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';
import { messageText, shortText } from './mapping.js';
import { interactive } from './messenger-content.js';

/** What a message says. */
export interface WhatsAppContent {
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly claims: readonly Claim[];
  readonly flags: readonly string[];
}

const MEDIA: Readonly<Record<string, 'image' | 'video' | 'audio' | 'file' | 'sticker'>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  voice: 'audio',
  document: 'file',
  sticker: 'sticker',
};

/** SHA-256 as Meta writes it, in base64. @returns hexadecimal; undefined for anything else */
function hexDigest(base64: string | undefined): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

/** A file by its number: its address lives for minutes and is asked for when it is fetched. */
function attachmentOf(kind: Attachment['kind'], media: JsonObject): Attachment | undefined {
  const id = idOf(media['id']);
  if (id === undefined) return undefined;
  const [type, name] = [textOf(media['mime_type']), textOf(media['filename'])];
  const digest = hexDigest(textOf(media['sha256']));
  return {
    kind,
    state: 'pending',
    source: 'provider',
    locator: id,
    ...(type === undefined ? {} : { declared_media_type: shortText(type) }),
    ...(name === undefined ? {} : { filename: shortText(name) }),
    ...(digest === undefined ? {} : { sha256: digest }),
  };
}

function locationOf(location: JsonObject): Content['location'] {
  const [latitude, longitude] = [numberOf(location['latitude']), numberOf(location['longitude'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  const title = [textOf(location['name']), textOf(location['address'])].filter((part) => part !== undefined).join(', ');
  return { latitude, longitude, ...(title === '' ? {} : { title: shortText(title) }) };
}

/** One line for each card. */
function cardsText(cards: readonly JsonObject[]): string {
  return cards
    .map((card) => {
      const name = textOf(objectOf(card['name'])?.['formatted_name']);
      const numbers = objectsOf(card['phones']).map((phone) => textOf(phone['phone']));
      return [name, ...numbers].filter((part) => part !== undefined).join(' ');
    })
    .filter((line) => line !== '')
    .join('\n');
}

/** In answer to a request of ours the card is the person's own; any other one is somebody's. */
function cardClaims(message: JsonObject, cards: readonly JsonObject[]): readonly Claim[] {
  const own = message['origin'] === 'contact_request/other';
  const source = own ? 'whatsapp.shared_number' : 'whatsapp.contact_card';
  return cards
    .flatMap((card) => objectsOf(card['phones']))
    .flatMap((phone) => textOf(phone['phone']) ?? [])
    .map((number) => claimOf('phone', cleanIdentifier(own && /^\d/.test(number) ? `+${number}` : number), source));
}

/** A cart: one line for each product, then the person's words. */
function orderText(order: JsonObject): string {
  const lines = objectsOf(order['product_items']).flatMap((item) => {
    const name = textOf(item['product_retailer_id']);
    const price = [numberOf(item['item_price']), textOf(item['currency'])].filter((part) => part !== undefined);
    return name === undefined
      ? []
      : [`${numberOf(item['quantity']) ?? 1} × ${name}${price.length === 0 ? '' : ` (${price.join(' ')})`}`];
  });
  return [...lines, textOf(order['text'])].filter((line) => line !== undefined).join('\n');
}

/** What was tapped or filled in, by its kind. */
function replyOf(message: JsonObject): Content['interactive'] {
  const reply = objectOf(message['interactive']);
  if (reply === undefined) return undefined;
  const kind = textOf(reply['type']) ?? 'interactive';
  const body = objectOf(reply[kind]) ?? {};
  const payload = body['id'] ?? body['response_json'] ?? body['response'];
  return interactive(kind.slice(0, 64), payload, body['title'] ?? body['body']);
}

interface Parts {
  readonly type: Content['type'];
  readonly text?: string | undefined;
  readonly location?: Content['location'];
  readonly interactive?: Content['interactive'];
  readonly attachment?: Attachment | undefined;
  readonly claims?: readonly Claim[];
}

const READERS: Readonly<Record<string, (message: JsonObject) => Parts | undefined>> = {
  text: (message) => ({ type: 'text', text: textOf(objectOf(message['text'])?.['body']) }),
  location: (message) => {
    const location = locationOf(objectOf(message['location']) ?? {});
    return location === undefined ? undefined : { type: 'location', location, text: location.title };
  },
  contacts: (message) => {
    const cards = objectsOf(message['contacts']);
    return { type: 'contact', text: cardsText(cards), claims: cardClaims(message, cards) };
  },
  interactive: (message) => {
    const tapped = replyOf(message);
    return tapped === undefined ? undefined : { type: 'interactive', text: tapped.title, interactive: tapped };
  },
  button: (message) => {
    const button = objectOf(message['button']);
    const tapped = interactive('button', button?.['payload'], button?.['text']);
    return { type: 'interactive', text: tapped.title, interactive: tapped };
  },
  order: (message) => {
    const order = objectOf(message['order']) ?? {};
    const tapped = interactive('order', idOf(order['catalog_id']));
    return { type: 'interactive', text: orderText(order), interactive: tapped };
  },
  system: (message) => {
    const system = objectOf(message['system']) ?? {};
    const kind = textOf(system['type']) ?? 'system';
    return { type: 'system', text: textOf(system['body']), interactive: interactive(kind.slice(0, 64)) };
  },
  request_welcome: () => ({ type: 'system' }),
};

function mediaParts(kind: keyof typeof MEDIA, message: JsonObject): Parts | undefined {
  const media = objectOf(message[kind]);
  const attachment = media === undefined ? undefined : attachmentOf(MEDIA[kind]!, media);
  if (attachment === undefined) return undefined;
  const caption = textOf(media?.['caption']);
  return { type: caption === undefined ? MEDIA[kind]! : 'text', text: caption, attachment };
}

function flagsOf(message: JsonObject): readonly string[] {
  const context = objectOf(message['context']);
  return context?.['forwarded'] === true || context?.['frequently_forwarded'] === true ? ['forwarded'] : [];
}

/**
 * Reads a message by its `type`. Whatever it holds besides is in the raw element.
 *
 * @returns content of type `unsupported` for a type that is not known, or not as documented
 */
export function readWhatsAppMessage(message: JsonObject): WhatsAppContent {
  const type = textOf(message['type']) ?? 'unknown';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  const parts =
    read === undefined ? (Object.hasOwn(MEDIA, type) ? mediaParts(type, message) : undefined) : read(message);
  const referral = objectOf(message['referral']);
  const led =
    referral === undefined ? undefined : interactive('referral', idOf(referral['source_id']), referral['headline']);
  const { text, flags } = parts?.text === undefined ? { text: '', flags: [] } : messageText(parts.text);
  const content: Content = { type: parts?.type ?? 'unsupported' };
  if (text !== '') content.text = text;
  if (parts?.location !== undefined) content.location = parts.location;
  const tapped = parts?.interactive ?? led;
  if (tapped !== undefined) content.interactive = tapped;
  if (content.type === 'unsupported' || content.type === 'system') content.provider_type = shortText(type.slice(0, 64));
  return {
    content,
    attachments: parts?.attachment === undefined ? [] : [parts.attachment],
    claims: parts?.claims ?? [],
    flags: [...flags, ...flagsOf(message)],
  };
}
