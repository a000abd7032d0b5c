import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that providers hand over in parts, until a day after their last part. New tables only. */
export class MessageParts1764300000000 implements MigrationInterface {
  readonly name = 'MessageParts1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE message_set (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id text NOT NULL,
        set_key text COLLATE "C" NOT NULL,
        total int NOT NULL,
        sender text NOT NULL,                       -- the customer's side, for erasure
        first_at timestamptz NOT NULL,
        present int NOT NULL DEFAULT 0,
        told int NOT NULL DEFAULT 0                 -- how many parts the message had when it was told last
      );
      CREATE INDEX message_set_key ON message_set (account_id, set_key, id);
      CREATE INDEX message_set_untold ON message_set (first_at) WHERE told < present;
      CREATE INDEX message_set_age ON message_set (first_at);
      CREATE INDEX message_set_sender ON message_set (sender);
      CREATE TABLE message_part (
        set_id bigint NOT NULL REFERENCES message_set ON DELETE CASCADE,
        number int NOT NULL,
        payload text NOT NULL,
        PRIMARY KEY (set_id, number)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE message_part, message_set');
  }
}
