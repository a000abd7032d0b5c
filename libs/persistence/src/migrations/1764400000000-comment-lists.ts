import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Comments belong to lists that are read to their end, over several sittings; calls are counted for all accounts that share
 * them. Adds columns to a small table, which is rewritten and locked for as long as that takes.
 */
export class CommentLists1764400000000 implements MigrationInterface {
  readonly name = 'CommentLists1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE polled_comment
        ADD COLUMN list_id text COLLATE "C" NOT NULL DEFAULT '',   -- what must be read to its end to miss it
        ADD COLUMN post_id text COLLATE "C",
        ADD COLUMN seen_at timestamptz NOT NULL DEFAULT to_timestamp(0),
        ADD COLUMN missed_at timestamptz,                          -- begin of the reading that missed it last
        ADD COLUMN due_replies int,                                -- answers to be read, as then counted; null: none
        ADD COLUMN answered_at timestamptz,                        -- when its answers were read last
        ADD COLUMN late_claims int NOT NULL DEFAULT 0,             -- claims told with it, as far as they may come after it
        ADD COLUMN hidden boolean NOT NULL DEFAULT false,          -- told as not shown any more, or about to be
        ADD COLUMN hide_due boolean NOT NULL DEFAULT false,        -- perhaps it was not told yet
        ADD COLUMN told boolean NOT NULL DEFAULT true;             -- false: nothing of it is told, its author was erased
      UPDATE polled_comment SET list_id = coalesce(parent_id, ''), told = author <> '', hidden = gone, seen_at = now();
      DROP INDEX polled_comment_parent;
      CREATE INDEX polled_comment_list ON polled_comment (account_id, list_id, published_at);
      CREATE INDEX polled_comment_due ON polled_comment (account_id) WHERE due_replies IS NOT NULL;
      CREATE TABLE poll_quota (
        key text COLLATE "C" PRIMARY KEY,                          -- digest of what accounts share
        day text NOT NULL,
        used int NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE poll_quota;
      DROP INDEX polled_comment_due;
      DROP INDEX polled_comment_list;
      CREATE INDEX polled_comment_parent ON polled_comment (account_id, parent_id) WHERE parent_id IS NOT NULL;
      ALTER TABLE polled_comment DROP COLUMN list_id, DROP COLUMN post_id, DROP COLUMN seen_at, DROP COLUMN missed_at,
        DROP COLUMN due_replies, DROP COLUMN answered_at, DROP COLUMN late_claims, DROP COLUMN hidden, DROP COLUMN hide_due, DROP COLUMN told;
    `);
  }
}
