import fc from 'fast-check';
import { mailKeys } from './fingerprint.js';

const keyOf = (body: Buffer): string => mailKeys('hotro@cuahang.example', { head: '', body }, []).fingerprint;

/** The rule in words: LF, no blanks at line ends, no empty lines at the end, one final LF. */
function canonical(body: Buffer): Buffer {
  const lines = body
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.replace(/[ \t]+$/, ''));
  while (lines.at(-1) === '') lines.pop();
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}

describe('the fingerprint of a body', () => {
  it('does not see line ends, blanks before them and empty lines at the end, and sees everything else', () => {
    const pieces = fc.constantFrom('a', ' ', '\t', '\r', '\n', '\r\n', '\u00e0', '\u00a0', '\0');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.array(pieces, { maxLength: 30 }), (one, other) => {
        const [a, b] = [one, other].map((list) => Buffer.from(list.join(''), 'latin1'));
        expect(keyOf(a!) === keyOf(b!)).toBe(canonical(a!).equals(canonical(b!)));
      }),
      { numRuns: 3_000 },
    );
  });
});
