import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DATA_TYPES, PUBLIC_TOPICS, schemaDocument, TOPICS, uuidV7 } from '@app/contracts';
import { createLogger, Metrics, StoreUnavailableError, systemClock } from '@app/kernel';
import {
  AdvisoryLease,
  createLogStream,
  Database,
  ErasureRepository,
  GraphRepository,
  migrate,
  RelayRepository,
  type Decision,
} from '@app/persistence';
import type { Stream, StreamRecord } from '@app/stream';
import {
  aBatch,
  anEdit,
  anInboundMessage,
  groupBy,
  readInterleaved,
  ReferenceConsumer,
  TIMELINE_PROMISES,
  type PlacedRecord,
} from '@app/testkit';
import { RelayService } from '../../apps/unifier/src/relay/relay.service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';
import { until } from '../support/until.js';

const PEOPLE = 12;
const ROUNDS = 40;
const INTERLEAVINGS = 50;
const logger = createLogger({ level: 'silent', service: 'test' });

let server: TestPostgres;
let database: Database;
let stream: Stream;
let relay: RelayService;
/** Everything on the timeline topic, by partition, first appearances only. */
let partitions: readonly (readonly PlacedRecord[])[];
/** In the order in which the relay decided it. */
let decided: readonly PlacedRecord[];

const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)];
/** Now: what an erased person said before does not come back, what is said later makes a new person. */
const who = (n: number) => ({ identity: { value: `9000${n}` }, thread: `t${n}`, at: new Date() });

/** Does it again after a passing fault, such as a deadlock, as the stream does with a batch. */
async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }
}

/** Messages of everybody, and edits of what they wrote before, until the decisions are made. */
async function write(writer: number, isOver: () => boolean): Promise<void> {
  const service = unifierOn(database);
  for (let round = 0; round < ROUNDS || !isOver(); round += 1) {
    const messages = Array.from({ length: PEOPLE }, (_, n) =>
      anInboundMessage({ id: `w${writer}-${round}-${n}`, ...who(n) }),
    );
    const edits = Array.from({ length: PEOPLE }, (_, n) => anEdit({ id: `w${writer}-${round - 1}-${n}`, ...who(n) }));
    await persistently(() => service.unify(aBatch(round === 0 ? messages : [...messages, ...edits])));
  }
}

const aDecision = (): Decision => ({
  actor: 'Lan',
  reason: 'cùng một người',
  batchId: uuidV7(new Date()),
  correlationId: uuidV7(new Date()),
  rule: 'agent.merge',
  trust: 5,
});

/** Joins and parts people at random, and erases one now and then. */
async function decide(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await persistently(() => decideOnce(round));
}

async function decideOnce(round: number): Promise<void> {
  const graph = new GraphRepository(database);
  const customers = await database.query<{ id: string; identities: string[] }>(
    `SELECT customer_id AS id, array_agg(id::text) AS identities FROM identity WHERE state = 'active' GROUP BY customer_id`,
  );
  const [one, other] = [pick(customers), pick(customers)];
  if (one === undefined || other === undefined) return;
  if (round % 20 === 19) {
    const request = { actor: 'Lan', reason: null, correlationId: uuidV7(new Date()) };
    await new ErasureRepository(database).erase(one.id, request);
  } else if (round % 3 === 2) {
    const large = pick(customers.filter(({ identities }) => identities.length > 1));
    if (large !== undefined) await graph.split(large.id, [pick(large.identities)!], aDecision());
  } else if (round % 7 === 6) {
    const [last] = await database.query<{ id: string }>(
      'SELECT id::text FROM graph_log WHERE undone_by IS NULL ORDER BY id DESC LIMIT 1',
    );
    if (last !== undefined) await graph.undo(last.id, aDecision());
  } else {
    await graph.merge(one.id, other.id, aDecision());
  }
}

const placed = (headers: Readonly<Record<string, string>>, key: string | null, data: unknown): PlacedRecord => ({
  type: headers['ce_type']!,
  key: key!,
  sequence: Number(headers['ce_sequence']),
  data,
});

/** The topic as it lies there. */
async function readTimeline(expected: number): Promise<readonly (readonly PlacedRecord[])[]> {
  const records = new Map<string, StreamRecord>();
  const subscription = await stream.subscribe(
    { group: 'reader', topics: [PUBLIC_TOPICS.timeline], service: 'test' },
    async (batch) => {
      for (const record of batch.records) {
        const id = record.headers['ce_id']!;
        if (!records.has(id)) records.set(id, record);
      }
    },
  );
  await until(() => records.size >= expected);
  await subscription.stop();
  const byPartition = groupBy([...records.values()], ({ partition }) => partition);
  return [...byPartition.values()].map((lying) =>
    lying.map(({ headers, key, value }) => placed(headers, key, JSON.parse(String(value)))),
  );
}

