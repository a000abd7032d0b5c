/** Waits between attempts, in milliseconds. */
export interface BackOffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Least wait after a refused login: fast retries lock accounts. */
  readonly loginMs: number;
}

/** Twice as long with each failure in a row, cut at `maxMs`, half of it by chance so that many clients spread out. */
export class BackOff {
  private failures = 0;

  constructor(
    private readonly options: BackOffOptions,
    private readonly random: () => number = Math.random,
  ) {}

  next(loginRefused: boolean): number {
    const { firstMs, maxMs, loginMs } = this.options;
    const full = Math.min(maxMs, firstMs * 2 ** Math.min(this.failures++, 30));
    const wait = full / 2 + (this.random() * full) / 2;
    return loginRefused ? Math.max(loginMs, wait) : wait;
  }

  reset(): void {
    this.failures = 0;
  }
}
