import type { SeededRandom } from '../seeded-random.js';

/** A delivery with its place in time. */
export interface Scheduled<T> {
  /** When the provider sends it first. */
  readonly at: Date;
  readonly item: T;
  /** Attempts whose answer gets lost, each followed by another attempt. */
  readonly loseAnswers: number;
  /** True for a second copy that the provider sends for no reason. */
  readonly isCopy: boolean;
}

/** How often a provider misbehaves; each rate is a probability from 0 to 1. */
export interface Disturbance {
  /** A second copy shortly afterwards. */
  readonly copies: number;
  /** The answer to the first attempt gets lost. */
  readonly lostAnswers: number;
  /** It is sent late, so that later things overtake it. */
  readonly delays: number;
  /** Longest delay in milliseconds. */
  readonly longestDelayMs: number;
}

/**
 * Plans what a provider does to a list of deliveries: copies, lost answers, delays that change their order.
 * Pure but for the random numbers: the same seed gives the same plan.
 *
 * @returns all deliveries and copies in the order in which they are sent
 */
export function disturb<T>(
  deliveries: readonly { readonly at: Date; readonly item: T }[],
  rates: Disturbance,
  random: SeededRandom,
): readonly Scheduled<T>[] {
  const later = (at: Date): Date => new Date(at.getTime() + random.int(1, rates.longestDelayMs));
  return deliveries
    .flatMap(({ at, item }): Scheduled<T>[] => {
      const sentAt = random.chance(rates.delays) ? later(at) : at;
      const loseAnswers = random.chance(rates.lostAnswers) ? 1 : 0;
      const first: Scheduled<T> = { at: sentAt, item, loseAnswers, isCopy: false };
      if (!random.chance(rates.copies)) return [first];
      return [first, { at: later(sentAt), item, loseAnswers: 0, isCopy: true }];
    })
    .sort((left, right) => left.at.getTime() - right.at.getTime());
}
