import { checkInvariants, Database, migrate } from '@app/persistence';
import { makeOmnichannelLog, type OmnichannelLog } from '../../bench/support/omnichannel-log.js';
import { judgePartition, type PartitionQuality } from '../../bench/support/partition-quality.js';
import { placedIdentities, runLog, type LogRun } from '../../bench/support/run-log.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

const WORKERS = 3;

let server: TestPostgres;
let database: Database;
let log: OmnichannelLog;
let run: LogRun;
let quality: PartitionQuality;

beforeAll(async () => {
  server = await startTestPostgres();
  await migrate(server.url);
  database = Database.connect(server.url, { applicationName: 'test', max: 12 });
  log = makeOmnichannelLog({ people: 300, messages: 1_500, seed: 84, largestBatch: 60 });
  const service = unifierOn(database, { settings: { OMNILINE_OWN_CONTACTS: log.ownContacts } });
  run = await runLog(log, { service, database, workers: WORKERS });
  quality = judgePartition(await placedIdentities(database), log.truth);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

describe('a synthetic log of a shop, shuffled, repeated, and handled by several workers', () => {
  it('stores every message once and refuses only what is forged', async () => {
    const [row] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM entry');
    expect(row!.n).toBe(log.messages - log.refusals);
    expect(log.refusals).toBeGreaterThan(0);
    expect(run.refused).toBeGreaterThanOrEqual(log.refusals);
  });

  it('never makes two people one', () => {
    expect(quality.examples).toEqual([]);
    expect(quality.falseMerges).toBe(0);
  });

  it('joins what is proved to be one person', () => {
    expect(quality.provablePairs).toBeGreaterThan(100);
    expect(quality.missed).toEqual([]);
    expect(quality.provedPairs / quality.provablePairs).toBeGreaterThanOrEqual(0.99);
  });

  it('leaves nothing broken', async () => {
    expect((await checkInvariants(database)).filter(({ broken }) => broken > 0)).toEqual([]);
  });
});
