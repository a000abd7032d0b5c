import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ways to read what was decided about a customer: its history by either side, and whom it is never to be joined with.
 *
 * Each index locks its table against writes while it is built; the tables hold one row for each decision, not for each
 * message.
 */
export class GraphHistory1764100001000 implements MigrationInterface {
  readonly name = 'GraphHistory1764100001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX graph_log_from ON graph_log (from_customer, id);
      CREATE INDEX graph_log_to ON graph_log (to_customer, id);
      CREATE INDEX cannot_link_b ON cannot_link (b);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX cannot_link_b, graph_log_to, graph_log_from');
  }
}
