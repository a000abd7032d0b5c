import type { Database, Queryable } from '../database.js';

/** A part as it came. */
export interface NewPart {
  readonly accountId: string;
  readonly setKey: string;
  /** From 1. */
  readonly number: number;
  readonly total: number;
  readonly senderId: string;
  readonly payload: string;
  /** An equal part that came before is another message. */
  readonly isAnother: boolean;
}

/** A message as far as it is there. */
export interface StoredSet {
  readonly id: string;
  readonly accountId: string;
  readonly total: number;
  readonly firstAt: Date;
  readonly parts: readonly { readonly number: number; readonly payload: string }[];
  readonly told: number;
}

interface SetRow {
  readonly id: string;
  readonly complete: boolean;
  readonly recent: boolean;
  /** What this part number holds; null: nothing yet. */
  readonly held: string | null;
}

/** Within it an equal part may be the same one again; after it the same key means another message. */
const REPEAT_MS = 600_000;
/** As long a part may be late; keys are used again by then. */
const LATE_MS = 6 * 3_600_000;
const KEPT_MS = 86_400_000;

const FOUND = `
  SELECT s.id::text, s.present = s.total AS complete, s.first_at > $4::timestamptz AS recent, p.payload AS held
    FROM message_set s LEFT JOIN message_part p ON p.set_id = s.id AND p.number = $3
   WHERE s.account_id = $1 AND s.set_key = $2 AND s.first_at > $5::timestamptz AND s.total = $6
   ORDER BY s.id DESC LIMIT 1`;

/**
 * Messages that come in parts, kept until they are whole, and for a day more: a part that comes again must be known, and one
 * that comes late belongs to what was told already.
 *
 * Guarantee: a part is durable when {@link keep} resolves, belongs to one set, and a set has one id, which is never used again.
 */
export class PartsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Keeps a part. One that is there already changes nothing, unless it is said to be another message.
   *
   * @returns its set, with all parts that are there
   */
  async keep(part: NewPart, now: Date): Promise<StoredSet> {
    return await this.database.transaction(async (tx) => {
      await tx.query("SELECT set_config('synchronous_commit', 'on', true)");
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${part.accountId} ${part.setKey}`]);
      const [row] = await tx.query<SetRow>(FOUND, [
        part.accountId,
        part.setKey,
        part.number,
        new Date(now.getTime() - REPEAT_MS),
        new Date(now.getTime() - LATE_MS),
        part.total,
      ]);
      const id = row !== undefined && belongsTo(row, part) ? row.id : await this.begin(tx, part, now);
      await tx.query('INSERT INTO message_part (set_id, number, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        id,
        part.number,
        part.payload,
      ]);
      await tx.query(
        'UPDATE message_set SET present = (SELECT count(*) FROM message_part WHERE set_id = $1) WHERE id = $1',
        [id],
      );
      const [set] = await read(tx, 's.id = $1', [id]);
      return set!;
    });
  }

  /** Notes that a message was told with so many parts. */
  async told(id: string, parts: number): Promise<void> {
    await this.database.query('UPDATE message_set SET told = greatest(told, $2) WHERE id = $1', [id, parts]);
  }

  /**
   * What was not told as it is now: whole messages whose process died before it told them, and those whose first part came
   * before `since`. The oldest first, at most a hundred.
   *
   * @param wholeSince whole messages that began after it are still in somebody's hands
   */
  async untold({
    since,
    wholeSince,
  }: {
    readonly since: Date;
    readonly wholeSince: Date;
  }): Promise<readonly StoredSet[]> {
    return await read(
      this.database,
      `s.told < s.present AND (s.first_at <= $1::timestamptz OR (s.present = s.total AND s.first_at <= $2::timestamptz))`,
      [since, wholeSince],
    );
  }

  /** Forgets what is older than a day. */
  async sweep(now: Date): Promise<void> {
    await this.database.query('DELETE FROM message_set WHERE first_at < $1 AND told >= present', [
      new Date(now.getTime() - KEPT_MS),
    ]);
  }

  private async begin(tx: Queryable, part: NewPart, now: Date): Promise<string> {
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO message_set (account_id, set_key, total, sender, first_at) VALUES ($1, $2, $3, $4, $5) RETURNING id::text`,
      [part.accountId, part.setKey, part.total, part.senderId, now],
    );
    return row!.id;
  }
}

/** An empty place of an unfinished set is for the part; a place that holds it already, for some minutes. */
function belongsTo({ complete, recent, held }: SetRow, { payload, isAnother }: NewPart): boolean {
  if (held === null) return !complete;
  return recent && held === payload && !isAnother;
}

async function read(store: Queryable, condition: string, values: readonly unknown[]): Promise<StoredSet[]> {
  const rows = await store.query<{
    id: string;
    account_id: string;
    total: number;
    first_at: Date;
    told: number;
    parts: { number: number; payload: string }[];
  }>(
    `SELECT s.id::text, s.account_id, s.total, s.first_at, s.told,
            (SELECT jsonb_agg(jsonb_build_object('number', p.number, 'payload', p.payload) ORDER BY p.number)
               FROM message_part p WHERE p.set_id = s.id) AS parts
       FROM message_set s WHERE ${condition} ORDER BY s.first_at, s.id LIMIT 100`,
    values,
  );
  return rows.map(({ account_id: accountId, first_at: firstAt, ...row }) => ({ ...row, accountId, firstAt }));
}
