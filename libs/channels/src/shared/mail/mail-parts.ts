import { hash } from 'node:crypto';
import { readTnef, type TnefContents, type TnefFile } from './mail-tnef.js';
import { parseMime, type MimePart, type ParsedMime } from './parse-mime.js';
import { prepareSource } from './prepare-source.js';
import { splitUuencoded, type UuencodedText } from './uuencode.js';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Stands for the words of a mail as a part that files are taken out of. */
const WORDS = 'text';

/** Names a file within a part: `2#0`. */
const innerId = (part: string, index: number): string => `${part}#${index}`;

/** The file that a part is, where its encoding hid it; the part names it better than the code does. */
function decodedOf({ contentType, filename, bytes }: MimePart): TnefContents | undefined {
  const file = splitUuencoded(bytes?.toString('latin1') ?? '').files[0];
  return file && { files: [{ ...file, contentType, ...(filename === undefined ? {} : { filename }) }] };
}

function packedOf(part: MimePart): TnefContents | undefined {
  const { contentType, filename, bytes, uuencoded } = part;
  if (uuencoded === true) return decodedOf(part);
  const isPacked = contentType.toLowerCase() === 'application/ms-tnef' || filename?.toLowerCase() === 'winmail.dat';
  return isPacked && bytes !== undefined ? readTnef(bytes) : undefined;
}

const toPart = (outer: string, { filename, contentType, bytes }: TnefFile, index: number): MimePart => ({
  partId: innerId(outer, index),
  contentType: contentType ?? UNKNOWN_TYPE,
  ...(filename === undefined ? {} : { filename }),
  related: false,
  sizeBytes: bytes.length,
  sha256: hash('sha256', bytes),
});

/** Takes the files out of plain words; words made from HTML hold none. */
const splitWords = ({ text, hasPlainText }: ParsedMime): UuencodedText =>
  hasPlainText ? splitUuencoded(text ?? '') : { text: text ?? '', files: [] };

/**
 * Puts in their place the files that are hidden: what Outlook packed into `winmail.dat`, with the letter when the mail has
 * no words of its own, and what is uuencoded. What cannot be opened stays the attachment, or the words, that it is.
 */
export function unpackParts(packed: ParsedMime): ParsedMime {
  const { text, files: written } = splitWords(packed);
  const mime = written.length === 0 ? packed : { ...packed, text };
  const opened = mime.parts.map((part) => ({ part, packed: packedOf(part) }));
  const letter = opened.find(({ packed }) => packed?.text !== undefined || packed?.html !== undefined)?.packed;
  const hasWords = (mime.text ?? '').trim() !== '' || (mime.html ?? '').trim() !== '';
  const words = hasWords || letter === undefined ? {} : { ...letter, hasPlainText: letter.text !== undefined };
  const { files: _files, ...said } = words as Partial<TnefContents>;
  const parts = opened.flatMap(({ part, packed }) =>
    packed === undefined || (packed.files.length === 0 && packed !== letter)
      ? [part]
      : packed.files.map((file, index) => toPart(part.partId, file, index)),
  );
  return { ...mime, ...said, parts: [...parts, ...written.map((file, index) => toPart(WORDS, file, index))] };
}

/**
 * The decoded bytes of an attachment of a mail.
 *
 * @param source the stored mail
 * @param partId as in the attachment: a MIME part, or a file within one (`2#0`) or within the words (`text#0`)
 * @returns undefined when there is no such part
 */
export async function openMailPart(
  source: Buffer,
  partId: string,
  options: { readonly timeoutMs: number },
): Promise<Buffer | undefined> {
  const [outer = '', inner] = partId.split('#');
  const result = await parseMime(prepareSource(source).bytes, { ...options, wanted: outer });
  if (!result.ok) return undefined;
  if (outer === WORDS) return splitWords(result.mime).files[Number(inner)]?.bytes;
  const part = result.mime.parts.find((one) => one.partId === outer);
  if (inner === undefined || part === undefined) return part?.bytes;
  return packedOf(part)?.files[Number(inner)]?.bytes;
}
