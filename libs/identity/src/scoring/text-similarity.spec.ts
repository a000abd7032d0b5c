import { assert, property, string, stringMatching } from 'fast-check';
import { editDistance, jaroWinkler, MAX_COMPARED_CHARS } from './text-similarity.js';

describe('jaroWinkler', () => {
  it.each([
    ['martha', 'marhta', 0.9611],
    ['dixon', 'dicksonx', 0.8133],
    ['dwayne', 'duane', 0.84],
    ['nguyen van hung', 'nguyen van hung', 1],
    ['abc', 'xyz', 0],
    ['', 'abc', 0],
    ['', '', 0],
  ])('%s and %s are alike to %d, as in the literature', (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 4);
  });

  it('does not depend on the side, and stays between 0 and 1', () => {
    const letters = stringMatching(/^[abn]{0,12}$/);
    assert(
      property(letters, letters, (a, b) => {
        const likeness = jaroWinkler(a, b);
        expect(jaroWinkler(b, a)).toBe(likeness);
        expect(likeness).toBeGreaterThanOrEqual(0);
        expect(likeness).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('editDistance', () => {
  it.each([
    ['bưởi', 'bưởi', 0],
    ['0912345678', '0912345687', 1],
    ['hung', 'hnug', 1],
    ['hung', 'hun', 1],
    ['hung', 'hong', 1],
    ['ca', 'abc', 3],
    ['abcd', 'badc', 2],
    ['', 'abc', 3],
  ])('counts the slips between %s and %s', (a, b, expected) => {
    expect(editDistance(a, b, 5)).toBe(expected);
  });

  it('says "more than the limit" and stops', () => {
    expect(editDistance('kitten', 'sitting', 2)).toBe(3);
    expect(editDistance('a', 'abcdefgh', 2)).toBe(3);
  });

  it('looks at no more than the first letters of a long text', () => {
    const start = 'x'.repeat(MAX_COMPARED_CHARS);
    expect(editDistance(`${start}${'a'.repeat(65_536)}`, `${start}b`, 1)).toBe(0);
    expect(editDistance(`a${start}`, `b${start}yyyy`, 5)).toBe(1);
  });

  it('does not depend on the side, whatever the limit', () => {
    assert(
      property(string({ maxLength: 10 }), string({ maxLength: 10 }), (a, b) => {
        expect(editDistance(a, b, 3)).toBe(editDistance(b, a, 3));
        expect(editDistance(a, b, 1)).toBe(Math.min(2, editDistance(a, b, 20)));
      }),
    );
  });
});
