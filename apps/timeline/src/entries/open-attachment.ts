import type { Attachment } from '@app/contracts';
import { openMailPart } from '@app/channels';
import { judgeMedia } from '@app/media';

/** Where bytes are. */
export interface ByteSources {
  /** The media store, by digest. */
  stored(digest: string): Promise<Buffer | undefined>;
  /** A stored mail, by reference (`blob:sha256:…`). */
  original(reference: string): Promise<Buffer | undefined>;
}

/** An attachment with its bytes. */
export interface OpenAttachment {
  readonly attachment: Attachment;
  readonly bytes: Buffer;
}

const PARSE_TIMEOUT_MS = 30_000;

/** The file is taken out of its mail each time, and judged as others are when they are fetched. */
async function openFromMail(attachment: Attachment, original: Buffer): Promise<OpenAttachment | undefined> {
  const { part_id: part } = attachment;
  const bytes = part === undefined ? original : await openMailPart(original, part, { timeoutMs: PARSE_TIMEOUT_MS });
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
    return original && (await openFromMail(attachment, original));
  }
  const bytes = attachment.sha256 === undefined ? undefined : await sources.stored(attachment.sha256);
  return bytes && { attachment, bytes };
}
