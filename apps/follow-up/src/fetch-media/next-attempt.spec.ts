import { nextAttemptMs } from './next-attempt.js';

const queuedAt = new Date('2026-11-20T00:00:00Z');
const after = (ms: number): Date => new Date(queuedAt.getTime() + ms);
const wait = (attempts: number, more: { retryAfterMs?: number; chance?: number } = {}) =>
  nextAttemptMs({ attempts, queuedAt, now: queuedAt, chance: 0.5, ...more });

describe('nextAttemptMs', () => {
  it('waits four times as long each time, an hour at most', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 500].map((attempts) => wait(attempts))).toEqual([
      5_000, 20_000, 80_000, 320_000, 1_280_000, 3_600_000, 3_600_000, 3_600_000,
    ]);
  });

  it('spreads those who failed together', () => {
    expect([wait(1, { chance: 0 }), wait(1, { chance: 1 })]).toEqual([3_750, 6_250]);
  });

  it('waits as long as the provider asks for', () => {
    expect(wait(1, { retryAfterMs: 60_000 })).toBe(60_000);
  });

  it('gives up after three days', () => {
    const at = (ms: number) => nextAttemptMs({ attempts: 90, queuedAt, now: after(ms), chance: 0.5 });
    expect(at(72 * 3_600_000 - 1)).toBe(3_600_000);
    expect(at(72 * 3_600_000)).toBeUndefined();
  });
});
