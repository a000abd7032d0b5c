import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How posts of ours begin, told once by whatever comment brings it. A new table only. */
export class Posts1764400002000 implements MigrationInterface {
  readonly name = 'Posts1764400002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE post (
        account_id text COLLATE "C" NOT NULL,
        provider_id text COLLATE "C" NOT NULL,
        excerpt text NOT NULL,
        PRIMARY KEY (account_id, provider_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE post');
  }
}
