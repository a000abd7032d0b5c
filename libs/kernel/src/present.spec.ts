import { present, withPresent } from './present.js';

describe('what is there', () => {
  it('keeps null, zero and the empty text, and leaves out what is undefined', () => {
    const kept = present({ a: null, b: 0, c: '', d: undefined });
    expect(Object.keys(kept)).toEqual(['a', 'b', 'c']);
  });

  it('is added to the object itself, without a word of what is absent', () => {
    const target = { a: 1 };
    const same = withPresent(target, { b: 2, c: undefined as number | undefined });
    expect(same).toBe(target);
    expect(JSON.stringify(Object.entries(same))).toBe('[["a",1],["b",2]]');
  });
});
