import { PUBLIC_TOPICS, schemaDocument, TOPICS, uuidV7, type DataType, type InboundEvent } from '@app/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createLogger, Metrics, StreamUnavailableError, systemClock } from '@app/kernel';
import { AdvisoryLease, createLogStream, Database, migrate, RelayRepository } from '@app/persistence';
import type { Stream, StreamRecord } from '@app/stream';
import { aBatch, anEdit, anInboundMessage, ReferenceConsumer } from '@app/testkit';
import { RelayService } from '../../apps/unifier/src/relay/relay.service.js';
import { renderEvents } from '../../apps/unifier/src/relay/render-events.js';
import { unifierOn } from '../support/unifier.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';

const logger = createLogger({ level: 'silent', service: 'test' });

let server: TestPostgres;
let url: string;
let database: Database;
let stream: Stream;
let relays: RelayService[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 12 });
  stream = createLogStream({ url, logger, clientId: 'test' });
  await stream.ensureTopics(TOPICS);
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.beforeApplicationShutdown()));
  relays = [];
  await stream.close();
  await database.close();
  await server.dropDatabase(url);
});

function startRelay(repository = new RelayRepository(database)): void {
  const lease = new AdvisoryLease(database, [1, 1]);
  const relay = new RelayService(repository, lease, stream, new Metrics(), systemClock, logger);
  relays.push(relay);
  relay.onApplicationBootstrap();
}

const settled = async (): Promise<boolean> => {
  const [row] = await database.query<{ done: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM outbox) AND published = last_position AS done FROM relay_state',
  );
  return row!.done;
};

const unify = async (...events: InboundEvent[]): Promise<void> => {
  await unifierOn(database).unify(aBatch(events));
};

/** An identity with its home customer, by the order in which they were born. */
interface Person {
  readonly id: string;
  readonly home: string;
  readonly value: string;
}

const said = (value: string, id: string, text = `Lời của ${value}`) =>
  anInboundMessage({ id, text, thread: `t-${value}`, identity: { value, display_name: `Tên ${value}` } });

/** Somebody writes for the first time. */
async function aPerson(value: string): Promise<Person> {
  await unify(said(value, `${value}-1`));
  const [row] = await database.query<Person>(
    'SELECT id, home_customer_id AS home, value FROM identity WHERE value = $1',
    [value],
  );
  return row!;
}

/** Moves identities as the store does: pointers, customers and outbox in one transaction. */
async function move(
  kind: 'customer.merged' | 'customer.unmerged',
  { from, to, people, version }: { from: string; to: string; people: readonly Person[]; version: number },
): Promise<void> {
  await database.transaction(async (tx) => {
    const ids = people.map(({ id }) => id);
    await tx.query('UPDATE identity SET customer_id = $1, version = $2 WHERE id = ANY($3::bigint[])', [
      to,
      version,
      ids,
    ]);
    await tx.query(`UPDATE customer SET merged_into = $2, status = 'merged' WHERE id = $1 AND $3`, [
      from,
      to,
      kind === 'customer.merged',
    ]);
    await tx.query(`UPDATE customer SET merged_into = NULL, status = 'active' WHERE id = $1`, [to]);
    for (const id of ids) {
      await put(tx, 'identity.state', id, { customer_id: to, version, status: 'active' });
    }
    const identities = ids.map((id) => ({ id, version }));
    const payload = { merge_id: '7', undoes: kind === 'customer.unmerged' ? '6' : null, from, to, identities };
    const decision = { rule: 'agent.merge', trust: 5, actor: 'lan', reason: 'BIMAT: chị Bưởi gọi lại' };
    await put(tx, kind, ids[0]!, { ...payload, ...decision });
  });
}

/** Erases a customer as the store does. */
async function erase(customer: string, people: readonly Person[], how: 'bodies' | 'rows' = 'bodies'): Promise<void> {
  await database.transaction(async (tx) => {
    const ids = people.map(({ id }) => id);
    await tx.query(`UPDATE identity SET value = NULL, state = 'erased', version = version + 1 WHERE id = ANY($1)`, [
      ids,
    ]);
    await tx.query('DELETE FROM fact WHERE identity_id = ANY($1)', [ids]);
    await tx.query(
      how === 'rows'
        ? 'DELETE FROM entry WHERE identity_id = ANY($1)'
        : `UPDATE entry SET body = '{}', changes = NULL WHERE identity_id = ANY($1)`,
      [ids],
    );
    await tx.query(`UPDATE customer SET status = 'erased', merged_into = NULL WHERE id = ANY($1)`, [
      people.map(({ home }) => home),
    ]);
    for (const id of ids) await put(tx, 'identity.state', id, { customer_id: customer, version: 9, status: 'erased' });
    const at = '2026-11-20T05:00:00.000Z';
    const erasure_id = uuidV7(new Date());
    const payload = { erasure_id, customer_id: customer, identities: ids, effective_at: at, requested_at: at };
    await put(tx, 'customer.erased', ids[0]!, payload);
  });
}

