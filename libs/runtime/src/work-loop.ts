import { describeError, type Logger } from '@app/kernel';

/** Options of {@link WorkLoop}. */
export interface WorkLoopOptions {
  readonly name: string;
  /** Does a piece of work. @returns whether there may be more at once */
  readonly work: () => Promise<boolean>;
  /** Longest wait between looks when there was nothing to do, in milliseconds. */
  readonly idleMs: number;
  readonly logger: Logger;
}

const MAX_BACKOFF_MS = 5_000;

/**
 * Repeats a piece of work until stopped: at once while there is more, else when woken or after `idleMs`. A failure is
 * logged and tried again after a growing wait; it never ends the loop.
 */
export class WorkLoop {
  private stopped = false;
  private woken = false;
  private wakeUp: (() => void) | undefined;
  private failures = 0;
  private running: Promise<void> | undefined;

  constructor(private readonly options: WorkLoopOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Ends a wait. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Resolves when the work in hand is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      const more = await this.attempt();
      if (!more && !this.stopped) await this.wait();
    }
  }

  private async attempt(): Promise<boolean> {
    try {
      const more = await this.options.work();
      this.failures = 0;
      return more;
    } catch (error) {
      this.failures += 1;
      this.options.logger.warn(
        { loop: this.options.name, failures: this.failures, error: describeError(error) },
        'work failed; it is tried again',
      );
      return false;
    }
  }

  private async wait(): Promise<void> {
    const ms = this.failures > 0 ? Math.min(MAX_BACKOFF_MS, 100 * 2 ** this.failures) : this.options.idleMs;
    if (this.woken && this.failures === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = undefined;
  }
}
