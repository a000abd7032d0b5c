import { connectedGroups } from './connected-groups.js';

describe('connectedGroups', () => {
  it('puts together what hangs together, also through a pair that comes last', () => {
    const pairs = ['a b', 'c d', 'e f', 'b c'];
    const groups = connectedGroups(pairs, (pair) => pair.split(' ') as [string, string]);
    expect(groups).toEqual([['a b', 'c d', 'b c'], ['e f']]);
  });

  it('takes a pair of one end for a group', () => {
    expect(connectedGroups(['a a'], () => ['a', 'a'])).toEqual([['a a']]);
  });
});
