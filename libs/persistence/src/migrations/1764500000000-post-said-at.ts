import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a post is known to have begun so, for words that come in any order. Locks `post` for a moment; nothing is rewritten. */
export class PostSaidAt1764500000000 implements MigrationInterface {
  readonly name = 'PostSaidAt1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE post ADD COLUMN said_at timestamptz NOT NULL DEFAULT '-infinity'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE post DROP COLUMN said_at');
  }
}
