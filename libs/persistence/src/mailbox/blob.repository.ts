import type { Database } from '../database.js';

/** Bytes under the name of their digest. */
export interface Blob {
  /** `sha256:` and the digest in hexadecimal. */
  readonly id: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const MAX_ROWS = 200;

/**
 * Bytes that are too large for a record: original mails, their HTML. Rows never change: the name is the digest of the
 * content.
 */
export class BlobRepository {
  constructor(private readonly database: Database) {}

  /** Stores bytes; those that are there already are left alone. Durable when it resolves. */
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

  private async put(blobs: readonly Blob[]): Promise<void> {
    // One parameter for each value: bytes travel in binary, while an array would be written as hexadecimal text.
    const rows = blobs.map((_, i) => `($${4 * i + 1}, $${4 * i + 2}, $${4 * i + 3}::int, $${4 * i + 4}::bytea)`);
    await this.database.query(
      `INSERT INTO blob (id, media_type, size_bytes, bytes) VALUES ${rows.join(', ')} ON CONFLICT (id) DO NOTHING`,
      blobs.flatMap(({ id, mediaType, bytes }) => [id, mediaType, bytes.length, bytes]),
    );
  }
}
