import type { Database } from '../database.js';

/** A folder of an account. */
export interface MailboxName {
  readonly accountId: string;
  readonly folder: string;
}

/** Ownership of a checkpoint: `fencing` rises each time that somebody takes over. */
export interface MailboxClaim<State> {
  readonly fencing: bigint;
  /** As last saved; undefined when nobody has saved one. */
  readonly state: State | undefined;
}

/**
 * Where each pull of a mailbox stands. The state is a JSON object whose shape belongs to the caller.
 *
 * Guarantee: a writer that lost its ownership, however late its write arrives, changes nothing.
 */
export class MailboxCheckpointRepository<State extends object> {
  constructor(private readonly database: Database) {}

  /** Takes a checkpoint over; writes of earlier owners fail from now on. */
  async claim({ accountId, folder }: MailboxName): Promise<MailboxClaim<State>> {
    const [row] = await this.database.query<{ checkpoint: State | null; fencing: string }>(
      `INSERT INTO mailbox_checkpoint (account_id, folder, checkpoint, fencing) VALUES ($1, $2, 'null', 1)
       ON CONFLICT (account_id, folder) DO UPDATE
         SET fencing = mailbox_checkpoint.fencing + 1, updated_at = clock_timestamp()
       RETURNING checkpoint, fencing`,
      [accountId, folder],
    );
    return { fencing: BigInt(row!.fencing), state: row!.checkpoint ?? undefined };
  }

  /** @returns false when somebody else has claimed the checkpoint since; nothing was written then */
  async save({ accountId, folder }: MailboxName, fencing: bigint, state: State): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE mailbox_checkpoint SET checkpoint = $4, updated_at = clock_timestamp()
       WHERE account_id = $1 AND folder = $2 AND fencing = $3 RETURNING 1`,
      [accountId, folder, fencing.toString(), JSON.stringify(state)],
    );
    return rows.length > 0;
  }

  /** The state as last saved, for readers who do not own it; undefined when nobody has saved one. */
  async read({ accountId, folder }: MailboxName): Promise<State | undefined> {
    const [row] = await this.database.query<{ checkpoint: State | null }>(
      'SELECT checkpoint FROM mailbox_checkpoint WHERE account_id = $1 AND folder = $2',
      [accountId, folder],
    );
    return row?.checkpoint ?? undefined;
  }
}
