import type { Attachment } from '@app/contracts';
import { isFormType, openFormFile, openMailPart } from '@app/channels';
import { judgeMedia } from '@app/media';
import type { KeptBytes } from '@app/persistence';

/** Where bytes are. */
export interface ByteSources {
  /** The media store, by digest. */
  stored(digest: string): Promise<Buffer | undefined>;
  /** A stored mail or form, by reference (`blob:sha256:…`). */
  original(reference: string): Promise<KeptBytes | undefined>;
}

/** An attachment with its bytes. */
export interface OpenAttachment {
  readonly attachment: Attachment;
  readonly bytes: Buffer;
}

const PARSE_TIMEOUT_MS = 30_000;

async function takeOut(part: string | undefined, original: KeptBytes): Promise<Buffer | undefined> {
  const { bytes, media_type: mediaType } = original;
  if (part === undefined) return bytes;
  if (isFormType(mediaType)) return await openFormFile(bytes, mediaType, part);
  return await openMailPart(bytes, part, { timeoutMs: PARSE_TIMEOUT_MS });
}

/** The file is taken out of its original each time, and judged as others are when they are fetched. */
async function openFromOriginal(attachment: Attachment, original: KeptBytes): Promise<OpenAttachment | undefined> {
  const bytes = await takeOut(attachment.part_id, original);
  if (bytes === undefined) return undefined;
  const judgement = await judgeMedia(bytes);
  if (judgement.keep) return { attachment: { ...attachment, media_type: judgement.mediaType }, bytes };
  // A page is saved and not shown; a program is not handed out.
  return judgement.reason === 'program' ? undefined : { attachment, bytes };
}

/**
 * The bytes of an attachment that is stored.
 *
 * @returns undefined when they are not there, or are a program
 */
export async function openAttachment(
  attachment: Attachment,
  sources: ByteSources,
): Promise<OpenAttachment | undefined> {
  if (attachment.source === 'blob') {
    const original = await sources.original(attachment.locator);
    return original && (await openFromOriginal(attachment, original));
  }
  const bytes = attachment.sha256 === undefined ? undefined : await sources.stored(attachment.sha256);
  return bytes && { attachment, bytes };
}
