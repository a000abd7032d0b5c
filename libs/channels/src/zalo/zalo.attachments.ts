import type { Attachment } from '@app/contracts';
import { cleanIdentifier } from '@app/kernel';
import { idOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';

/** `type` of an attachment to what it is for a reader; what is not listed is `other`. */
const KINDS = new Map<string | undefined, Attachment['kind']>(
  Object.entries({
    image: 'image',
    photo: 'image', // one source names images so
    gif: 'image',
    audio: 'audio', // AMR or M4A
    voice: 'audio',
    video: 'video',
    sticker: 'sticker',
    file: 'file',
    link: 'link',
  }),
);

/** `type` of a file is its extension; videos and GIFs sent from a computer arrive as files. */
const FILE_KINDS = new Map<string | undefined, Attachment['kind']>(
  Object.entries({
    mp4: 'video',
    mov: 'video',
    gif: 'image',
    jpg: 'image',
    jpeg: 'image',
    png: 'image',
    webp: 'image',
    m4a: 'audio',
    mp3: 'audio',
    amr: 'audio',
  }),
);

function kindOf(type: string | undefined, payload: JsonObject): Attachment['kind'] {
  if (type === 'file') return FILE_KINDS.get(textOf(payload['type'])?.toLowerCase()) ?? 'file';
  return KINDS.get(type) ?? 'other';
}

/** Where the bytes are. A link is an address that the customer chose: it is shown, never fetched. */
function placeOf(kind: Attachment['kind'], payload: JsonObject, fallback: string) {
  const url = textOf(payload['url']) ?? textOf(payload['link_url']) ?? textOf(payload['thumbnail']);
  if (url === undefined) return { state: 'failed', source: 'provider', locator: fallback } as const;
  const state = kind === 'link' || kind === 'other' ? 'blocked' : 'pending';
  return { state, source: 'url', locator: cleanIdentifier(url) } as const;
}

/** Title or description; that of a business card is JSON, which nobody wants to read. */
function titleOf(payload: JsonObject): string | undefined {
  const title = textOf(payload['title']) ?? textOf(payload['description']);
  return title?.trimStart().startsWith('{') ? undefined : title;
}

function attachmentOf(value: unknown, fallback: string): Attachment {
  const attachment = objectOf(value) ?? {};
  const type = textOf(attachment['type']);
  const payload = objectOf(attachment['payload']) ?? {};
  const kind = kindOf(type, payload);
  const [filename, title] = [textOf(payload['name']), titleOf(payload)];
  const size = numberOf(payload['size']);
  return {
    kind,
    ...placeOf(kind, payload, type === 'sticker' ? `sticker/${idOf(payload['id']) ?? fallback}` : fallback),
    ...(type === 'gif' ? { declared_media_type: 'image/gif' } : {}),
    ...(filename === undefined ? {} : { filename: cleanIdentifier(filename).normalize('NFC') }),
    ...(title === undefined ? {} : { title: cleanIdentifier(title).normalize('NFC') }),
    ...(size !== undefined && Number.isSafeInteger(size) && size >= 0 ? { size_bytes: size } : {}),
  };
}

const isLocation = (value: unknown): boolean => objectOf(value)?.['type'] === 'location';

/**
 * Attachments in order, one for each element that is not a location; an element that cannot be read is kept as `failed`.
 *
 * @param messageId names an element without an address
 */
export function attachmentsOf(message: JsonObject, messageId: string): Attachment[] {
  return listOf(message['attachments']).flatMap((value, index) =>
    isLocation(value) ? [] : [attachmentOf(value, `${messageId}/${index}`)],
  );
}

/** Coordinates arrive as texts; undefined when there are none on this globe. */
export function locationOf(message: JsonObject): { latitude: number; longitude: number } | undefined {
  const payload = objectOf(objectOf(listOf(message['attachments']).find(isLocation))?.['payload']);
  const coordinates = objectOf(payload?.['coordinates']);
  const [latitude, longitude] = [numberOf(coordinates?.['latitude']), numberOf(coordinates?.['longitude'])];
  if (latitude === undefined || longitude === undefined) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}
