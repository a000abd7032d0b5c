import type { Attachment } from '@app/contracts';
import { cleanIdentifier } from '@app/kernel';
import { idOf, numberOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';
import { shortText } from './mapping.js';

/** What a type of attachment is to a reader; a type that is not listed is `other`. */
const KIND_OF_TYPE: Readonly<Record<string, Attachment['kind']>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'file',
  sticker: 'sticker',
  // Somebody's story that names us, or that is answered.
  story_mention: 'image',
  story: 'image',
  ig_story: 'image',
  // Addresses that the customer chose: shown, never fetched.
  fallback: 'link',
  share: 'link',
  reel: 'link',
  ig_reel: 'link',
  post: 'link',
  ig_post: 'link',
};

const kindOf = (type: string): Attachment['kind'] =>
  Object.hasOwn(KIND_OF_TYPE, type) ? KIND_OF_TYPE[type]! : 'other';

/** What the attachments of a message amount to. */
export interface MessageAttachments {
  readonly attachments: readonly Attachment[];
  /** A place on the map is content, not an attachment. */
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly title?: string };
  /** Present when the message is a template: its kind, as Meta names it. */
  readonly template?: string;
  /** Type of the first attachment, as Meta names it. */
  readonly firstType?: string;
}

const NONE: MessageAttachments = { attachments: [] };

const payloadOf = (attachment: JsonObject): JsonObject => objectOf(attachment.payload) ?? {};

/** `payload.url`, or `url` beside it, or the payload itself: link previews come in all three ways. */
function urlOf(attachment: JsonObject): string | undefined {
  const url = textOf(payloadOf(attachment).url) ?? textOf(attachment.url) ?? textOf(attachment.payload);
  return url === undefined ? undefined : cleanIdentifier(url);
}

function titleOf(attachment: JsonObject): string | undefined {
  const title = textOf(payloadOf(attachment).title) ?? textOf(attachment.title);
  return title === undefined ? undefined : shortText(title);
}

/** The last segment of the path: the only place where a file's name stands. */
function filenameOf(url: string): string | undefined {
  const segment = URL.canParse(url) ? new URL(url).pathname.split('/').at(-1)! : '';
  try {
    return segment === '' ? undefined : shortText(decodeURIComponent(segment));
  } catch (error) {
    if (error instanceof URIError) return shortText(segment);
    throw error;
  }
}

/** @param fallbackLocator names the attachment when it has no address */
function toAttachment(attachment: JsonObject, fallbackLocator: string): Attachment {
  const type = textOf(attachment.type) ?? '';
  const isOldSticker = type === 'image' && payloadOf(attachment).sticker_id !== undefined;
  const kind = isOldSticker ? 'sticker' : kindOf(type);
  const url = urlOf(attachment);
  const title = titleOf(attachment);
  const filename = kind === 'file' && url !== undefined ? filenameOf(url) : undefined;
  return {
    kind,
    state: 'pending',
    source: url === undefined ? 'provider' : 'url',
    locator: url ?? fallbackLocator,
    ...(filename === undefined ? {} : { filename }),
    ...(title === undefined ? {} : { title }),
  };
}

/** Product cards: one picture each. */
function productsOf(attachment: JsonObject): Attachment[] {
  return objectsOf(objectOf(payloadOf(attachment).product)?.elements).flatMap((product): Attachment[] => {
    const url = textOf(product.image_url);
    const title = textOf(product.title);
    if (url === undefined) return [];
    const named = title === undefined ? {} : { title: shortText(title) };
    return [{ kind: 'image', state: 'pending', source: 'url', locator: cleanIdentifier(url), ...named }];
  });
}

function locationOf(attachment: JsonObject): MessageAttachments['location'] {
  const coordinates = objectOf(payloadOf(attachment).coordinates);
  const latitude = numberOf(coordinates?.lat);
  const longitude = numberOf(coordinates?.long);
  if (latitude === undefined || longitude === undefined) return undefined;
  const title = titleOf(attachment);
  return { latitude, longitude, ...(title === undefined ? {} : { title }) };
}

/** A post that is shared came under two names in the spring of 2026; and a heart has nothing to fetch. */
function withoutCopies(items: readonly JsonObject[]): readonly JsonObject[] {
  const hasPost = items.some(({ type }) => type === 'ig_post');
  return items.filter(({ type }) => type !== 'like_heart' && !(hasPost && type === 'share'));
}

/** Ids of the stickers that come as such: their copies of type `image` are left out. */
function stickerIds(attachments: readonly JsonObject[]): ReadonlySet<string> {
  const ids = attachments.map((item) => (item.type === 'sticker' ? idOf(payloadOf(item).sticker_id) : undefined));
  return new Set(ids.filter((id): id is string => id !== undefined));
}

/**
 * Reads `message.attachments`. An element that is no object stays in the raw element only.
 *
 * @param mid the message, which names attachments without an address as `<mid>#<index>`
 */
export function readAttachments(value: unknown, mid: string): MessageAttachments {
  const items = withoutCopies(objectsOf(value));
  if (items.length === 0) return NONE;
  const stickers = stickerIds(items);
  const attachments: Attachment[] = [];
  let location: MessageAttachments['location'];
  let template: string | undefined;
  for (const [index, item] of items.entries()) {
    const copyOf = item.type === 'image' ? idOf(payloadOf(item).sticker_id) : undefined;
    if (copyOf !== undefined && stickers.has(copyOf)) continue;
    const place = item.type === 'location' ? locationOf(item) : undefined;
    const products = item.type === 'template' ? productsOf(item) : [];
    if (item.type === 'template') template ??= textOf(payloadOf(item).template_type) ?? 'product';
    if (place !== undefined) location ??= place;
    else if (products.length > 0) attachments.push(...products);
    else attachments.push(toAttachment(item, `${mid}#${index}`));
  }
  return { attachments, location, template, firstType: textOf(items[0]?.type) };
}
