import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type Logger } from '@app/kernel';
import type { AdvisoryLease } from '@app/persistence';

/** What came of a failure. */
export interface Failure {
  /** A word for operators, without content. */
  readonly reason: string;
  readonly waitMs: number;
}

/** Options of {@link OwnedWork}. */
export interface OwnedWorkOptions {
  /** Whoever holds it works. */
  readonly lease: Pick<AdvisoryLease, 'held' | 'release'>;
  /** Works for as long as there is something to do, or until the signal. @returns how long to wait then, in milliseconds */
  readonly work: (stopping: AbortSignal) => Promise<number>;
  readonly failed: (error: unknown) => Failure;
  /** How often a copy that waits looks whether the work became free, in milliseconds. */
  readonly standbyMs: number;
  /** Told of each change of state. */
  readonly logger: Logger;
  /** What the log line says is in another state. */
  readonly what: string;
}

/**
 * Work that one process at a time does, again and again until it is stopped. Which process is decided by a lock without a time
 * limit; a failure is told once and never ends it.
 */
export class OwnedWork {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private state = 'not begun';

  constructor(private readonly options: OwnedWorkOptions) {}

  /** What it is doing, for the health report. */
  get detail(): string {
    return this.state;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the work in hand is done and the lock is given up. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Notes what it is doing; a change is logged. */
  became(state: string): void {
    if (state === this.state) return;
    this.state = state;
    const level = state.startsWith('away') ? 'warn' : 'info';
    this.options.logger[level]({ state }, `${this.options.what} is in another state`);
  }

  /** Ends early when the work is stopped. */
  async wait(ms: number): Promise<undefined> {
    try {
      await sleep(ms, undefined, { signal: this.stopping.signal });
    } catch (error) {
      if (!this.stopping.signal.aborted) throw error;
    }
    return undefined;
  }

  private async run(): Promise<void> {
    const { lease, logger } = this.options;
    while (!this.stopping.signal.aborted) await this.wait(await this.attempt());
    await lease.release().catch((error: unknown) => logger.warn({ error: describeError(error) }, 'Lock'));
    this.became('stopped');
  }

  /** @returns how long to wait, in milliseconds */
  private async attempt(): Promise<number> {
    try {
      if (await this.options.lease.held()) return await this.options.work(this.stopping.signal);
      this.became('standby');
      return this.options.standbyMs;
    } catch (error) {
      if (this.stopping.signal.aborted) return 0;
      const { reason, waitMs } = this.options.failed(error);
      this.became(`away (${reason.slice(0, 200)})`);
      return waitMs;
    }
  }
}
