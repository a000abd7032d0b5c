import type { NamedStatement } from '../database.js';

/** Bytes in the media store. */
export interface StoredObject {
  /** SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  /** By content. */
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** Notes bytes: digest, type, size. */
export const NOTE_OBJECT: NamedStatement = {
  name: 'media-object',
  text: 'INSERT INTO media_object (digest, media_type, size_bytes) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING',
};

/** Whether nobody refers to bytes, for `WHERE`. @param digest an expression of SQL */
export const isUnused = (digest: string): string =>
  `NOT EXISTS (SELECT FROM media_reference r WHERE r.digest = ${digest})
   AND NOT EXISTS (SELECT FROM identity_avatar a WHERE a.digest = ${digest})`;
