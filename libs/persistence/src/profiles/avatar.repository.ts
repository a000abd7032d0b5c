import type { Database, NamedStatement, Queryable } from '../database.js';
import { NOTE_OBJECT, type StoredObject } from '../media/stored-object.js';

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** Nobody who was erased meanwhile gets a picture; their row is locked, so that an erasure waits or is seen. */
const REFER = statement(
  'avatar-refer',
  `WITH i AS (SELECT id FROM identity WHERE id = $1::bigint AND state = 'active' FOR SHARE)
   INSERT INTO identity_avatar (identity_id, digest) SELECT id, $2 FROM i
   ON CONFLICT (identity_id) DO UPDATE SET digest = excluded.digest`,
);
const OF = statement(
  'avatar-of',
  `SELECT o.digest, o.media_type AS "mediaType", o.size_bytes::int AS "sizeBytes"
     FROM identity_avatar a JOIN media_object o ON o.digest = a.digest WHERE a.identity_id = $1::bigint`,
);

/** Which picture an identity has; the bytes are in the media store. */
export class AvatarRepository {
  /** @param database a pool, or one transaction */
  constructor(private readonly database: Database) {}

  /**
   * Notes the picture of an identity, **before** its bytes are put into the store, as attachments are. The one before it
   * goes when nobody else has it.
   */
  async refer(identityId: string, object: StoredObject): Promise<void> {
    await this.database.transaction(async (tx: Queryable) => {
      await tx.query(NOTE_OBJECT, [object.digest, object.mediaType, object.sizeBytes]);
      await tx.query(REFER, [identityId, object.digest]);
    });
  }

  /** @returns undefined when there is none */
  async of(identityId: string): Promise<StoredObject | undefined> {
    const [row] = await this.database.query<StoredObject>(OF, [identityId]);
    return row;
  }
}
