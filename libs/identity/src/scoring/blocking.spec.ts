import { array, assert, constantFrom, property } from 'fast-check';
import { findCandidates } from './blocking.js';

const keysOf = (record: readonly string[]): readonly string[] => record;

describe('findCandidates', () => {
  it('pairs records that share a key, each pair once', () => {
    const records = [['a', 'b'], ['c'], ['b', 'a', 'a'], ['c', 'b']];
    expect(findCandidates(records, { keysOf })).toEqual({
      pairs: [
        [0, 2],
        [0, 3],
        [1, 3],
        [2, 3],
      ],
      skippedBlocks: 0,
    });
  });

  it('passes over a key that too many share, and says so', () => {
    const records = [['nguyen', 'x'], ['nguyen'], ['nguyen', 'x']];
    expect(findCandidates(records, { keysOf, maxBlockSize: 2 })).toEqual({ pairs: [[0, 2]], skippedBlocks: 1 });
  });

  it('leaves out pairs that cannot be', () => {
    const records = [
      ['a', '1'],
      ['a', '2'],
      ['a', '1'],
    ];
    const mayPair = (x: readonly string[], y: readonly string[]): boolean => x[1] !== y[1];
    const keysWithoutList = ([first]: readonly string[]): readonly string[] => [first!];
    expect(findCandidates(records, { keysOf: keysWithoutList, mayPair }).pairs).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('finds exactly the pairs that share a key, in rising order', () => {
    assert(
      property(array(array(constantFrom('a', 'b', 'c', 'd'), { maxLength: 2 }), { maxLength: 12 }), (records) => {
        const expected = records.flatMap((a, i) =>
          records.flatMap((b, j) => (i < j && a.some((key) => b.includes(key)) ? [[i, j]] : [])),
        );
        expect(findCandidates(records, { keysOf }).pairs).toEqual(expected);
      }),
    );
  });
});
