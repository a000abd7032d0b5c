import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures of people, kept like attachments under their digest. A new table only. */
export class Avatars1764400001000 implements MigrationInterface {
  readonly name = 'Avatars1764400001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identity_avatar (
        identity_id bigint PRIMARY KEY,
        digest text COLLATE "C" NOT NULL REFERENCES media_object
      );
      CREATE INDEX identity_avatar_digest ON identity_avatar (digest);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE identity_avatar');
  }
}
