import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Values of the log are stored as they are: compressing those above two kilobytes cost four fifths of an append, and they go
 * with the retention time. Changes the catalogue only; what is stored stays readable as it is.
 */
export class LogUncompressed1764300003000 implements MigrationInterface {
  readonly name = 'LogUncompressed1764300003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_record ALTER COLUMN value SET STORAGE EXTERNAL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_record ALTER COLUMN value SET STORAGE EXTENDED');
  }
}
