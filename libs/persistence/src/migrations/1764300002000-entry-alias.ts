import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What entries are called besides their ids: the Message-ID of a mail, by which bounces and answers name it. Several
 * mails may share one, and a mail may have lost its own. New table only; mails stored before have no alias.
 */
export class EntryAlias1764300002000 implements MigrationInterface {
  readonly name = 'EntryAlias1764300002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE entry_alias (
        alias_id uuid NOT NULL,                     -- digest of account and name
        entry_id uuid NOT NULL,
        PRIMARY KEY (alias_id, entry_id)
      );
      CREATE INDEX entry_alias_entry ON entry_alias (entry_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE entry_alias');
  }
}
