import { learnMatchShares, looksLikeMatch, type FieldLevels, type LearningStart } from './expectation-maximisation.js';
import type { PatternCount } from './pattern-counts.js';

const aField = (maxDisagreement?: number): FieldLevels => ({
  levels: [
    { code: 'same', agrees: true },
    { code: 'differs', agrees: false },
  ],
  maxDisagreement,
});
const FIELDS = [aField(), aField(), aField()];
const RARE = [0.001, 0.999];
const ALL_PAIRS = 1_000_000;

/** Thousand pairs of one person that mostly differ in the third field, and some that agree in all. */
const MATCHES: readonly PatternCount[] = [
  { levels: [0, 0, 1], count: 950 },
  { levels: [0, 0, 0], count: 50 },
];
const NAMESAKES: PatternCount = { levels: [0, 1, 1], count: 20_000 };

const learn = (start: Partial<LearningStart>, fields = FIELDS) =>
  learnMatchShares(fields, { candidates: MATCHES, u: [RARE, RARE, RARE], prior: 0.001, allPairs: ALL_PAIRS, ...start });

describe('learnMatchShares', () => {
  it('bounds how often one person may disagree, though the candidates disagree more often', () => {
    expect(learn({}).m[2]).toEqual([expect.closeTo(0.85, 10), expect.closeTo(0.15, 10)]);
    expect(learn({}, [aField(), aField(), aField(0.6)]).m[2]![1]).toBeCloseTo(0.6, 10);
    expect(learn({}, [aField(), aField(), aField(1)]).m[2]![1]).toBeCloseTo(0.95, 2);
  });

  it('learns nothing from pairs that agree in one field alone, however many they are', () => {
    expect(learn({ candidates: [...MATCHES, NAMESAKES] })).toEqual(learn({}));
  });

  it('lets the prior fall to what the pairs bear out, and never rise', () => {
    expect(learn({ prior: 0.02 }).prior).toBeCloseTo(1_000 / ALL_PAIRS, 4);
    expect(learn({ prior: 1e-5 }).prior).toBeLessThanOrEqual(1e-5);
  });

  it('takes no level for impossible', () => {
    expect(Math.min(...learn({}).m.flat())).toBeGreaterThan(0);
    expect(Math.min(...learn({ candidates: [] }).m.flat())).toBeGreaterThan(0);
  });

  it('skips what could not be compared', () => {
    const gaps = learn({ candidates: [...MATCHES, { levels: [0, 0, undefined], count: 1_000 }] });
    expect(gaps.m[2]).toEqual([expect.closeTo(0.85, 10), expect.closeTo(0.15, 10)]);
  });
});

describe('looksLikeMatch', () => {
  it.each<[boolean, string, readonly (number | undefined)[]]>([
    [true, 'two of three agree', [0, 0, 1]],
    [true, 'both that can be compared agree', [0, undefined, 0]],
    [false, 'one of three agrees', [0, 1, 1]],
    [false, 'the only one that can be compared agrees', [0, undefined, undefined]],
    [false, 'nothing can be compared', [undefined, undefined, undefined]],
  ])('is %s when %s', (expected, _label, levels) => {
    expect(looksLikeMatch(FIELDS, { levels, count: 1 })).toBe(expected);
  });
});
