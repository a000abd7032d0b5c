import type { Database } from '../database.js';

/** Bytes under the name of their digest. */
export interface Blob {
  /** `sha256:` and the digest in hexadecimal. */
  readonly id: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const MAX_ROWS = 200;
const REMOVED_AT_ONCE = 1_000;

/** Longer than any event waits on its topic to be unified, or among the dead letters to be sent again. */
const UNREFERRED_DAYS = 30;

/**
 * Bytes that are too large for a record: original mails, their HTML, forms with files. Their name is the digest of the
 * content.
 */
export class BlobRepository {
  constructor(private readonly database: Database) {}

  /** Stores bytes; those that are there already count as stored today. Durable when it resolves. */
  async putAll(blobs: readonly Blob[]): Promise<void> {
    // In order of their names, so that two writers of the same bytes never wait for each other in a circle.
    const unique = [...new Map(blobs.map((blob) => [blob.id, blob])).values()];
    const sorted = unique.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (let start = 0; start < sorted.length; start += MAX_ROWS) await this.put(sorted.slice(start, start + MAX_ROWS));
  }

  /** Bytes by name; undefined when there are none. */
  async get(id: string): Promise<Blob | undefined> {
    const [row] = await this.database.query<{ media_type: string; bytes: Buffer }>(
      'SELECT media_type, bytes FROM blob WHERE id = $1',
      [id],
    );
    return row === undefined ? undefined : { id, mediaType: row.media_type, bytes: row.bytes };
  }

  /**
   * Removes bytes for which no entry stands: of forms that were given up, of mails that an erasure keeps out.
   *
   * @returns how many, at most 1,000: call it again when there were that many
   */
  async removeUnreferred(): Promise<number> {
    const removed = await this.database.query<{ id: string }>(
      `DELETE FROM blob WHERE created_at < clock_timestamp() - make_interval(days => $1)
          AND id IN (SELECT b.id FROM blob b WHERE b.created_at < clock_timestamp() - make_interval(days => $1)
                        AND NOT EXISTS (SELECT FROM blob_reference r WHERE r.blob_id = b.id) LIMIT $2)
       RETURNING id`,
      [UNREFERRED_DAYS, REMOVED_AT_ONCE],
    );
    return removed.length;
  }

  private async put(blobs: readonly Blob[]): Promise<void> {
    // One parameter for each value: bytes travel in binary, while an array would be written as hexadecimal text.
    const rows = blobs.map((_, i) => `($${4 * i + 1}, $${4 * i + 2}, $${4 * i + 3}::int, $${4 * i + 4}::bytea)`);
    await this.database.query(
      `INSERT INTO blob (id, media_type, size_bytes, bytes) VALUES ${rows.join(', ')} 
       ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at
        WHERE blob.created_at < excluded.created_at - interval '1 day'`,
      blobs.flatMap(({ id, mediaType, bytes }) => [id, mediaType, bytes.length, bytes]),
    );
  }
}
