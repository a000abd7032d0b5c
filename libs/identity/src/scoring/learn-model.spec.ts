import { findCandidates } from './blocking.js';
import { compareRecords, MAX_DISAGREEMENT, type FieldComparison } from './comparison.js';
import { scoreVector } from './fellegi-sunter.js';
import { learnModel, type LearningInput } from './learn-model.js';
import { seededRandom } from './seeded-random.js';

interface Person {
  readonly who: number;
  readonly values: readonly (string | undefined)[];
}

const FIELDS = ['name', 'street', 'phone', 'birthday'];
/** How many values a field has: names are few, phones many. */
const SIZES = [40, 300, 100_000, 5_000];

const COMPARISONS: readonly FieldComparison<Person>[] = FIELDS.map((field, index) => ({
  field,
  levels: [
    { code: `${field}_same`, agrees: true },
    { code: `${field}_differs`, agrees: false },
  ],
  compare(a, b) {
    const [x, y] = [a.values[index], b.values[index]];
    if (x === undefined || y === undefined) return undefined;
    return x === y ? { level: 0, terms: [x] } : { level: 1 };
  },
  ...(field === 'name' ? { termsOf: (person: Person) => person.values.slice(0, 1) as string[] } : {}),
}));

/** People of whom some are there twice, one value in ten mistyped and one in ten missing; every third is a Nguyễn. */
function aPopulation(people: number, duplicates: number): Person[] {
  const random = seededRandom(7);
  const pick = (size: number): string => `v${random(size)}`;
  const originals = Array.from({ length: people }, (_, who) => ({
    who,
    values: SIZES.map((size, field) => (field === 0 && random(3) === 0 ? 'nguyen' : pick(size))),
  }));
  const copies = originals.slice(0, duplicates).map(({ who, values }) => ({
    who,
    values: values.map((value, field) => [pick(SIZES[field]!), undefined][random(10)] ?? value),
  }));
  return [
    ...originals,
    ...copies.map((copy) => ({ ...copy, values: copy.values.map((v) => (random(10) === 0 ? undefined : v)) })),
  ];
}

function anInput(records: readonly Person[]): LearningInput<Person> {
  const keysOf = ({ values }: Person): string[] =>
    values.flatMap((value, field) => (value === undefined ? [] : [`${field} ${value}`]));
  return {
    records,
    comparisons: COMPARISONS,
    candidates: findCandidates(records, { keysOf, maxBlockSize: 5_000 }).pairs,
  };
}

describe('learnModel', () => {
  const input = anInput(aPopulation(1_500, 300));
  const model = learnModel(input)!;
  const level = (field: number, rank: number) => model.fields[field]!.levels[rank]!;

  it('finds out without labels how strangers and one person compare', () => {
    expect(level(1, 0).u).toBeGreaterThan(1 / 450);
    expect(level(1, 0).u).toBeLessThan(1 / 200);
    expect(level(2, 0).u).toBeLessThan(6e-5);
    expect(level(3, 0).m).toBeGreaterThan(0.8);
    expect(level(3, 0).m).toBeLessThan(0.97);
    expect(model.prior).toBeGreaterThan(0.5 * (300 / ((1_800 * 1_799) / 2)));
    expect(model.prior).toBeLessThan(2 * (300 / ((1_800 * 1_799) / 2)));
  });

  it('tells duplicates from strangers at 0.99, though every third bears one name', () => {
    let [right, wrong] = [0, 0];
    for (const [first, second] of input.candidates) {
      const [a, b] = [input.records[first]!, input.records[second]!];
      if (scoreVector(model, compareRecords(COMPARISONS, a, b)).probability < 0.99) continue;
      if (a.who === b.who) right += 1;
      else wrong += 1;
    }
    expect(right).toBeGreaterThan(230);
    expect(wrong).toBeLessThanOrEqual(2);
  });

  it('has a frequent name weigh less than a rare one', () => {
    const bitsOf = (term: string) => scoreVector(model, [{ level: 0, terms: [term] }]).waterfall[0]!.bits;
    expect(bitsOf('nguyen')).toBeLessThan(2);
    expect(bitsOf('v3')).toBeGreaterThan(4);
  });

  it('never learns that one person disagrees more than allowed, or that a level is impossible', () => {
    for (const { levels } of model.fields) {
      expect(levels.at(-1)!.m).toBeLessThanOrEqual(MAX_DISAGREEMENT + 1e-12);
      for (const { m, u } of levels) {
        expect(m).toBeGreaterThan(0);
        expect(u).toBeGreaterThan(0);
      }
      expect(levels.reduce((sum, { m }) => sum + m, 0)).toBeCloseTo(1, 10);
      expect(levels.reduce((sum, { u }) => sum + u, 0)).toBeCloseTo(1, 10);
    }
  });

  it('learns the same again', () => {
    expect(learnModel(input)).toEqual(model);
    expect(learnModel(input, { randomPairs: 10_000, seed: 3 })).toEqual(
      learnModel(input, { randomPairs: 10_000, seed: 3 }),
    );
  });

  it('does not take a crowd of namesakes for one person', () => {
    const random = seededRandom(11);
    const namesakes = Array.from({ length: 200 }, (_, who) => ({
      who: 10_000 + who,
      values: ['nguyen', ...SIZES.slice(1).map((size) => `w${random(size)}`)],
    }));
    const crowded = anInput([...input.records, ...namesakes]);
    const crowdedModel = learnModel(crowded)!;
    const merged = crowded.candidates.filter(([first, second]) => {
      const [a, b] = [crowded.records[first]!, crowded.records[second]!];
      const { probability } = scoreVector(crowdedModel, compareRecords(COMPARISONS, a, b));
      return a.who !== b.who && probability >= 0.99;
    });
    expect(merged.length).toBeLessThanOrEqual(2);
  });

  it('declines to learn from too few', () => {
    expect(learnModel(anInput(aPopulation(200, 5)))).toBeUndefined();
    expect(learnModel(anInput([]))).toBeUndefined();
  });
});
