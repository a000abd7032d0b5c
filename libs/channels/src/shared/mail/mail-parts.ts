import { hash } from 'node:crypto';
import { readTnef, type TnefContents, type TnefFile } from './mail-tnef.js';
import { parseMime, type MimePart, type ParsedMime } from './parse-mime.js';
import { prepareSource } from './prepare-source.js';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Names a file within a part: `2#0`. */
const innerId = (part: string, index: number): string => `${part}#${index}`;

function packedOf({ contentType, filename, bytes }: MimePart): TnefContents | undefined {
  const isPacked = contentType.toLowerCase() === 'application/ms-tnef' || filename?.toLowerCase() === 'winmail.dat';
  return isPacked && bytes !== undefined ? readTnef(bytes) : undefined;
}

const toPart = (outer: MimePart, { filename, contentType, bytes }: TnefFile, index: number): MimePart => ({
  partId: innerId(outer.partId, index),
  contentType: contentType ?? UNKNOWN_TYPE,
  ...(filename === undefined ? {} : { filename }),
  related: false,
  sizeBytes: bytes.length,
  sha256: hash('sha256', bytes),
});

/**
 * Puts what Outlook packed into `winmail.dat` in its place: the files, and the letter when the mail has no words of its
 * own. What cannot be opened stays the attachment that it is.
 */
export function unpackParts(mime: ParsedMime): ParsedMime {
  const opened = mime.parts.map((part) => ({ part, packed: packedOf(part) }));
  const letter = opened.find(({ packed }) => packed?.text !== undefined || packed?.html !== undefined)?.packed;
  const hasWords = (mime.text ?? '').trim() !== '' || (mime.html ?? '').trim() !== '';
  const words = hasWords || letter === undefined ? {} : { ...letter, hasPlainText: letter.text !== undefined };
  const { files: _files, ...said } = words as Partial<TnefContents>;
  const parts = opened.flatMap(({ part, packed }) =>
    packed === undefined || (packed.files.length === 0 && packed !== letter)
      ? [part]
      : packed.files.map((file, index) => toPart(part, file, index)),
  );
  return { ...mime, ...said, parts };
}

/**
 * The decoded bytes of an attachment of a mail.
 *
 * @param source the stored mail
 * @param partId as in the attachment: a MIME part, or a file within one (`2#0`)
 * @returns undefined when there is no such part
 */
export async function openMailPart(
  source: Buffer,
  partId: string,
  options: { readonly timeoutMs: number },
): Promise<Buffer | undefined> {
  const [outer = '', inner] = partId.split('#');
  const result = await parseMime(prepareSource(source), { ...options, wanted: outer });
  const part = result.ok ? result.mime.parts.find((one) => one.partId === outer) : undefined;
  if (inner === undefined || part === undefined) return part?.bytes;
  return packedOf(part)?.files[Number(inner)]?.bytes;
}