beforeAll(async () => {
  server = await startTestPostgres();
  const url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 12 });
  stream = createLogStream({ url, logger, clientId: 'test' });
  await stream.ensureTopics(TOPICS);
  const lease = new AdvisoryLease(database, [1, 1]);
  relay = new RelayService(new RelayRepository(database), lease, stream, new Metrics(), systemClock, logger);
  relay.onApplicationBootstrap();
  await unifierOn(database).unify(
    aBatch(Array.from({ length: PEOPLE }, (_, n) => anInboundMessage({ id: `${n}`, ...who(n) }))),
  );
  let deciding = 2;
  const decisions = Array.from({ length: deciding }, async () => {
    await decide();
    deciding -= 1;
  });
  await Promise.all([...decisions, write(1, () => deciding === 0), write(2, () => deciding === 0)]);
  await until(async () => {
    const [row] = await database.query<{ done: boolean }>(
      'SELECT NOT EXISTS (SELECT FROM outbox) AND published = last_position AS done FROM relay_state',
    );
    return row!.done;
  }, 60_000);
  const stored = await database.query<{ key: string; headers: Record<string, string>; payload: string }>(
    'SELECT key, headers, payload FROM event WHERE topic = $1 ORDER BY position',
    [PUBLIC_TOPICS.timeline],
  );
  decided = stored.map(({ key, headers, payload }) => placed(headers, key, JSON.parse(payload)));
  partitions = await readTimeline(stored.length);
}, 240_000);
afterAll(async () => {
  await relay.beforeApplicationShutdown();
  await stream.close();
  await database.close();
  await server.stop();
});

describe('merges, separations and erasures under load', () => {
  it('did happen', () => {
    const types = decided.map(({ type }) => type);
    for (const [type, least] of [
      ['omni.customer.merged', 20],
      ['omni.customer.unmerged', 10],
      ['omni.customer.erased', 2],
      ['omni.timeline.entry.changed', 500],
    ] as const) {
      expect([type, types.filter((one) => one === type).length >= least]).toEqual([type, true]);
    }
  });

  it.each(Object.entries(TIMELINE_PROMISES))('the relay %s', async (_promise, breakersOf) => {
    const homes = await database.query<{ id: string; home: string }>(
      'SELECT id, home_customer_id AS home FROM identity',
    );
    const homeOf = new Map(homes.map(({ id, home }) => [`idn_${id}`, `cus_${home}`]));
    expect(breakersOf(decided, (identity) => homeOf.get(identity)!)).toEqual([]);
  });

  it('every stored event keeps to its schema, and tells nothing of whom an erasure reached', async () => {
    const ajv = new Ajv2020({ strict: true });
    addFormats.default(ajv);
    ajv.addVocabulary(['x-extensible-enum']);
    const validators = new Map(DATA_TYPES.map((type) => [type as string, ajv.compile(schemaDocument(type, 'closed'))]));
    const erased = new Set(
      (await database.query<{ id: string }>(`SELECT 'idn_' || id AS id FROM identity WHERE state = 'erased'`)).map(
        ({ id }) => id,
      ),
    );
    const events = await database.query<{ type: string; payload: string }>(
      'SELECT type, payload FROM event WHERE payload IS NOT NULL ORDER BY position',
    );
    const wrong = events.filter(({ type, payload }) => {
      const data = JSON.parse(payload) as { identity_id?: string; entry?: { state: string } };
      const spoken = data.entry !== undefined && data.entry.state !== 'redacted' && erased.has(data.identity_id ?? '');
      return spoken || !validators.get(type)!(data);
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(erased.size).toBeGreaterThan(0);
  });

  it('the topic has them in the order of the relay, for each customer', () => {
    const onTopic = groupBy(partitions.flat(), ({ key }) => key);
    const expected = groupBy(decided, ({ key }) => key);
    for (const [key, own] of expected) {
      expect([key, onTopic.get(key)?.map(({ sequence }) => sequence)]).toEqual([
        key,
        own.map(({ sequence }) => sequence),
      ]);
    }
  });

  it('a consumer with the three rules ends where the tables are, whatever interleaving it reads (G14)', async () => {
    const rows = await database.query<{ entry_id: string; customer_id: string; revision: number }>(
      `SELECT 'ent_' || e.id AS entry_id, 'cus_' || i.customer_id AS customer_id, e.revision
         FROM entry e JOIN identity i ON i.id = e.identity_id WHERE i.state <> 'erased' ORDER BY 1`,
    );
    const expected = rows.toSorted((a, b) => (a.entry_id < b.entry_id ? -1 : 1));
    for (let seed = 0; seed < INTERLEAVINGS; seed += 1) {
      const consumer = new ReferenceConsumer();
      readInterleaved(consumer, partitions, seed);
      const shown = consumer.shown().map(({ text: _text, ...where }) => where);
      if (JSON.stringify(shown) !== JSON.stringify(expected)) expect(shown).toEqual(expected);
    }
    expect(expected.length).toBeGreaterThan(100);
  });
});