async function put(tx: Pick<Database, 'query'>, kind: string, identity: string, payload: object): Promise<void> {
  await tx.query('INSERT INTO outbox (kind, identity_id, correlation_id, payload) VALUES ($1, $2, $3, $4)', [
    kind,
    identity,
    uuidV7(new Date()),
    JSON.stringify(payload),
  ]);
}

/** Everything on a topic, in the order of each partition. */
async function readTopic(topic: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  const [stored] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM event WHERE topic = $1', [
    topic,
  ]);
  const subscription = await stream.subscribe(
    { group: uuidV7(new Date()), topics: [topic], service: 'test' },
    async (b) => {
      records.push(...b.records);
    },
  );
  await until(() => new Set(records.map(({ headers }) => headers['ce_id'])).size >= stored!.n);
  await subscription.stop();
  return records;
}

interface Told {
  readonly role?: string;
  readonly entry?: { readonly state: string; readonly content?: { readonly text: string } };
  readonly [name: string]: unknown;
}
const told = (record: StreamRecord): Told => JSON.parse(String(record.value)) as Told;

/** Types, or roles where there are some, of the events of a customer, in their order. */
function story(records: readonly StreamRecord[], customer: string): string[] {
  const own = records.filter(({ key }) => key === `cus_${customer}`);
  expect(own.map(({ headers }) => Number(headers['ce_sequence']))).toEqual(own.map((_, index) => index + 1));
  return own.map((record) => told(record).role ?? record.headers['ce_type']!.replace(/^omni\.(timeline\.)?/, ''));
}

/** Tells whether producers may send this. */
function isValid(type: DataType, data: unknown): boolean {
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  ajv.addVocabulary(['x-extensible-enum']);
  return ajv.validate(schemaDocument(type, 'closed'), data);
}

/** Moves the outbox in claims of so many rows, then publishes. */
async function relayInClaimsOf(rows: number): Promise<void> {
  const repository = new RelayRepository(database);
  while ((await repository.moveOutbox(rows, (claim) => renderEvents(claim, new Date()))) > 0) continue;
  startRelay(repository);
  await until(settled);
}

