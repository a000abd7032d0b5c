import { crc32 } from 'node:zlib';

const HEADER_BYTES = 16;
/** "LZFu" and "MELA" as little-endian numbers. */
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;

const DICTIONARY_BYTES = 4_096;
/** What the dictionary holds at the start: phrases with which RTF of Outlook begins. */
const PHRASES = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor ' +
    'MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n' +
    '\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);
/** A reference takes two bytes and an eighth of a control byte, and stands for at most 17. */
const MAX_RATIO = 8;

/** The usual polynomial, but neither the start value nor the result is inverted. */
const checksumOf = (bytes: Buffer): number => ~crc32(bytes, 0xffffffff) >>> 0;

/** @returns undefined when the end mark is missing, or more than `maxBytes` come out */
function inflate(packed: Buffer, maxBytes: number): Buffer | undefined {
  const out = Buffer.alloc(Math.min(maxBytes, packed.length * MAX_RATIO));
  const dictionary = Buffer.alloc(DICTIONARY_BYTES);
  PHRASES.copy(dictionary);
  let [read, written, place] = [0, 0, PHRASES.length];
  const put = (byte: number): void => {
    out[written++] = byte;
    dictionary[place] = byte;
    place = (place + 1) % DICTIONARY_BYTES;
  };
  while (read < packed.length) {
    const control = packed[read++]!;
    for (let bit = 0; bit < 8; bit++) {
      if (read >= packed.length) return undefined;
      if ((control & (1 << bit)) === 0) {
        if (written >= maxBytes) return undefined;
        put(packed[read++]!);
        continue;
      }
      if (read + 1 >= packed.length) return undefined;
      const reference = packed.readUInt16BE(read);
      read += 2;
      const from = reference >> 4;
      if (from === place) return out.subarray(0, written);
      const length = (reference & 0xf) + 2;
      if (written + length > maxBytes) return undefined;
      // Byte by byte: a reference may reach into what it writes itself.
      for (let i = 0; i < length; i++) put(dictionary[(from + i) % DICTIONARY_BYTES]!);
    }
  }
  return undefined;
}

/**
 * Decompresses the value of PR_RTF_COMPRESSED, compressed or stored. Pure; time and memory are linear in the shorter of
 * eight times its size and `maxBytes`.
 *
 * @param maxBytes longest RTF that is made
 * @returns the RTF; undefined for what is cut, damaged (checksum) or none, and for more than `maxBytes`
 * @see MS-OXRTFCP sections 2 and 3
 */
export function decompressRtf(value: Buffer, maxBytes: number): Buffer | undefined {
  if (value.length < HEADER_BYTES) return undefined;
  // The size counts what follows it; padding may come behind.
  const end = value.readUInt32LE(0) + 4;
  if (end < HEADER_BYTES || end > value.length) return undefined;
  const contents = value.subarray(HEADER_BYTES, end);
  const rawSize = value.readUInt32LE(4);
  switch (value.readUInt32LE(8)) {
    case COMPRESSED:
      return checksumOf(contents) === value.readUInt32LE(12) ? inflate(contents, maxBytes) : undefined;
    case UNCOMPRESSED:
      return rawSize <= contents.length && rawSize <= maxBytes ? contents.subarray(0, rawSize) : undefined;
    default:
      return undefined;
  }
}
