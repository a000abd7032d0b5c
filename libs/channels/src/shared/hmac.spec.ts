import { decodeHex, equalBytes, equalTokens, hmacSha256, sha256Hex } from './hmac.js';

describe('hmacSha256', () => {
  it('gives the value of RFC 4231, test case 2', () => {
    expect(hmacSha256('Jefe', 'what do ya want for nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('sha256Hex', () => {
  it('gives the value of FIPS 180-2, appendix B.1', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('equalBytes', () => {
  it.each([
    ['equal', [1, 2], [1, 2], true],
    ['one bit apart', [1, 2], [1, 3], false],
    ['a prefix', [1], [1, 2], false],
    ['both empty', [], [], true],
  ])('compares %s', (_label, a, b, expected) => {
    expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(expected);
  });
});

describe('equalTokens', () => {
  it.each([
    ['equal', 'bí-mật', 'bí-mật', true],
    ['one character apart', 'bi-mat-01', 'bi-mat-02', false],
    ['a shorter one', 'bi-mat-01', 'bi-mat-0', false],
    ['an empty one', 'bi-mat-01', '', false],
    ['another form of the same letters', 'ả'.normalize('NFC'), 'ả'.normalize('NFD'), false],
  ])('compares %s', (_label, a, b, expected) => {
    expect(equalTokens(a, b)).toBe(expected);
  });
});

describe('decodeHex', () => {
  it.each([
    ['exact', '00fF', 2, Buffer.from([0, 255])],
    ['too short', '00f', 2, undefined],
    ['too long', '00ff0', 2, undefined],
    ['another character', '00fg', 2, undefined],
    ['a line end', '00ff\n', 2, undefined],
    ['empty', '', 2, undefined],
  ])('decodes text that is %s', (_label, text, length, expected) => {
    expect(decodeHex(text, length)).toEqual(expected);
  });
});
