import { isAscii } from 'node:buffer';
import iconv from 'iconv-lite';

const UTF8 = 65_001;
const ASCII = 20_127;
const WINDOWS_LATIN = 1_252;

/** Charsets of Windows fonts and their code pages; 1 is that of the document, 2 are symbols. */
const OF_CHARSET: Readonly<Record<number, number>> = {
  0: WINDOWS_LATIN,
  77: 10_000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1_253,
  162: 1_254,
  163: 1_258,
  177: 1_255,
  178: 1_256,
  186: 1_257,
  204: 1_251,
  222: 874,
  238: 1_250,
  254: 437,
  255: 850,
};

/** Names that are not `cp` with the number. */
const NAMES: Readonly<Record<number, string>> = {
  [UTF8]: 'utf8',
  [ASCII]: 'utf8',
  10_000: 'macroman',
  20_866: 'koi8-r',
};

/**
 * Code page of the letters of a font.
 *
 * @param charset as in `\fcharset` and LOGFONT
 * @returns undefined for that of the document, for symbols and for unknown ones
 */
export const codePageOfCharset = (charset: number): number | undefined => OF_CHARSET[charset];

/**
 * Text of bytes in a code page of Windows; one that nobody knows is read as windows-1252. Never throws: bytes that are no
 * character become U+FFFD.
 *
 * @param codePage its number, for example 1258, or 65001 for UTF-8
 */
export function decodeCodePage(bytes: Buffer, codePage: number): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const name = NAMES[codePage] ?? `cp${codePage}`;
  return iconv.decode(bytes, iconv.encodingExists(name) ? name : `cp${WINDOWS_LATIN}`);
}
