import { splitMail } from './header-fields.js';

const TYPE = /^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/im;
const MULTIPART = /^content-type:\s{0,100}(multipart\/[\w.+-]{1,60})/i;
const BOUNDARY = /boundary\s{0,10}=\s{0,10}(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/i;
/** Written in pieces, with a charset (RFC 2231) or with escapes; the parser knows how. */
const ARTFUL = /boundary\*|\\/i;
/** A line that begins a part: two dashes and a word, and a field of the part below. */
const DELIMITER = /^--([^\r\n"]{1,70})\r?\nContent-[\w-]{1,40}:/im;
/** Introductions are short; the first part begins here, or nowhere. */
const SEARCHED_BYTES = 65_536;

/** The boundary as the first part was begun with; undefined when none seems to begin. */
const boundaryOf = (body: Buffer): string | undefined =>
  DELIMITER.exec(body.toString('latin1', 0, SEARCHED_BYTES))?.[1]?.trimEnd();

/**
 * Gives a mail in parts the boundary that its parts have, where its head names none, or another; a mail that has no parts
 * although its head says so becomes plain text. Otherwise the parser finds nothing in it, and its words are not shown.
 *
 * @returns the source itself when nothing is wrong
 * @see RFC 2046 section 5.1.1
 */
export function mendBoundary(source: Buffer): Buffer {
  const { head, body } = splitMail(source);
  const type = TYPE.exec(head);
  const multipart = MULTIPART.exec(type?.[0] ?? '')?.[1];
  if (type === null || multipart === undefined || body.length === 0 || ARTFUL.test(type[0])) return source;
  const [, quoted, bare] = BOUNDARY.exec(type[0]) ?? [];
  const named = quoted ?? bare;
  if (named !== undefined && body.includes(`--${named.trimEnd()}`, 0, 'latin1')) return source;
  const found = boundaryOf(body);
  const mended = found === undefined ? 'text/plain' : `${multipart}; boundary="${found}"`;
  const [before, after] = [head.slice(0, type.index), head.slice(type.index + type[0].length)];
  return Buffer.concat([Buffer.from(`${before}Content-Type: ${mended}${after}\r\n\r\n`, 'latin1'), body]);
}
