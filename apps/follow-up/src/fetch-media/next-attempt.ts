const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Links die within days; what was not there for so long is not coming. */
const PATIENCE_MS = 72 * 3_600_000;

/** When to try a fetch again. */
export interface Attempt {
  /** How many there were. */
  readonly attempts: number;
  readonly queuedAt: Date;
  readonly now: Date;
  /** What the provider asked for. */
  readonly retryAfterMs?: number;
  /** From 0 to 1, so that jobs that failed together do not come back together. */
  readonly chance: number;
}

/** @returns milliseconds to wait; undefined when it has been tried for long enough */
export function nextAttemptMs({ attempts, queuedAt, now, retryAfterMs = 0, chance }: Attempt): number | undefined {
  if (now.getTime() - queuedAt.getTime() >= PATIENCE_MS) return undefined;
  const grown = Math.min(FIRST_MS * 4 ** Math.max(0, Math.min(attempts, 10) - 1), LONGEST_MS);
  return Math.max(retryAfterMs, Math.round(grown * (0.75 + chance / 2)));
}
