import { isUtf8 } from 'node:buffer';
import { splitMail } from './header-fields.js';
import { mendBoundary } from './mend-boundary.js';

/**
 * Charset labels that iconv-lite does not know, and what they mean. Without this the text is decoded as UTF-8 and every
 * accented letter is lost as U+FFFD.
 */
const CHARSET_ALIASES: Readonly<Record<string, string>> = {
  'x-viet-tcvn5712': 'tcvn',
  'x-viet-tcvn': 'tcvn',
  'x-viet-tcvn3': 'tcvn',
  tcvn3: 'tcvn',
  'tcvn-5712': 'tcvn',
  csviscii: 'viscii',
  'x-viscii': 'viscii',
  'x-viet-viscii': 'viscii',
  // Fonts, not charsets: the bytes are kept one by one so that a later repair can read them.
  vni: 'iso-8859-1',
  'x-viet-vni': 'iso-8859-1',
  vps: 'iso-8859-1',
  'x-viet-vps': 'iso-8859-1',
  'unknown-8bit': 'iso-8859-1',
  'x-unknown': 'iso-8859-1',
  default: 'iso-8859-1',
};

const LABELS = Object.keys(CHARSET_ALIASES).join('|');
const ANY_LABEL = new RegExp(`(?:charset\\s*=\\s*"?|=\\?)(?:${LABELS})\\b`, 'i');
const CONTENT_TYPE = /^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gim;
const PARAMETER = new RegExp(`(charset\\s*=\\s*"?)(${LABELS})(?=["\\s;]|$)`, 'gi');
const ENCODED_WORD = new RegExp(`=\\?(${LABELS})(?=[?*])`, 'gi');

const aliasOf = (label: string): string => CHARSET_ALIASES[label.toLowerCase()] ?? label;

function rewriteLabels(text: string): string {
  const parameters = text.replace(CONTENT_TYPE, (field) =>
    field.replace(PARAMETER, (_all, before: string, label: string) => before + aliasOf(label)),
  );
  return parameters.replace(ENCODED_WORD, (_all, label: string) => `=?${aliasOf(label)}`);
}

/** Some archives end lines with CR alone; mailparser then sees one endless header line. */
function mendLineEnds(source: Buffer): Buffer {
  const start = source.subarray(0, 65_536);
  if (start.includes(0x0a) || !start.includes(0x0d)) return source;
  return Buffer.from(source.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}

const withHead = (head: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]);

/** A single-part text without a charset whose bytes are not UTF-8 is read as windows-1252. */
function labelPlainText(source: Buffer): Buffer {
  if (isUtf8(source)) return source;
  const { head, body } = splitMail(source);
  if (body.length === 0 || isUtf8(body)) return source;
  const type = /^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/im.exec(head);
  const label = 'charset=windows-1252';
  if (type === null) return withHead(`${head}\r\nContent-Type: text/plain; ${label}`, body);
  if (!/^content-type:\s*text\//i.test(type[0]) || /charset/i.test(type[0])) return source;
  const labelled = `${head.slice(0, type.index)}${type[0]}; ${label}${head.slice(type.index + type[0].length)}`;
  return withHead(labelled, body);
}

/** A mail as it is given to the parser. */
export interface PreparedSource {
  readonly bytes: Buffer;
  /** Its parts were not as its head says, so what is read may not be what its author sees. */
  readonly isMended: boolean;
}

/**
 * Rewrites what mailparser would misread: lone CR as line end, parts under another boundary than named, Vietnamese
 * charset labels that no library knows, 8-bit text without a label. The result is for parsing only; the original bytes are what is kept and hashed.
 */
export function prepareSource(raw: Buffer): PreparedSource {
  const lines = mendLineEnds(raw);
  const parts = mendBoundary(lines);
  const source = labelPlainText(parts);
  const text = source.toString('latin1');
  const bytes = ANY_LABEL.test(text) ? Buffer.from(rewriteLabels(text), 'latin1') : source;
  return { bytes, isMended: parts !== lines };
}
