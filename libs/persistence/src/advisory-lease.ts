import type pg from 'pg';
import type { Database } from './database.js';

/**
 * Ownership of something that one process at a time may do.
 *
 * It is a PostgreSQL session lock: it has no time limit, and it ends with the session, so a process that is killed
 * gives it up at once and one that is merely slow keeps it.
 */
export class AdvisoryLease {
  private session: Promise<pg.Client> | undefined;
  private attempt: Promise<boolean> | undefined;
  private locked = false;

  /** @param key two integers that name the thing; the first is the name space */
  constructor(
    private readonly database: Database,
    private readonly key: readonly [number, number],
  ) {}

  /**
   * Whether this process holds the lease, taking it when it is free.
   *
   * @throws StoreUnavailableError when PostgreSQL is away
   */
  async held(): Promise<boolean> {
    if (this.locked) return true;
    // Callers at the same time share one attempt: a session runs one statement at a time.
    this.attempt ??= this.tryLock().finally(() => {
      this.attempt = undefined;
    });
    return await this.attempt;
  }

  /** Gives the lease up; other callers may take it. */
  async release(): Promise<void> {
    const opening = this.session;
    this.lose();
    await (await opening)?.end();
  }

  private async tryLock(): Promise<boolean> {
    const opening = (this.session ??= this.open());
    const session = await opening;
    const { rows } = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', [
      ...this.key,
    ]);
    // A session that ended meanwhile holds nothing.
    this.locked = this.session === opening && rows[0]?.locked === true;
    return this.locked;
  }

  private async open(): Promise<pg.Client> {
    try {
      const session = await this.database.connectClient();
      session.on('error', () => this.lose());
      session.on('end', () => this.lose());
      return session;
    } catch (error) {
      this.lose();
      throw error;
    }
  }

  private lose(): void {
    this.session = undefined;
    this.locked = false;
  }
}
