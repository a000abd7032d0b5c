import type { Database, NamedStatement } from '../database.js';

/** A comment as it was seen last. */
export interface PolledComment {
  readonly id: string;
  readonly parentId: string | undefined;
  /** What must be read to its end to miss it. */
  readonly listId: string;
  readonly postId: string | undefined;
  /** Undefined when unknown, or erased. */
  readonly author: string | undefined;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  /** As counted when all of them were read last; below zero: never. */
  readonly replies: number;
  readonly seenAt: Date;
  /** How many claims were told that may come after the comment. */
  readonly lateClaims: number;
  /** It was told that it is not shown any more, or is about to be. */
  readonly hidden: boolean;
  /** Perhaps that was not told yet. */
  readonly hideDue: boolean;
  /** It was told that it was taken back. */
  readonly gone: boolean;
  /** Whether anything of it may be told. */
  readonly told: boolean;
}

/** A comment to be noted. */
export interface SeenComment extends Omit<PolledComment, 'replies' | 'seenAt' | 'hidden' | 'hideDue' | 'gone'> {
  /** Answers that were all read now; undefined: they were not. */
  readonly replies: number | undefined;
  /** Answers that are still to be read, as counted; undefined: none besides those that were due before. */
  readonly dueReplies: number | undefined;
}

/** A thread whose answers are to be read. */
export type DueThread = Pick<PolledComment, 'id' | 'parentId' | 'postId' | 'author' | 'replies'> & {
  readonly dueReplies: number;
};

interface Row {
  readonly id: string;
  readonly parent_id: string | null;
  readonly list_id: string;
  readonly post_id: string | null;
  readonly author: string;
  readonly published_at: Date;
  readonly updated_at: Date;
  readonly replies: number;
  readonly seen_at: Date;
  readonly late_claims: number;
  readonly hidden: boolean;
  readonly hide_due: boolean;
  readonly gone: boolean;
  readonly told: boolean;
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });
const COLUMNS =
  'id, parent_id, list_id, post_id, author, published_at, updated_at, replies, seen_at, late_claims, hidden, hide_due, gone, told';

