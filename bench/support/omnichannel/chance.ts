import { seededRandom } from '../unifier-load.js';

/** Luck that repeats itself: the same seed gives the same log. */
export class Chance {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** Whether something of this probability happens. */
  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** A whole number between two, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** One of a list whose members have shares. */
  pickByShare<T>(list: readonly (readonly [value: T, share: number])[]): T {
    let left = this.next() * list.reduce((sum, [, share]) => sum + share, 0);
    for (const [value, share] of list) {
      left -= share;
      if (left < 0) return value;
    }
    return list.at(-1)![0];
  }

  /** A decimal number of so many digits, the first of which is not zero. */
  digits(count: number): string {
    return String(this.between(1, 9)) + Array.from({ length: count - 1 }, () => this.below(10)).join('');
  }

  /** The list in an order of chance (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const mixed = [...list];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
    }
    return mixed;
  }
}
