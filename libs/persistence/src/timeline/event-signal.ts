import type { Database } from '../database.js';
import { EVENT_NOTIFICATION } from '../relay/relay.repository.js';

const POLL_MS = 1_000;

type Session = Awaited<ReturnType<Database['connectClient']>>;

/**
 * Wakes readers of table `event` when it may have grown: one LISTEN session for the whole process, and a clock of one
 * second in case a notification or the session is lost. A wake-up promises nothing; readers look and wait again.
 */
export class EventSignal {
  private readonly waiting = new Set<() => void>();
  private session: Session | undefined;
  private connecting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly database: Database) {}

  /** Readers that wait now. */
  get waiters(): number {
    return this.waiting.size;
  }

  /** Opens the session ahead of the first reader. */
  async start(): Promise<void> {
    if (this.session !== undefined || this.closed) return;
    this.connecting ??= this.connect().finally(() => {
      this.connecting = undefined;
    });
    await this.connecting;
  }

  /** Resolves at the next wake-up, at the latest after `timeoutMs`, or at once when `abort` fires. Never rejects. */
  async wait(timeoutMs: number, abort: AbortSignal): Promise<void> {
    if (abort.aborted || this.closed || timeoutMs <= 0) return;
    // Without the session the clock does the waking; the next wait tries again.
    void this.start();
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(limit);
        abort.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        this.stopClockWhenIdle();
        resolve();
      };
      const limit = setTimeout(wake, timeoutMs);
      abort.addEventListener('abort', wake);
      this.waiting.add(wake);
      this.timer ??= setInterval(() => this.wakeAll(), POLL_MS);
    });
  }

  /** Ends the session and wakes everybody; later waits return at once. */
  async close(): Promise<void> {
    this.closed = true;
    this.wakeAll();
    await this.connecting;
    const session = this.session;
    this.session = undefined;
    await session?.end();
  }

  private async connect(): Promise<void> {
    const session = await this.database.connectClient().catch(() => undefined);
    if (session === undefined) return;
    const lost = (): void => {
      if (this.session === session) this.session = undefined;
    };
    session.on('error', lost);
    session.on('end', lost);
    session.on('notification', () => this.wakeAll());
    this.session = session;
    await session.query(`LISTEN ${EVENT_NOTIFICATION}`).catch(lost);
  }

  private wakeAll(): void {
    for (const wake of this.waiting) wake();
  }

  private stopClockWhenIdle(): void {
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
