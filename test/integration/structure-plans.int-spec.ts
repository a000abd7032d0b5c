import { Database, EvidenceRepository, GraphRepository, LargeGroupsRepository, migrate } from '@app/persistence';
import { aDecision, aProof, AT, bear, keyOf } from '../support/identities.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

/** A connection makes up its mind about a plan after five runs of a statement. */
const RUNS = 8;
const NAMES = ['livechat_visitor:w:1', 'livechat_visitor:w:2'];

let server: TestPostgres;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
  await migrate(server.url);
  database = Database.connect(server.url, { applicationName: 'test', max: 1 });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

describe('the plans of decisions about people', () => {
  it('never walk through all links or identities, though they were made while there were hardly any', async () => {
    await database.query('ANALYZE');
    const identities = await bear(database, NAMES);
    const ids = NAMES.map((name) => identities.idAt(keyOf(name), AT)!);
    const customers = await database.query<{ id: string }>(
      'SELECT customer_id::text AS id FROM identity WHERE id = ANY($1::bigint[]) ORDER BY customer_id',
      [ids],
    );
    const [one, other] = customers.map(({ id }) => id) as [string, string];
    const graph = new GraphRepository(database);
    for (let run = 0; run < RUNS; run += 1) {
      const merged = await graph.merge(other, one, aDecision());
      expect(merged.ok).toBe(true);
      expect((await graph.undo(merged.ok ? merged.moves[0]!.id : '', aDecision())).ok).toBe(true);
    }
    await database.query('SET plan_cache_mode = force_generic_plan');
    const plan = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE "graph-group"('{${ids.join(',')}}', 1000)`,
    );
    const lines = plan.map((row) => row['QUERY PLAN']);
    expect(lines.join('\n')).toContain('link');
    expect(lines.filter((line) => /Seq Scan on (?:link|identity)/.test(line))).toEqual([]);
  });
});

describe('the lane for large groups', () => {
  it('works a group out once for all its members who wait', async () => {
    const hub = 'livechat_visitor:w:z';
    const many = Array.from({ length: 1_300 }, (_, index) => `livechat_visitor:w:m${index}`);
    const identities = await bear(database, [hub, ...many]);
    const proofs = many.map((name) => aProof(hub, name));
    await new EvidenceRepository(database).prove(proofs, identities);
    const [waiting] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM graph_job');
    expect(waiting!.n).toBeGreaterThan(10);
    const lane = new LargeGroupsRepository(database);
    expect(await lane.regroupNext()).toBe('regrouped');
    expect(await lane.regroupNext()).toBe('idle');
  });
});