const KNOWN = statement(
  'polled-known',
  `SELECT ${COLUMNS} FROM polled_comment WHERE account_id = $1 AND id = ANY($2::text[])`,
);
/** Who was erased stays nobody, and what is not told stays untold. */
const SEE = statement(
  'polled-see',
  `INSERT INTO polled_comment AS old
     (account_id, id, parent_id, list_id, post_id, author, published_at, updated_at, replies, due_replies, told,
      late_claims, seen_at)
   SELECT $1, *, $13 FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
     $8::timestamptz[], $9::int[], $10::int[], $11::bool[],
     $12::int[])
   ON CONFLICT (account_id, id) DO UPDATE SET
     parent_id = excluded.parent_id, list_id = excluded.list_id, post_id = excluded.post_id,
     updated_at = greatest(old.updated_at, excluded.updated_at), seen_at = excluded.seen_at,
     late_claims = greatest(old.late_claims, excluded.late_claims),
     replies = CASE WHEN excluded.replies < 0 THEN old.replies ELSE excluded.replies END,
     due_replies = coalesce(excluded.due_replies, CASE WHEN excluded.replies < 0 THEN old.due_replies END),
     absent = 0, missed_at = NULL, hidden = false, hide_due = false, gone = false`,
);
const TOUCH = statement(
  'polled-touch',
  `UPDATE polled_comment SET absent = 0, missed_at = NULL, seen_at = $3 WHERE account_id = $1 AND id = ANY($2::text[])`,
);
/** Of those that should have been seen; once for each reading, however often it is done. */
const MISS = statement(
  'polled-miss',
  `UPDATE polled_comment SET absent = absent + 1, missed_at = $4
    WHERE account_id = $1 AND list_id = $2 AND published_at >= $3 AND seen_at < $4 AND NOT gone
      AND (missed_at IS NULL OR missed_at < $4)`,
);
const VANISHED = statement(
  'polled-vanished',
  `SELECT ${COLUMNS} FROM polled_comment
    WHERE account_id = $1 AND list_id = $2 AND published_at >= $3 AND absent >= 2 AND NOT gone
      AND (NOT hidden OR hide_due OR seen_at < $4)
    ORDER BY published_at LIMIT $5`,
);
/** New answers first; what is only looked at again takes turns. */
const DUE = statement(
  'polled-due',
  `SELECT id, parent_id, post_id, author, replies, due_replies FROM polled_comment
    WHERE account_id = $1 AND due_replies IS NOT NULL AND NOT hidden AND NOT gone AND id <> ALL($2::text[])
    ORDER BY due_replies = replies, CASE WHEN due_replies = replies THEN answered_at END NULLS FIRST, published_at DESC
    LIMIT 1`,
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
  async see(accountId: string, comments: readonly SeenComment[], seenAt: Date): Promise<void> {
    if (comments.length === 0) return;
    const unique = [...new Map(comments.map((comment) => [comment.id, comment])).values()];
    await this.database.query(SEE, [
      accountId,
      unique.map(({ id }) => id),
      unique.map(({ parentId }) => parentId ?? null),
      unique.map(({ listId }) => listId),
      unique.map(({ postId }) => postId ?? null),
      unique.map(({ author }) => author ?? ''),
      unique.map(({ publishedAt }) => publishedAt),
      unique.map(({ updatedAt }) => updatedAt),
      unique.map(({ replies }) => replies ?? -1),
      unique.map(({ dueReplies }) => dueReplies ?? null),
      unique.map(({ told }) => told),
      unique.map(({ lateClaims }) => lateClaims),
      seenAt,
    ]);
  }

  /** Notes that comments are there, whatever they say. */
  async touch(accountId: string, ids: readonly string[], seenAt: Date): Promise<void> {
    if (ids.length > 0) await this.database.query(TOUCH, [accountId, ids, seenAt]);
  }

  /** The next thread whose answers are to be read; undefined: none. @param but threads to leave out */
  async due(accountId: string, but: readonly string[]): Promise<DueThread | undefined> {
    const [row] = await this.database.query<Row & { due_replies: number }>(DUE, [accountId, but]);
    if (row === undefined) return undefined;
    const { id, replies, due_replies: dueReplies } = row;
    return {
      id,
      parentId: row.parent_id ?? undefined,
      postId: row.post_id ?? undefined,
      author: row.author,
      replies,
      dueReplies,
    };
  }

  /** Notes that the answers to a comment were read. */
  async answered(accountId: string, { id, dueReplies }: Pick<DueThread, 'id' | 'dueReplies'>, at: Date): Promise<void> {
    await this.database.query(
      'UPDATE polled_comment SET replies = $3, due_replies = NULL, answered_at = $4 WHERE account_id = $1 AND id = $2',
      [accountId, id, dueReplies, at],
    );
  }

  /**
   * Counts a complete reading of a list in which some were missing.
   *
   * @returns at most `limit` of those that were missing twice in a row and were not told as gone, the oldest first; of those
   * that were told as hidden, only what was not seen since `hiddenUntil`
   */
  async miss(
    accountId: string,
    reading: { readonly listId: string; readonly from: Date; readonly begunAt: Date; readonly hiddenUntil: Date },
    limit: number,
  ): Promise<readonly PolledComment[]> {
    const { listId, from, begunAt, hiddenUntil } = reading;
    await this.database.query(MISS, [accountId, listId, from, begunAt]);
    return (await this.database.query<Row>(VANISHED, [accountId, listId, from, hiddenUntil, limit])).map(toComment);
  }

  /** Answers to comments, as far as they were not told as gone. */
  async answersTo(accountId: string, ids: readonly string[]): Promise<readonly PolledComment[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<Row>(
      `SELECT ${COLUMNS} FROM polled_comment WHERE account_id = $1 AND list_id = ANY($2::text[]) AND NOT gone`,
      [accountId, ids],
    );
    return rows.map(toComment);
  }

  /**
   * Notes that it is about to be told that they are not shown (`hiding`), that it was (`hidden`), or that they were taken back.
   * What is hiding may have been told: when it is back that must be told, whoever died meanwhile.
   */
  async vanish(accountId: string, ids: readonly string[], as: 'hiding' | 'hidden' | 'gone'): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `UPDATE polled_comment SET hidden = true, hide_due = $3, gone = gone OR $4
        WHERE account_id = $1 AND id = ANY($2::text[])`,
      [accountId, ids, as === 'hiding', as === 'gone'],
    );
  }

  /** Removes what was published before one time and not seen since another. */
  async sweep(accountId: string, before: { readonly published: Date; readonly seen: Date }): Promise<void> {
    await this.database.query(
      'DELETE FROM polled_comment WHERE account_id = $1 AND published_at < $2 AND seen_at < $3',
      [accountId, before.published, before.seen],
    );
  }
}

const toComment = (row: Row): PolledComment => ({
  id: row.id,
  parentId: row.parent_id ?? undefined,
  listId: row.list_id,
  postId: row.post_id ?? undefined,
  author: row.author === '' ? undefined : row.author,
  publishedAt: row.published_at,
  updatedAt: row.updated_at,
  replies: row.replies,
  seenAt: row.seen_at,
  lateClaims: row.late_claims,
  hidden: row.hidden,
  hideDue: row.hide_due,
  gone: row.gone,
  told: row.told,
});
