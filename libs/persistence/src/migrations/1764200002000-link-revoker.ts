import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who took a link back stands beside who made it, instead of in their place.
 *
 * Until now a revoker was written over the author. Evidence that came with messages has no author, and that of an agent's
 * word is known from the log of the decision that wrote the link. The columns are added without a rewrite; links with
 * an author are rewritten once, while nobody else reads or writes links.
 */
export class LinkRevoker1764200002000 implements MigrationInterface {
  readonly name = 'LinkRevoker1764200002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE link ADD COLUMN revoked_by text, ADD COLUMN revoked_reason text;
      UPDATE link SET revoked_by = CASE state WHEN 'revoked' THEN actor END,
             revoked_reason = CASE state WHEN 'revoked' THEN reason END,
             actor = (SELECT g.actor FROM graph_log g WHERE g.batch_id = link.decision ORDER BY g.id LIMIT 1),
             reason = (SELECT g.reason FROM graph_log g WHERE g.batch_id = link.decision ORDER BY g.id LIMIT 1)
       WHERE actor IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE link SET actor = revoked_by, reason = revoked_reason WHERE state = 'revoked';
      ALTER TABLE link DROP COLUMN revoked_reason, DROP COLUMN revoked_by;
    `);
  }
}
