import { randomUUID } from 'node:crypto';
import { Database, schemaDataSource } from '@app/persistence';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

const REVOKERS = `SELECT 1 FROM information_schema.columns WHERE table_name = 'link' AND column_name = 'revoked_by'`;

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});

it('gives links that were taken back their author again, both ways', async () => {
  const url = await server.createDatabase();
  const source = await schemaDataSource(url).initialize();
  const database = Database.connect(url, { applicationName: 'test', max: 1 });
  const links = async (columns: string) => await database.query(`SELECT ${columns} FROM link ORDER BY rule`);
  try {
    await source.runMigrations();
    while ((await database.query(REVOKERS)).length > 0) await source.undoLastMigration();
    const merge = randomUUID();
    await database.query(
      `INSERT INTO graph_log (op, from_customer, to_customer, moved, details, actor, reason, batch_id)
       VALUES ('merge', 2, 1, '{2}', '{}', 'lan', 'chị Hạnh gọi', $1)`,
      [merge],
    );
    await database.query(
      `INSERT INTO link (a, b, rule, trust, evidence_at, first_seen, last_seen, state, actor, reason, decision)
       SELECT 1, 2, rule, 5, now(), now(), now(), state, actor, reason, decision::uuid FROM (VALUES
         ('agent.merge', 'revoked', 'minh', 'nhầm', $1),
         ('crm.import', 'revoked', 'minh', 'nhầm', $2),
         ('livechat.signed', 'active', NULL, NULL, $2)) AS v(rule, state, actor, reason, decision)`,
      [merge, '00000000-0000-0000-0000-000000000000'],
    );
    const before = await links('rule, actor, reason');
    await source.runMigrations();
    expect(await links('rule, actor, reason, revoked_by, revoked_reason')).toEqual([
      { rule: 'agent.merge', actor: 'lan', reason: 'chị Hạnh gọi', revoked_by: 'minh', revoked_reason: 'nhầm' },
      { rule: 'crm.import', actor: null, reason: null, revoked_by: 'minh', revoked_reason: 'nhầm' },
      { rule: 'livechat.signed', actor: null, reason: null, revoked_by: null, revoked_reason: null },
    ]);
    while ((await database.query(REVOKERS)).length > 0) await source.undoLastMigration();
    expect(await links('rule, actor, reason')).toEqual(before);
  } finally {
    await database.close();
    await source.destroy();
  }
});
