import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Credentials that providers replace while we run, encrypted. It locks nothing that exists. */
export class Credential1764200001000 implements MigrationInterface {
  readonly name = 'Credential1764200001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credential (
        account_id  text NOT NULL,
        name        text NOT NULL,
        -- AES-256-GCM: 12 bytes of nonce, 16 of tag, then the text.
        ciphertext  bytea NOT NULL,
        version     integer NOT NULL,
        -- SHA-256 of every value that the accounts file has brought: one that was used before is never taken again.
        seed_hashes bytea[] NOT NULL,
        expires_at  timestamptz,
        updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (account_id, name)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE credential');
  }
}
