import type { IndexPair } from './blocking.js';
import { compareRecords, type FieldComparison } from './comparison.js';
import { learnMatchShares, looksLikeMatch, type Shares } from './expectation-maximisation.js';
import type { LinkageModel } from './fellegi-sunter.js';
import { levelShares, PatternCounter, type PatternCount } from './pattern-counts.js';
import { seededRandom } from './seeded-random.js';
import { learnTermFrequencies } from './term-frequencies.js';

/** What a model is learned from. */
export interface LearningInput<R> {
  readonly records: readonly R[];
  readonly comparisons: readonly FieldComparison<R>[];
  /** Pairs that are alike in something, as blocking finds them. */
  readonly candidates: readonly IndexPair[];
  /** Whether two records may be the same at all; the same rule as in blocking. */
  readonly mayPair?: (a: R, b: R) => boolean;
}

/** Options of {@link learnModel}. */
export interface LearningOptions {
  /** Pairs taken at random to learn what strangers look like; all pairs when there are no more. */
  readonly randomPairs?: number;
  readonly seed?: number;
}

const RANDOM_PAIRS = 500_000;
/** Fewer matches than that teach nothing: use a model made beforehand. */
export const MIN_MATCHES_TO_LEARN = 30;

/** All pairs, or as many as asked for, taken at random. */
function* samplePairs(size: number, wanted: number, seed: number): Generator<IndexPair> {
  if ((size * (size - 1)) / 2 <= wanted) {
    for (let first = 0; first < size; first += 1) {
      for (let second = first + 1; second < size; second += 1) yield [first, second];
    }
    return;
  }
  const random = seededRandom(seed);
  for (let taken = 0; taken < wanted;) {
    const [a, b] = [random(size), random(size)];
    if (a === b) continue;
    taken += 1;
    yield a < b ? [a, b] : [b, a];
  }
}

function countPatterns<R>(input: LearningInput<R>, pairs: Iterable<IndexPair>): readonly PatternCount[] {
  const counter = new PatternCounter();
  for (const [first, second] of pairs) {
    const [a, b] = [input.records[first]!, input.records[second]!];
    if (input.mayPair?.(a, b) === false) continue;
    counter.add(compareRecords(input.comparisons, a, b));
  }
  return counter.patterns();
}

const sizeOf = (patterns: readonly PatternCount[]): number => patterns.reduce((sum, { count }) => sum + count, 0);

function learnStrangers<R>(input: LearningInput<R>, random: readonly PatternCount[]): Shares {
  // Among few records the matches are a sizeable part of all pairs, and would make an exact agreement look common.
  const weights = random.map((pattern) => (looksLikeMatch(input.comparisons, pattern) ? 0 : 1));
  return input.comparisons.map(({ levels }, field) => levelShares(random, weights, field, levels.length));
}

/** Pairs that may match at all; a share of the sample when a rule forbids some. */
function countAllPairs<R>(input: LearningInput<R>, sampled: number, allowed: number): number {
  const size = input.records.length;
  return ((size * (size - 1)) / 2) * (allowed / sampled);
}

/**
 * Learns a model from the records themselves, without labels: strangers from pairs taken at random, one person from
 * candidates by {@link learnMatchShares}, rarity by counting. The same input gives the same model.
 *
 * @returns undefined when there are fewer than {@link MIN_MATCHES_TO_LEARN} pairs that look like matches
 */
export function learnModel<R>(input: LearningInput<R>, options: LearningOptions = {}): LinkageModel | undefined {
  const { randomPairs = RANDOM_PAIRS, seed = 1 } = options;
  const candidates = countPatterns(input, input.candidates);
  const expected = sizeOf(candidates.filter((pattern) => looksLikeMatch(input.comparisons, pattern)));
  if (expected < MIN_MATCHES_TO_LEARN) return undefined;
  const pairs = [...samplePairs(input.records.length, randomPairs, seed)];
  const random = countPatterns(input, pairs);
  const allPairs = Math.max(expected + 1, countAllPairs(input, pairs.length, sizeOf(random)));
  const u = learnStrangers(input, random);
  const start = { candidates, u, prior: expected / allPairs, allPairs };
  const { m, prior } = learnMatchShares(input.comparisons, start);
  const fields = input.comparisons.map(({ field, levels, termsOf }, index) => ({
    field,
    levels: levels.map((level, rank) => ({ ...level, m: m[index]![rank]!, u: u[index]![rank]! })),
    frequencies:
      termsOf === undefined
        ? undefined
        : learnTermFrequencies(input.records.map((record) => termsOf(record)).filter((terms) => terms.length > 0)),
  }));
  return { prior, fields };
}
