import type { Database, NamedStatement } from '../database.js';

const SPEND: NamedStatement = {
  name: 'poll-quota-spend',
  text: `INSERT INTO poll_quota AS q (key, day, used) VALUES ($1, $2, 1)
         ON CONFLICT (key) DO UPDATE SET used = CASE WHEN q.day = excluded.day THEN q.used + 1 ELSE 1 END, day = excluded.day
         RETURNING used`,
};

/** Calls that were made, for all accounts and processes that share an allowance. Days are the caller's own names. */
export class PollQuotaRepository {
  constructor(private readonly database: Database) {}

  /** How many calls were made on that day. */
  async spent(key: string, day: string): Promise<number> {
    const [row] = await this.database.query<{ used: number }>(
      'SELECT used FROM poll_quota WHERE key = $1 AND day = $2',
      [key, day],
    );
    return row?.used ?? 0;
  }

  /** Counts one more. Call it before the call, so that one which dies is counted too. @returns how many there are now */
  async spend(key: string, day: string): Promise<number> {
    const [row] = await this.database.query<{ used: number }>(SPEND, [key, day]);
    return row!.used;
  }

  /** Notes that the provider allows no more on that day, whatever was counted here. */
  async exhaust(key: string, day: string, used: number): Promise<void> {
    await this.database.query(
      `INSERT INTO poll_quota AS q (key, day, used) VALUES ($1, $2, $3)
       ON CONFLICT (key) DO UPDATE SET
         used = CASE WHEN q.day = excluded.day THEN greatest(q.used, excluded.used) ELSE excluded.used END, day = excluded.day`,
      [key, day, used],
    );
  }
}
