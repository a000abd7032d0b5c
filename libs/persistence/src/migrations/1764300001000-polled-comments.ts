import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Comments that are asked for and of which nobody tells us, as long as they are looked at. New table only. */
export class PolledComments1764300001000 implements MigrationInterface {
  readonly name = 'PolledComments1764300001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE polled_comment (
        account_id text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        parent_id text COLLATE "C",
        author text COLLATE "C" NOT NULL,           -- empty once erased, or unknown
        published_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        replies int NOT NULL DEFAULT 0,             -- as last counted
        absent int NOT NULL DEFAULT 0,              -- complete looks in a row in which it was missing
        gone boolean NOT NULL DEFAULT false,
        PRIMARY KEY (account_id, id)
      );
      CREATE INDEX polled_comment_parent ON polled_comment (account_id, parent_id) WHERE parent_id IS NOT NULL;
      CREATE INDEX polled_comment_author ON polled_comment (author) WHERE author <> '';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE polled_comment');
  }
}
