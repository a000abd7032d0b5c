import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which entries refer to which kept bytes, so that an erasure finds the original of a mail too. Entries of before name only
 * what they show; bytes that none of them names stay under the entry of all zeros, because nobody can tell whose they are.
 * Reads every mail once.
 */
export class BlobReferences1764600000000 implements MigrationInterface {
  readonly name = 'BlobReferences1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE blob_reference (
        blob_id text COLLATE "C" NOT NULL,
        entry_id uuid NOT NULL,
        PRIMARY KEY (blob_id, entry_id)
      );
      INSERT INTO blob_reference (blob_id, entry_id)
        SELECT DISTINCT m[1], e.id
          FROM entry e, regexp_matches(e.body::text || coalesce(e.changes::text, ''), 'sha256:[0-9a-f]{64}', 'g') AS m
         WHERE e.channel IN ('email', 'webform');
      INSERT INTO blob_reference (blob_id, entry_id)
        SELECT b.id, '00000000-0000-0000-0000-000000000000' FROM blob b
         WHERE NOT EXISTS (SELECT FROM blob_reference r WHERE r.blob_id = b.id);
      CREATE INDEX blob_reference_entry ON blob_reference (entry_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE blob_reference');
  }
}