describe.each([
  ['one claim', 1_000],
  ['claims of one row', 1],
  ['claims of three rows', 3],
])('merges and separations, relayed in %s', (_name, rows) => {
  it('fence the absorbed customer and are announced to the survivor', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await unify(said(a.value, 'before'));
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await unify(said(a.value, 'after'));
    await unify(anEdit({ id: 'before', identity: { value: a.value } }));
    await relayInClaimsOf(rows);
    const records = await readTopic(PUBLIC_TOPICS.timeline);
    expect(story(records, a.home)).toEqual(['entry.appended', 'entry.appended', 'absorbed']);
    expect(story(records, b.home)).toEqual(['entry.appended', 'survivor', 'entry.appended', 'entry.changed']);
    const after = records.filter(({ key }) => key === `cus_${b.home}`).slice(2);
    expect(after.map((record) => [told(record)['identity_version'], told(record)['customer_ref']])).toEqual([
      [2, expect.stringMatching(/^KH-/)],
      [2, told(after[0]!)['customer_ref']],
    ]);
  });

  it('give an entry written before a merge, and committed after it, to the customer that was announced', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    // The entry has the smaller transaction number, so it stands before the merge that its tables already know.
    const slow = await database.connectClient();
    await slow.query('BEGIN');
    await slow.query(`UPDATE entry SET revision = 2 WHERE identity_id = ${a.id}`);
    await slow.query(
      `INSERT INTO outbox (kind, identity_id, entry_id, correlation_id) SELECT 'entry.changed', identity_id, id, 'c' FROM entry WHERE identity_id = ${a.id}`,
    );
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await unify(said(a.value, 'after'));
    await slow.query('COMMIT');
    await slow.end();
    await relayInClaimsOf(rows);
    const records = await readTopic(PUBLIC_TOPICS.timeline);
    expect(story(records, a.home)).toEqual(['entry.appended', 'entry.changed', 'absorbed']);
    expect(story(records, b.home)).toEqual(['entry.appended', 'survivor', 'entry.appended']);
  });

  it('open the fence again when they are taken back', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await unify(said(a.value, 'joined'));
    await move('customer.unmerged', { from: b.home, to: a.home, people: [a], version: 3 });
    await unify(said(a.value, 'alone'));
    await relayInClaimsOf(rows);
    const records = await readTopic(PUBLIC_TOPICS.timeline);
    expect(story(records, a.home)).toEqual(['entry.appended', 'absorbed', 'restored', 'entry.appended']);
    expect(story(records, b.home)).toEqual(['entry.appended', 'survivor', 'entry.appended', 'source']);
    const customers = new Map((await readTopic(PUBLIC_TOPICS.customers)).map((record) => [record.key, told(record)]));
    expect(customers.get(`cus_${a.home}`)).toMatchObject({
      status: 'active',
      version: 4,
      canonical_id: `cus_${a.home}`,
    });
    const consumer = new ReferenceConsumer();
    for (const record of records) consumer.read({ type: record.headers['ce_type']!, data: told(record) });
    const mine = consumer.shown().filter(({ customer_id }) => customer_id === `cus_${a.home}`);
    expect(mine.map(({ text }) => text)).toEqual(Array(3).fill('Lời của 7001'));
  });

  it('leave a small state of the absorbed customer that names the other one', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await relayInClaimsOf(rows);
    const states = (await readTopic(PUBLIC_TOPICS.customers)).map((record) => [record.key, told(record)] as const);
    for (const customer of [a.home, b.home]) {
      const versions = states.filter(([key]) => key === `cus_${customer}`).map(([, state]) => Number(state['version']));
      expect(versions).toEqual(versions.toSorted((one, other) => one - other));
    }
    const customers = new Map(states);
    const absorbed = customers.get(`cus_${a.home}`)!;
    expect(absorbed).toMatchObject({ status: 'merged', canonical_id: `cus_${b.home}`, version: 2, identities: [] });
    expect(absorbed).not.toHaveProperty('display_name');
    expect(customers.get(`cus_${b.home}`)).toMatchObject({ status: 'active', version: 2, entry_count: 2 });
    const identities = new Map((await readTopic(PUBLIC_TOPICS.identities)).map((record) => [record.key, told(record)]));
    expect(identities.get(`idn_${a.id}`)).toMatchObject({ customer_id: `cus_${b.home}`, version: 2, status: 'active' });
  });

  it('end in tombstones when a customer is erased, and forget what was said', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await unify(said(a.value, 'BIMAT', 'BIMAT'));
    await erase(b.home, [a, b]);
    await relayInClaimsOf(rows);
    const records = await readTopic(PUBLIC_TOPICS.timeline);
    expect(story(records, b.home).at(-1)).toBe('customer.erased');
    expect(told(records.filter(({ key }) => key === `cus_${b.home}`).at(-1)!)).toMatchObject({
      customer_id: `cus_${b.home}`,
      identities: [`idn_${a.id}`, `idn_${b.id}`],
      physically_gone_by: '2026-12-06T05:00:00.000Z',
    });
    for (const [topic, keys] of [
      [PUBLIC_TOPICS.customers, [`cus_${a.home}`, `cus_${b.home}`]],
      [PUBLIC_TOPICS.identities, [`idn_${a.id}`, `idn_${b.id}`]],
    ] as const) {
      const last = new Map((await readTopic(topic)).map((record) => [record.key, record]));
      for (const key of keys) expect([key, last.get(key)!.value]).toEqual([key, null]);
    }
    const consumer = new ReferenceConsumer();
    for (const record of records) consumer.read({ type: record.headers['ce_type']!, data: told(record) });
    expect(consumer.shown()).toEqual([]);
  });
});

