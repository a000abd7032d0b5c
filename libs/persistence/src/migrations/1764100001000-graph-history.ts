import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ways to read what was decided about a customer (its history by either side, whom it is never to be joined with) and who
 * has the same name.
 *
 * Each index locks its table against writes while it is built: a moment for the tables of decisions, some seconds for a
 * million names.
 */
export class GraphHistory1764100001000 implements MigrationInterface {
  readonly name = 'GraphHistory1764100001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX graph_log_from ON graph_log (from_customer, id);
      CREATE INDEX graph_log_to ON graph_log (to_customer, id);
      CREATE INDEX cannot_link_b ON cannot_link (b);
      -- Merges are few and looked up at once: a list of pending entries would be read as a whole for each history.
      ALTER INDEX graph_log_moved SET (fastupdate = off);
      -- Names may be longer than an entry of a B-tree; they are looked up whole.
      CREATE INDEX fact_same_name ON fact USING hash (folded) WHERE key = 'name';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER INDEX graph_log_moved RESET (fastupdate);
      DROP INDEX fact_same_name, cannot_link_b, graph_log_to, graph_log_from;
    `);
  }
}
