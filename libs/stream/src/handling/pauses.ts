const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const MOST_DOUBLINGS = 10;

/** A partition that waits on a fault. */
export interface Pause {
  /** Failures in a row. */
  readonly tries: number;
  /** Length of this wait. */
  readonly waitMs: number;
  /** The fault's code; `internal` for a fault of ours. */
  readonly code: string;
}

/** Waits of the partitions of one subscription, doubled with each failure in a row up to half a minute. */
export class Pauses {
  private readonly pauses = new Map<string, Pause>();

  /** Notes one more failure of a partition, named `topic/partition`. */
  fail(partition: string, fault: unknown): Pause {
    const tries = (this.pauses.get(partition)?.tries ?? 0) + 1;
    const waitMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, MOST_DOUBLINGS));
    const pause = { tries, waitMs, code: codeOf(fault) };
    this.pauses.set(partition, pause);
    return pause;
  }

  /** Forgets the failures of a partition: it went on, or another member has it. */
  clear(partition: string): void {
    this.pauses.delete(partition);
  }

  /** Forgets every partition that does not pass. */
  keep(passes: (partition: string) => boolean): void {
    for (const partition of this.pauses.keys()) if (!passes(partition)) this.pauses.delete(partition);
  }

  /** As {@link SubscriptionStatus.stalled}. */
  describe(): string[] {
    return Array.from(this.pauses, ([partition, { code }]) => `${partition}: ${code}`);
  }
}

function codeOf(fault: unknown): string {
  const { code, retryable } = (fault ?? {}) as { code?: unknown; retryable?: unknown };
  return retryable === true && typeof code === 'string' ? code : 'internal';
}