describe('merge events', () => {
  it('keep to their schemas, and tell nothing of what an agent wrote', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await move('customer.unmerged', { from: b.home, to: a.home, people: [a], version: 3 });
    await erase(a.home, [a]);
    await relayInClaimsOf(1_000);
    const records = [];
    for (const topic of Object.values(PUBLIC_TOPICS)) records.push(...(await readTopic(topic)));
    const refused = records
      .filter(({ value }) => value !== null)
      .filter((record) => !isValid(record.headers['ce_type'] as DataType, told(record)));
    expect(refused.map((record) => [record.headers['ce_type'], told(record)])).toEqual([]);
    const types = new Set(records.map(({ headers }) => headers['ce_type']));
    expect([...types]).toEqual(
      expect.arrayContaining(['omni.customer.merged', 'omni.customer.unmerged', 'omni.customer.erased']),
    );
    expect(JSON.stringify(records.map(({ headers, value }) => [headers, String(value)]))).not.toMatch(/BIMAT/);
    const merged = records.filter(({ headers }) => headers['ce_type'] === 'omni.customer.merged').map(told);
    expect(merged).toContainEqual({
      merge_id: 'mrg_7',
      survivor_customer_id: `cus_${b.home}`,
      absorbed_customer_id: `cus_${a.home}`,
      role: 'absorbed',
      identities: [{ identity_id: `idn_${a.id}`, version: 2 }],
      reason: { kind: 'manual', rule: 'agent.merge', trust: 5 },
      actor: { type: 'agent', id: 'lan' },
      reversible: true,
      occurred_at: expect.any(String) as string,
    });
  });

  it('are published again with the same ids, numbers and bytes', async () => {
    let appends = 0;
    // The first two appends are followed by a death before the position is remembered.
    class ForgetfulRepository extends RelayRepository {
      override async markPublished(position: string): Promise<void> {
        appends += 1;
        if (appends <= 2) throw new StreamUnavailableError('killed');
        await super.markPublished(position);
      }
    }
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await move('customer.merged', { from: a.home, to: b.home, people: [a], version: 2 });
    await erase(b.home, [a, b]);
    startRelay(new ForgetfulRepository(database));
    await until(settled);
    for (const topic of Object.values(PUBLIC_TOPICS)) {
      const records = await readTopic(topic);
      const first = new Map<string, string>();
      const bytes = ({ headers, value }: StreamRecord): string => JSON.stringify([headers, value?.toString()]);
      for (const record of records) {
        const id = record.headers['ce_id']!;
        expect(bytes(record)).toBe(first.get(id) ?? bytes(record));
        first.set(id, bytes(record));
      }
      expect(records.length).toBeGreaterThan(first.size);
    }
  });

  it.each(['bodies', 'rows'] as const)(
    'publish nothing that was said when an erasure took the %s first',
    async (how) => {
      const a = await aPerson('7001');
      await unify(said(a.value, 'BIMAT', 'BIMAT'));
      await unify(anEdit({ id: 'BIMAT', text: 'BIMAT', identity: { value: a.value } }));
      await erase(a.home, [a], how);
      await relayInClaimsOf(1);
      const records = await readTopic(PUBLIC_TOPICS.timeline);
      expect(records.map((record) => told(record).entry?.state ?? 'no entry')).toEqual(
        how === 'rows' ? ['no entry'] : ['redacted', 'redacted', 'redacted', 'no entry'],
      );
      expect(story(records, a.home).at(-1)).toBe('customer.erased');
      for (const { value } of records) expect(String(value)).not.toMatch(/BIMAT|Lời|7001/);
    },
  );

  it('redact an entry whose content an erasure left behind', async () => {
    const a = await aPerson('7001');
    await database.query(`UPDATE identity SET state = 'erased' WHERE id = $1`, [a.id]);
    await relayInClaimsOf(1_000);
    const [record] = await readTopic(PUBLIC_TOPICS.timeline);
    expect(told(record!).entry).toMatchObject({ state: 'redacted' });
    expect(String(record!.value)).not.toMatch(/Lời|7001/);
  });

  it('take what was said out of the stored stream, and leave everybody else’s', async () => {
    const [a, b] = [await aPerson('7001'), await aPerson('7002')];
    await unify(anEdit({ id: '7001-1', text: 'BIMAT', identity: { value: a.value } }));
    await relayInClaimsOf(1_000);
    const stored = async (): Promise<string> =>
      JSON.stringify(await database.query('SELECT position, key, type, headers, payload FROM event ORDER BY position'));
    expect(await stored()).toMatch(/BIMAT/);
    const others = async () =>
      await database.query(`SELECT * FROM event WHERE key IN ($1, $2) ORDER BY position`, [
        `cus_${b.home}`,
        `idn_${b.id}`,
      ]);
    const before = await others();
    await erase(a.home, [a]);
    await until(settled);
    expect(await stored()).not.toMatch(/BIMAT|Lời của 7001|Tên 7001|7001-1/);
    expect(await others()).toEqual(before);
    const [appended] = await database.query<{ payload: string }>(
      `SELECT payload FROM event WHERE key = $1 AND type = 'omni.timeline.entry.appended'`,
      [`cus_${a.home}`],
    );
    expect(isValid('omni.timeline.entry.appended', JSON.parse(appended!.payload))).toBe(true);
  });
});
