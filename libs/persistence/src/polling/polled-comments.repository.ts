import type { Database, NamedStatement } from '../database.js';

/** A comment as it was seen last. */
export interface PolledComment {
  readonly id: string;
  readonly parentId: string | undefined;
  /** Undefined when unknown, or erased. */
  readonly author: string | undefined;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly replies: number;
  readonly gone: boolean;
}

interface Row {
  readonly id: string;
  readonly parent_id: string | null;
  readonly author: string;
  readonly published_at: Date;
  readonly updated_at: Date;
  readonly replies: number;
  readonly gone: boolean;
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });
const COLUMNS = 'id, parent_id, author, published_at, updated_at, replies, gone';

const KNOWN = statement(
  'polled-known',
  `SELECT ${COLUMNS} FROM polled_comment WHERE account_id = $1 AND id = ANY($2::text[])`,
);
const SEE = statement(
  'polled-see',
  `INSERT INTO polled_comment (account_id, id, parent_id, author, published_at, updated_at, replies)
   SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[])
   ON CONFLICT (account_id, id) DO UPDATE SET
     updated_at = excluded.updated_at, replies = excluded.replies, absent = 0`,
);
/** Of those that should have been seen; `parent` null: comments of the first level. */
const MISS = statement(
  'polled-miss',
  `UPDATE polled_comment SET absent = absent + 1
    WHERE account_id = $1 AND NOT gone AND parent_id IS NOT DISTINCT FROM $2
      AND published_at >= $3::timestamptz AND published_at <= $4::timestamptz AND id <> ALL($5::text[])
   RETURNING ${COLUMNS}, absent`,
);

/** What is known of comments that nobody tells of: what is new, changed or missing follows from it. */
export class PolledCommentsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the named that were seen before. */
  async known(accountId: string, ids: readonly string[]): Promise<ReadonlyMap<string, PolledComment>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<Row>(KNOWN, [accountId, ids]);
    return new Map(rows.map((row) => [row.id, toComment(row)]));
  }

  /** Notes comments as they are now. Call it after their events are durable. */
  async see(accountId: string, comments: readonly Omit<PolledComment, 'gone'>[]): Promise<void> {
    if (comments.length === 0) return;
    const unique = [...new Map(comments.map((comment) => [comment.id, comment])).values()];
    await this.database.query(SEE, [
      accountId,
      unique.map(({ id }) => id),
      unique.map(({ parentId }) => parentId ?? null),
      unique.map(({ author }) => author ?? ''),
      unique.map(({ publishedAt }) => publishedAt),
      unique.map(({ updatedAt }) => updatedAt),
      unique.map(({ replies }) => replies),
    ]);
  }

  /**
   * Counts a complete look at one level in which some were missing.
   *
   * @returns those that were missing twice in a row, with their answers, which go with them
   */
  async miss(
    accountId: string,
    look: {
      readonly parentId: string | undefined;
      readonly from: Date;
      readonly to: Date;
      readonly seen: readonly string[];
    },
  ): Promise<readonly PolledComment[]> {
    const values = [accountId, look.parentId ?? null, look.from, look.to, look.seen];
    const missing = await this.database.query<Row & { absent: number }>(MISS, values);
    const lost = missing.filter(({ absent }) => absent >= 2);
    if (lost.length === 0) return [];
    const answers = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM polled_comment WHERE account_id = $1 AND parent_id = ANY($2::text[]) AND NOT gone`,
      [accountId, lost.map(({ id }) => id)],
    );
    return [...new Map([...lost, ...answers].map((row) => [row.id, toComment(row)])).values()];
  }

  /** Notes that their deletion was told. */
  async forget(accountId: string, ids: readonly string[]): Promise<void> {
    await this.database.query('UPDATE polled_comment SET gone = true WHERE account_id = $1 AND id = ANY($2::text[])', [
      accountId,
      ids,
    ]);
  }

  /** Removes what is not looked at any more. */
  async sweep(accountId: string, before: Date): Promise<void> {
    await this.database.query('DELETE FROM polled_comment WHERE account_id = $1 AND published_at < $2', [
      accountId,
      before,
    ]);
  }
}

const toComment = (row: Row): PolledComment => ({
  id: row.id,
  parentId: row.parent_id ?? undefined,
  author: row.author === '' ? undefined : row.author,
  publishedAt: row.published_at,
  updatedAt: row.updated_at,
  replies: row.replies,
  gone: row.gone,
});
