import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { HTML_LETTER, TEXT_LETTER } from './fixtures/rtf-letters.js';
import { swollenRtf } from './fixtures/swollen-rtf.js';
import { decompressRtf } from './lzfu.js';

const LIMIT = 1_000_000;
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const textOf = (value: Buffer, maxBytes = LIMIT): string | undefined =>
  decompressRtf(value, maxBytes)?.toString('latin1');

/** MS-OXRTFCP, sections 3.1 and 3.2. */
const HELLO = hex(
  '2d000000 2b000000 4c5a4675 f1c5c7a7 03000a00 72637067 31323542 320af320 68656c09 00206277 05b06c64 7d0a800f a0',
);
const CROSSING = hex('1a000000 1c000000 4c5a4675 e2d44b51 41000420 5758595a 0d6e7d01 0eb0');
/** Made by another implementation. */
const STORED = hex('17000000 0b000000 4d454c41 00000000 7b5c7274 66312061 62637d');

const changed = (value: Buffer, at: number, byte: number): Buffer => {
  const copy = Buffer.from(value);
  copy[at] = byte;
  return copy;
};

describe('compressed RTF', () => {
  it.each([
    ['references to the phrases that everybody knows', HELLO, '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n'],
    ['a reference into what it writes itself', CROSSING, '{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}'],
    ['RTF that is stored as it is', STORED, '{\\rtf1 abc}'],
    ['padding behind it', Buffer.concat([HELLO, Buffer.alloc(3)]), '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n'],
  ])('reads %s', (_what, value, expected) => {
    expect(textOf(value)).toBe(expected);
  });

  it('reads what another program compressed', () => {
    for (const { compressed } of [HTML_LETTER, TEXT_LETTER]) {
      const value = Buffer.from(compressed, 'base64');
      expect(textOf(value)).toHaveLength(value.readUInt32LE(4));
      expect(textOf(value)).toMatch(/^\{\\rtf1\\ansi\\ansicpg1258.*\}$/s);
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a head alone', HELLO.subarray(0, 16)],
    ['a cut value', HELLO.subarray(0, HELLO.length - 1)],
    ['a damaged byte', changed(HELLO, 20, 0x41)],
    ['a damaged checksum', changed(HELLO, 12, 0)],
    ['an unknown kind', changed(HELLO, 8, 0)],
    ['a size below that of the head', changed(changed(HELLO, 0, 3), 1, 0)],
    ['stored RTF shorter than it says', changed(STORED, 4, 0x0c)],
  ])('is none: %s', (_what, value) => {
    expect(decompressRtf(value, LIMIT)).toBeUndefined();
  });

  it('stops at the limit', () => {
    expect(textOf(HELLO, 43)).toHaveLength(43);
    expect(decompressRtf(HELLO, 42)).toBeUndefined();
    expect(decompressRtf(CROSSING, 20)).toBeUndefined();
    expect(decompressRtf(STORED, 10)).toBeUndefined();
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(HELLO.length - 1), fc.nat(255), fc.nat(HELLO.length), (at, byte, length) => {
        const value = changed(HELLO, at, byte).subarray(0, length);
        expect(decompressRtf(value, 200)?.length ?? 0).toBeLessThanOrEqual(200);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('compressed RTF that swells', () => {
  it('unfolds to eight times its size, at a cost of its length', async () => {
    const value = swollenRtf('{\\rtf1', 'xyz', 900_000);
    const rtf = decompressRtf(value, 16_000_000)!;
    expect([rtf.length, rtf.toString('latin1', 6, 18)]).toEqual([15_300_009, 'xyzxyzxyzxyz']);
    expect(await cpuMillisOf(() => decompressRtf(value, 16_000_000))).toBeLessThan(2_000);
    expect(decompressRtf(value, 15_300_008)).toBeUndefined();
  });
});
