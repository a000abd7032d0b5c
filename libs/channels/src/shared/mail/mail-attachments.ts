import type { Attachment } from '@app/contracts';
import { cleanText } from '@app/kernel';
import { readCalendar, titleOf } from './mail-calendar.js';
import type { MimePart } from './parse-mime.js';

const MAX_NAME_CHARS = 200;
/** Characters that make `gpj.exe` look like `exe.jpg`, and control characters. */
// eslint-disable-next-line no-control-regex
const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name as data: without a path, control characters and changes of direction; undefined when nothing is left. */
export function cleanFilename(name: string | undefined): string | undefined {
  const last = (name ?? '').split(/[/\\]/).at(-1)!;
  const { text } = cleanText(last.replace(DECEPTIVE, ''), { nul: 'remove', maxChars: MAX_NAME_CHARS });
  return text.trim() === '' ? undefined : text.trim();
}

/** What a declared type, in lower case, is to a reader. */
export function kindOf(contentType: string): 'image' | 'video' | 'audio' | 'file' {
  const main = contentType.split('/')[0];
  return main === 'image' || main === 'video' || main === 'audio' ? main : 'file';
}

const bareContentId = (cid: string | undefined): string | undefined =>
  cid === undefined ? undefined : cleanText(cid.replace(/^<|>$/g, ''), { nul: 'remove', maxChars: 200 }).text;

/** An invitation says what it is about before anybody opens it. */
function invitation({ contentType, bytes }: MimePart): { title?: string } {
  const title = contentType.toLowerCase() === 'text/calendar' && bytes ? titleOf(readCalendar(bytes)) : undefined;
  return title === undefined ? {} : { title: cleanText(title, { nul: 'remove', maxChars: 500 }).text };
}

/**
 * Describes the attached parts of a mail. Their bytes stay where they are: in the original mail, under the part's
 * number. A part that claims to be inline but that the HTML does not show is an ordinary attachment; phones do this.
 *
 * @param original reference of the stored mail, `blob:sha256:…`
 */
export function toAttachments(parts: readonly MimePart[], html: string, original: string): readonly Attachment[] {
  return parts.map((part) => {
    const contentId = bareContentId(part.cid);
    const shown = contentId !== undefined && contentId !== '' && html.includes(`cid:${contentId}`);
    const filename = cleanFilename(part.filename);
    return {
      kind: kindOf(part.contentType.toLowerCase()),
      state: 'stored',
      source: 'blob',
      locator: original,
      part_id: part.partId,
      declared_media_type: cleanText(part.contentType.toLowerCase(), { nul: 'remove', maxChars: 200 }).text,
      ...(filename === undefined ? {} : { filename }),
      ...invitation(part),
      size_bytes: part.sizeBytes,
      ...(part.sha256 === '' ? {} : { sha256: part.sha256 }),
      ...(contentId ? { content_id: contentId } : {}),
      inline: shown,
    };
  });
}

/** A mail kept whole, as an attachment of its own event. */
export function originalAsAttachment(
  where: Pick<Attachment, 'state' | 'source' | 'locator'>,
  sizeBytes: number,
): Attachment {
  return {
    kind: 'file',
    ...where,
    declared_media_type: 'message/rfc822',
    filename: 'original.eml',
    size_bytes: sizeBytes,
  };
}
