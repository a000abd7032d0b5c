import { planFetches, type FetchLimits } from './plan-fetches.js';

const LIMITS: FetchLimits = { maxMails: 3, maxBytes: 1_000, maxMailBytes: 5_000 };
const mails = (...sizes: number[]) => sizes.map((sizeBytes, i) => ({ uid: i + 1, sizeBytes }));
const plan = (sizes: number[], trouble?: { uid: number; until: number; attempts: number }) =>
  planFetches(mails(...sizes), trouble, LIMITS).map(({ uids, extent }) => `${uids.join(',')} ${extent}`);

describe('how mails are fetched', () => {
  it.each<[string, number[], Parameters<typeof plan>[1], string[]]>([
    ['nothing', [], undefined, []],
    ['small ones together, up to a number', [10, 10, 10, 10], undefined, ['1,2,3 whole', '4 whole']],
    ['small ones together, up to a size', [600, 300, 200], undefined, ['1,2 whole', '3 whole']],
    ['one above the size of a fetch alone', [10, 4_000, 10], undefined, ['1 whole', '2 whole', '3 whole']],
    ['the beginning of one over the limit', [10, 6_000, 10], undefined, ['1 whole', '2 beginning', '3 whole']],
    [
      'each alone after a failure',
      [1, 1, 1, 1],
      { uid: 1, until: 2, attempts: 0 },
      ['1 whole', '2 whole', '3,4 whole'],
    ],
    ['only the head of one that failed too often', [1, 1], { uid: 1, until: 2, attempts: 5 }, ['1 head', '2 whole']],
    ['nothing of one whose head failed as well', [1, 1], { uid: 1, until: 2, attempts: 10 }, ['1 nothing', '2 whole']],
  ])('%s', (_label, sizes, trouble, expected) => {
    expect(plan(sizes, trouble)).toEqual(expected);
  });
});
