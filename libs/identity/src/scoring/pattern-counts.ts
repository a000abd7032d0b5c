import type { ComparisonVector } from './comparison.js';

/** Pairs that every level is taken to have been seen in beforehand, so that none is impossible. */
const SMOOTHING = 0.5;

/** A comparison vector without its terms, and how many pairs came out so; learning needs no more. */
export interface PatternCount {
  /** Level for each field; undefined where nothing could be compared. */
  readonly levels: readonly (number | undefined)[];
  count: number;
}

/** Counts equal outcomes, so that each round of learning costs the number of patterns and not of pairs. */
export class PatternCounter {
  private readonly byKey = new Map<string, PatternCount>();

  add(vector: ComparisonVector): void {
    const levels = vector.map((found) => found?.level);
    const key = levels.join();
    const pattern = this.byKey.get(key);
    if (pattern === undefined) this.byKey.set(key, { levels, count: 1 });
    else pattern.count += 1;
  }

  /** In the order in which they first came. */
  patterns(): readonly PatternCount[] {
    return [...this.byKey.values()];
  }
}

/** Weighted share of each level of one field, among the patterns in which it could be compared. */
export function levelShares(
  patterns: readonly PatternCount[],
  weights: readonly number[],
  field: number,
  levelCount: number,
): number[] {
  const sums = Array.from({ length: levelCount }, () => SMOOTHING);
  for (const [index, { levels, count }] of patterns.entries()) {
    const level = levels[field];
    if (level !== undefined) sums[level]! += weights[index]! * count;
  }
  const total = sums.reduce((sum, value) => sum + value, 0);
  return sums.map((sum) => sum / total);
}
