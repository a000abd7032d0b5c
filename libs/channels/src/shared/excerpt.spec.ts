import { MAX_EXCERPT_CHARS } from '@app/contracts';
import fc from 'fast-check';
import { excerptOf } from './excerpt.js';

describe('an excerpt of a post', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['nothing', undefined, undefined],
    ['blanks', ' \n\t ', undefined],
    ['a line', 'Áo dài Tết 🎉', 'Áo dài Tết 🎉'],
    ['lines', 'Áo dài Tết\n\n  đủ cỡ ', 'Áo dài Tết đủ cỡ'],
    ['letters in parts', 'A\u0301o', 'Áo'],
    ['U+0000', 'a\u0000b', 'ab'],
    ['many words', 'áo dài '.repeat(60), `${'áo dài '.repeat(39)}áo…`],
    ['one long word', 'x'.repeat(300), `${'x'.repeat(279)}…`],
    ['many blanks', `a${' '.repeat(5_000)}b`, 'a…'],
  ])('of %s', (_what, text, excerpt) => {
    expect(excerptOf(text)).toBe(excerpt);
  });

  it('is one short line of whole characters, whatever the post says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (text) => {
        const excerpt = excerptOf(text) ?? 'x';
        expect(excerpt.length).toBeLessThanOrEqual(MAX_EXCERPT_CHARS);
        expect(excerpt).toMatch(/^\S(?:[^\n\r\t]*\S)?$/u);
        expect(excerpt.isWellFormed()).toBe(true);
      }),
    );
  });
});
