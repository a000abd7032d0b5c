import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Names of people whom a provider tells of by number only: whom to ask about, and when. New tables only. */
export class Profiles1764200003000 implements MigrationInterface {
  readonly name = 'Profiles1764200003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE profile_lookup (
        identity_id bigint PRIMARY KEY,
        attempts int NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX profile_lookup_due ON profile_lookup (due_at);
      -- How far identities were looked through for new ones.
      CREATE TABLE profile_scan (one boolean PRIMARY KEY DEFAULT true CHECK (one), last_identity bigint NOT NULL DEFAULT 0);
      INSERT INTO profile_scan DEFAULT VALUES;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE profile_scan, profile_lookup');
  }
}
