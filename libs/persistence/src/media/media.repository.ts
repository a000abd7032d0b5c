import { hash } from 'node:crypto';
import type { Database, NamedStatement, Queryable } from '../database.js';
import { LOCATOR_KEY } from './locator-key.js';
import { isUnused, NOTE_OBJECT, type StoredObject } from './stored-object.js';
import { foldChanges, MEDIA_FETCHED, type MediaBody } from '../unify/fold-changes.js';
import { UnifyRepository } from '../unify/unify.repository.js';

/** An attachment whose bytes are to be fetched. */
export interface MediaJob {
  readonly entry_id: string;
  readonly locator: string;
  readonly source: string;
  readonly account_id: string;
  /** This attempt included. */
  readonly attempts: number;
  readonly queued_at: Date;
}

/** How much waits to be fetched. */
export interface MediaBacklog {
  readonly waiting: number;
  /** Since when the oldest of them waits; null: nothing does. */
  readonly oldest: Date | null;
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** What waits for an entry that is not here yet comes with it; what belongs to one that is gone ends here. */
const CLAIM = statement(
  'media-claim',
  `WITH k AS (
     SELECT j.entry_id, j.locator_key FROM media_job j
      WHERE j.due_at <= clock_timestamp() AND EXISTS (SELECT FROM entry e WHERE e.id = j.entry_id)
      ORDER BY j.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE media_job j SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2)
     FROM k WHERE j.entry_id = k.entry_id AND j.locator_key = k.locator_key
   RETURNING j.entry_id, j.locator, j.source, j.account_id, j.attempts, j.queued_at`,
);
const STILL_WANTED = statement(
  'media-still-wanted',
  `SELECT EXISTS (
     SELECT FROM entry e JOIN identity i ON i.id = e.identity_id AND i.state <> 'erased'
      WHERE e.id = $1 AND coalesce(e.changes->>'state', '') <> 'deleted_by_sender'
        AND NOT EXISTS (SELECT FROM change c WHERE c.id = $2)) AS wanted`,
);
const REFER = statement(
  'media-refer',
  'INSERT INTO media_reference (digest, entry_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);
const OUTCOME = statement(
  'media-outcome',
  `INSERT INTO change (id, entry_id, type, occurred_at, body, correlation_id)
   SELECT $1, $2::uuid, $3, clock_timestamp(), $4::jsonb, correlation_id FROM entry WHERE id = $2::uuid
   ON CONFLICT (id) DO NOTHING`,
);
const END = statement(
  'media-end',
  `DELETE FROM media_job WHERE entry_id = $1::uuid AND locator_key = ${LOCATOR_KEY('$2::text')}`,
);
const POSTPONE = statement(
  'media-postpone',
  `UPDATE media_job SET due_at = clock_timestamp() + make_interval(secs => $3)
    WHERE entry_id = $1::uuid AND locator_key = ${LOCATOR_KEY('$2::text')}`,
);
const UNREFERRED = statement(
  'media-unreferred',
  `SELECT digest FROM media_object o WHERE stored_at < clock_timestamp() - interval '1 minute'
      AND ${isUnused('o.digest')} LIMIT 100`,
);
const LOCK_OBJECT = statement(
  'media-lock-object',
  `SELECT ${isUnused('$1')} AS unused FROM media_object WHERE digest = $1 FOR UPDATE`,
);

/** Id of the change that tells what became of an attachment: one for each, however often it is fetched. */
const outcomeId = ({ entry_id: entry, locator }: Pick<MediaJob, 'entry_id' | 'locator'>): string =>
  `media:${entry}:${hash('sha256', locator)}`;

/**
 * The fetching of attachments: jobs, outcomes, and what the media store holds.
 *
 * A job may be done twice, by a process that was taken for dead or after a crash; its outcome counts once, because the
 * change that tells of it has one id. The lease of a job only keeps others from doing the same work.
 */
export class MediaRepository {
  private readonly entries: UnifyRepository;

  constructor(private readonly database: Database) {
    this.entries = new UnifyRepository(database, database);
  }

  /** Takes jobs that are due, the longest due first; nobody else gets them until the lease ends. */
  async claim(limit: number, leaseMs: number): Promise<readonly MediaJob[]> {
    return await this.database.query<MediaJob>(CLAIM, [limit, leaseMs / 1_000]);
  }

  /** Whether the outcome is still unknown and there is still somebody to show the bytes to. */
  async isWanted(job: MediaJob): Promise<boolean> {
    const [row] = await this.database.query<{ wanted: boolean }>(STILL_WANTED, [job.entry_id, outcomeId(job)]);
    return row!.wanted;
  }

  /**
   * Notes that an entry refers to bytes, **before** they are put into the store: whoever removes what nobody refers to
   * then leaves them alone.
   */
  async refer(job: MediaJob, object: StoredObject): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(NOTE_OBJECT, [object.digest, object.mediaType, object.sizeBytes]);
      await tx.query(REFER, [object.digest, job.entry_id]);
    });
  }

  /** Tells the entry what became of its attachment and ends the job; a repeat changes nothing. */
  async settle(job: MediaJob, outcome: Omit<MediaBody, 'locator'>): Promise<void> {
    const body: MediaBody = { locator: job.locator, ...outcome };
    await this.database.query(OUTCOME, [outcomeId(job), job.entry_id, MEDIA_FETCHED, JSON.stringify(body)]);
    // The entry first and the job last: a crash between them does the job again, and changes nothing.
    await this.entries.applyChanges([job.entry_id], [], foldChanges);
    await this.drop(job);
  }

  /** Ends a job without an outcome: nobody wants it any more. */
  async drop(job: MediaJob): Promise<void> {
    await this.database.query(END, [job.entry_id, job.locator]);
  }

  async postpone(job: MediaJob, delayMs: number): Promise<void> {
    await this.database.query(POSTPONE, [job.entry_id, job.locator, delayMs / 1_000]);
  }

  async backlog(): Promise<MediaBacklog> {
    const [row] = await this.database.query<MediaBacklog>(
      'SELECT count(*)::int AS waiting, min(queued_at) AS oldest FROM media_job',
    );
    return row!;
  }

  /**
   * Removes bytes that nobody refers to, for example after an erasure.
   *
   * @param remove takes them out of the store; it runs under a lock that keeps everybody from beginning to refer to them
   * @returns how many
   */
  async removeUnreferred(remove: (digest: string) => Promise<void>): Promise<number> {
    let removed = 0;
    for (const { digest } of await this.database.query<{ digest: string }>(UNREFERRED)) {
      const done = await this.database.transaction(async (tx) => await this.removeOne(tx, digest, remove));
      if (done) removed += 1;
    }
    return removed;
  }

  private async removeOne(tx: Queryable, digest: string, remove: (digest: string) => Promise<void>): Promise<boolean> {
    const [row] = await tx.query<{ unused: boolean }>(LOCK_OBJECT, [digest]);
    if (row?.unused !== true) return false;
    await remove(digest);
    await tx.query('DELETE FROM media_object WHERE digest = $1', [digest]);
    return true;
  }
}
