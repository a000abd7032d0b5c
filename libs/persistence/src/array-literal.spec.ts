import fc from 'fast-check';
import { arrayOf } from './array-literal.js';

/** Reads a one-dimensional array literal by the rules of the manual: a backslash makes the next character literal. */
function read(literal: string): string[] {
  const elements: string[] = [];
  for (const [, quoted, plain] of literal.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs)) {
    elements.push(quoted === undefined ? plain! : quoted.replace(/\\(.)/gs, '$1'));
  }
  return elements;
}

describe('arrayOf', () => {
  it('writes plain elements as they are', () => {
    expect(arrayOf.plain(['a-1', 2, true])).toBe('{a-1,2,true}');
    expect(arrayOf.plain([])).toBe('{}');
  });

  it('keeps every JSON document as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ stringUnit: 'binary' })), (documents) => {
        expect(read(arrayOf.json(documents))).toEqual(documents);
      }),
    );
    expect(arrayOf.json([])).toBe('{}');
  });

  it('keeps every text as it is, or leaves it to the driver', () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'NULL', 'a,b', '{"}', 'Bưởi\n', '\ud800')),
    );
    fc.assert(
      fc.property(texts, (elements) => {
        const literal = arrayOf.text(elements);
        expect(typeof literal === 'string' ? read(literal) : literal).toEqual(elements);
      }),
    );
    expect(arrayOf.text(['a', 'b\u0000'])).toEqual(['a', 'b\u0000']);
  });

  it('is short when no bytes are there', () => {
    expect(arrayOf.bytes([null, null])).toBe('{}');
    expect(arrayOf.bytes([null, Buffer.of(1)])).toEqual([null, Buffer.of(1)]);
  });
});
