/** A file that was written into text. */
export interface UuencodedFile {
  readonly filename: string;
  readonly bytes: Buffer;
}

/** Text without the files that were written into it, and those. */
export interface UuencodedText {
  readonly text: string;
  readonly files: readonly UuencodedFile[];
}

const BEGIN = /^begin [0-7]{3,4} (\S.{0,254})$/;
const END = /^end\s*$/;
/** An empty line of the code: its length is nought. */
const NOTHING = /^[ `]?\s*$/;
const MAX_FILES = 100;
const MAX_LINE_BYTES = 63;
/** Groups of four characters may be padded by one, which old programs used as a checksum. */
const MAX_PADDING = 2;

/** Six bits of a character; a backtick stands for a blank, which some servers cut off. */
const bitsOf = (line: string, at: number): number => (at < line.length ? (line.charCodeAt(at) - 0x20) & 0x3f : 0);

const isCode = (line: string): boolean => /^[\x20-\x60]{1,90}$/.test(line);

/** @returns undefined when the line is no code */
function bytesOfLine(line: string): Buffer | undefined {
  if (!isCode(line)) return undefined;
  const length = bitsOf(line, 0);
  const groups = Math.ceil(length / 3);
  if (length > MAX_LINE_BYTES || line.length > 1 + groups * 4 + MAX_PADDING) return undefined;
  const bytes = Buffer.alloc(groups * 3);
  for (let group = 0; group < groups; group++) {
    const at = 1 + group * 4;
    const [a, b, c, d] = [bitsOf(line, at), bitsOf(line, at + 1), bitsOf(line, at + 2), bitsOf(line, at + 3)];
    bytes.writeUIntBE((a << 18) | (b << 12) | (c << 6) | d, group * 3, 3);
  }
  return bytes.subarray(0, length);
}

interface Block extends UuencodedFile {
  /** Number of the line behind it. */
  readonly next: number;
}

/** @returns undefined when no file begins there, or it has no end, nothing within, or what is no code */
function blockAt(lines: readonly string[], start: number): Block | undefined {
  const filename = BEGIN.exec(lines[start]!)?.[1];
  if (filename === undefined) return undefined;
  const pieces: Buffer[] = [];
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (END.test(line))
      return pieces.length === 0 ? undefined : { filename, bytes: Buffer.concat(pieces), next: at + 1 };
    if (NOTHING.test(line)) continue;
    const bytes = bytesOfLine(line);
    if (bytes === undefined) return undefined;
    pieces.push(bytes);
  }
  return undefined;
}

/**
 * Takes files out of text, into which mail programs wrote them before there was MIME. Pure and linear: a line that begins a file is
 * no code, so no line is tried twice as code. What is cut or broken stays text.
 *
 * @param text lines end in LF or CRLF
 * @returns the text as it is when there is no file in it; a hundred files at most are taken out
 * @see POSIX.1-2017, uuencode
 */
export function splitUuencoded(text: string): UuencodedText {
  if (!/^begin [0-7]/m.test(text)) return { text, files: [] };
  const lines = text.split(/\r?\n/);
  const files: UuencodedFile[] = [];
  const kept: string[] = [];
  for (let at = 0; at < lines.length;) {
    const block = files.length < MAX_FILES ? blockAt(lines, at) : undefined;
    if (block === undefined) kept.push(lines[at]!);
    else files.push({ filename: block.filename, bytes: block.bytes });
    at = block?.next ?? at + 1;
  }
  return files.length === 0 ? { text, files } : { text: kept.join('\n'), files };
}
