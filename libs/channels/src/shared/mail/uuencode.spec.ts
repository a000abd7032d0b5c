import { cpuMillisOf } from '@app/testkit';
import fc from 'fast-check';
import { splitUuencoded } from './uuencode.js';

const read = (text: string) => {
  const { text: rest, files } = splitUuencoded(text);
  return [rest, ...files.map(({ filename, bytes }) => `${filename}: ${bytes.toString('utf8')}`)];
};
/** Made by `binascii` of Python, which writes a blank for nought; others write a backtick. */
const LINE = '60VC#H&\\@8VCANXLL(&=IPZ$@,C P:P  ';
const CODE = ['begin 644 bao gia.txt', LINE, ' ', 'end'];
const CODE_OF_OTHERS = ['begin 644 bao gia.txt', LINE.replaceAll(' ', '`'), '`', 'end'];

/** As `uuencode` writes it. */
function encode(bytes: Buffer): string {
  const char = (bits: number): string => (bits === 0 ? '`' : String.fromCharCode(bits + 0x20));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 45) {
    const piece = bytes.subarray(at, at + 45);
    const padded = Buffer.concat([piece, Buffer.alloc(2)]);
    let line = char(piece.length);
    for (let i = 0; i < piece.length; i += 3) {
      const bits = padded.readUIntBE(i, 3);
      line += [18, 12, 6, 0].map((shift) => char((bits >> shift) & 0x3f)).join('');
    }
    lines.push(line);
  }
  return ['begin 644 a', ...lines, '`', 'end'].join('\n');
}

describe('files written into text', () => {
  it.each([
    ['with LF', CODE, '\n'],
    ['with CRLF', CODE, '\r\n'],
    ['with backticks', CODE_OF_OTHERS, '\n'],
  ])('are taken out of it, %s', (_what, code, end) => {
    expect(read(['Gửi shop', '', ...code, 'Cảm ơn'].join(end))).toEqual([
      'Gửi shop\n\nCảm ơn',
      'bao gia.txt: Chào chị, giá 200k',
    ]);
  });

  it('may have lost the blanks at the ends of their lines', () => {
    expect(read('begin 666 a\n#86(\n \nend')).toEqual(['', 'a: ab\u0000']);
  });

  it.each([
    ['without an end', ['begin 644 a', '#0V%T', '`']],
    ['with words within', ['begin 644 a', '#0V%T', 'Chào chị', 'end']],
    ['with a line longer than it says', ['begin 644 a', '#0V%T0V%T', 'end']],
    ['with nothing within', ['begin 644 a', 'end']],
    ['without a name', ['begin 644 ', '#0V%T', '`', 'end']],
    ['that are only told of', ['we begin 644 a', '#0V%T', 'end']],
  ])('stay where they are %s', (_what, lines) => {
    expect(splitUuencoded(lines.join('\n'))).toEqual({ text: lines.join('\n'), files: [] });
  });

  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (bytes) => {
        const { text, files } = splitUuencoded(`trước\n${encode(Buffer.from(bytes))}\nsau`);
        expect([text, files[0]?.bytes]).toEqual(['trước\nsau', Buffer.from(bytes)]);
      }),
    );
  });

  it('never throw, whatever the lines are', () => {
    const line = fc.oneof(fc.constantFrom('begin 644 a', 'end', '`', '#0V%T', ''), fc.string());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        expect(splitUuencoded(lines.join('\n')).text.length).toBeLessThanOrEqual(lines.join('\n').length);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['beginnings', 'begin 644 a\n'],
    ['code', '#0V%T\n'],
    ['empty lines of code', '`\n'],
    ['files', 'begin 644 a\n#0V%T\n`\nend\n'],
    ['digits', 'begin 7'],
  ])('are looked for in two megabytes of %s at once', async (_what, piece) => {
    const text = `begin 644 a\n${piece.repeat(2_000_000 / piece.length)}`;
    expect(await cpuMillisOf(() => splitUuencoded(text))).toBeLessThan(2_000);
  });
});
