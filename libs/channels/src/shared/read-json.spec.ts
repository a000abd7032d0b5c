import fc from 'fast-check';
import { parse, isInteger as isIntegerText } from 'lossless-json';
import type { JsonNode } from './json-scanner.js';
import { locateJson, readJson } from './read-json.js';

const read = (text: string): unknown => {
  const reading = readJson(Buffer.from(text));
  if (!reading.ok) throw new Error('not JSON');
  return reading.value;
};
const locate = (text: string, depth: number) => {
  const reading = locateJson(Buffer.from(text), depth);
  if (!reading.ok) throw new Error('not JSON');
  return reading;
};

/** The oracle: an independent parser that keeps every number as text. */
const losslessly = (text: string): unknown =>
  parse(text, undefined, {
    parseNumber: (token) =>
      isIntegerText(token) && !Number.isSafeInteger(Number(token)) ? token : Number.parseFloat(token),
  });

describe('readJson', () => {
  it.each([
    ['an id above 2^53', '{"id":5741311803571721087}', { id: '5741311803571721087' }],
    ['a negative one', '[-9007199254740993]', ['-9007199254740993']],
    ['the largest safe integer', '[9007199254740991]', [9007199254740991]],
    ['the next one', '[9007199254740992]', ['9007199254740992']],
    ['sixteen digits that are safe', '[1767225600123456]', [1767225600123456]],
    [
      'digits within text',
      '{"text":"số 12345678901234567890, ok: 99999999999999999"}',
      { text: 'số 12345678901234567890, ok: 99999999999999999' },
    ],
    ['a fraction', '[0.1234567890123456]', [0.1234567890123456]],
    ['an exponent', '[1000000000000000000e3]', [1e21]],
    [
      'long integers side by side',
      '[ 12345678901234567890,12345678901234567891 ]',
      ['12345678901234567890', '12345678901234567891'],
    ],
    ['a bare one', '12345678901234567890', '12345678901234567890'],
    ['words', '[true,false,null]', [true, false, null]],
    [
      'a quote and a backslash before a long integer',
      '["\\\\\\"",12345678901234567890]',
      ['\\"', '12345678901234567890'],
    ],
  ])('keeps the digits of %s', (_label, text, expected) => {
    expect(read(text)).toEqual(expected);
    expect(read(text)).toEqual(losslessly(text));
    expect(locate(text, 1).value).toEqual(expected);
  });

  it.each(['', ' ', '{', '{"a":1}x', "{'a':1}", '\uFEFF{}', 'undefined', '[1,]'])('refuses %j', (text) => {
    expect([readJson(Buffer.from(text)).ok, locateJson(Buffer.from(text), 1).ok]).toEqual([false, false]);
  });

  it('agrees with an independent parser on any document with long integers', () => {
    const long = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('tree')),
        fc.dictionary(fc.string({ minLength: 1 }), tie('tree')),
      ),
      leaf: fc.oneof(
        long,
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.constant(null),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (document) => {
        const text = stringify(document);
        expect(read(text)).toEqual(losslessly(text));
        expect(locate(text, 3).value).toEqual(losslessly(text));
      }),
    );
  });

  it('does not run out of stack on deep nesting', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(locate(text, 4).root.end).toBe(text.length);
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(locateJson(Buffer.from(bytes), 3).ok).toBe(readJson(Buffer.from(bytes)).ok);
      }),
    );
  });
});

describe('places of values', () => {
  it('locates each element exactly, blanks and escaped names included', () => {
    const text = '{ "\\u0065ntry" : [ {"a":"}] \\" ả"} , 12345678901234567890,"x", null ] , "b":{ } }';
    const { root } = locate(text, 2);
    const bytes = Buffer.from(text);
    const slice = ({ start, end }: JsonNode): string => bytes.toString('utf8', start, end);
    expect(slice(root)).toBe(text);
    expect(root.members?.get('entry')?.elements?.map(slice)).toEqual([
      '{"a":"}] \\" ả"}',
      '12345678901234567890',
      '"x"',
      'null',
    ]);
    expect(root.members?.get('b')?.members?.size).toBe(0);
  });

  it('gives for every located node the value that JSON.parse gives for its bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), fc.constantFrom(undefined, 1, '\t'), (document, depth, indent) => {
        const text = JSON.stringify(document, null, indent);
        const bytes = Buffer.from(text);
        const check = (node: JsonNode, value: unknown): void => {
          expect(JSON.parse(bytes.toString('utf8', node.start, node.end))).toEqual(value);
          node.elements?.forEach((element, index) => check(element, (value as unknown[])[index]));
          node.members?.forEach((member, name) => check(member, (value as Record<string, unknown>)[name]));
        };
        check(locate(text, depth).root, JSON.parse(text) as unknown);
      }),
    );
  });

  it('names a member that stands twice', () => {
    expect(locate('{"entry":[1],"x":0,"entry":[2]}', 1).root.repeated).toBe('entry');
    expect(locate('{"entry":[1],"x":0}', 1).root.repeated).toBeUndefined();
  });
});

/** JSON of a document that may hold bigints. */
function stringify(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringify).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, item]) => `${JSON.stringify(name)}:${stringify(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
