import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bytes of attachments: what is still to be fetched, what is kept, and who refers to it. New tables only. */
export class Media1764200000000 implements MigrationInterface {
  readonly name = 'Media1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One attachment of one entry that is to be fetched. It ends with its outcome, which is a change of the entry.
      CREATE TABLE media_job (
        entry_id uuid NOT NULL,
        locator_key uuid NOT NULL,                  -- digest of the locator, which may be longer than an index takes
        locator text NOT NULL,
        source text NOT NULL,
        account_id text NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        queued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (entry_id, locator_key)
      );
      CREATE INDEX media_job_due ON media_job (due_at);

      -- Bytes in the media store, by their digest.
      CREATE TABLE media_object (
        digest text COLLATE "C" PRIMARY KEY,
        media_type text NOT NULL, size_bytes bigint NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      -- Bytes stay while an entry refers to them.
      CREATE TABLE media_reference (
        digest text COLLATE "C" NOT NULL REFERENCES media_object ON DELETE CASCADE,
        entry_id uuid NOT NULL,
        PRIMARY KEY (digest, entry_id)
      );
      CREATE INDEX media_reference_entry ON media_reference (entry_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE media_reference, media_object, media_job');
  }
}
