import { PUBLIC_TOPICS, TOPICS, type InboundEvent } from '@app/contracts';
import { createLogger, Metrics, StreamUnavailableError, systemClock } from '@app/kernel';
import { AdvisoryLease, createLogStream, Database, migrate, RelayRepository } from '@app/persistence';
import type { OutgoingRecord, Stream, StreamRecord } from '@app/stream';
import { aBatch, aDeletion, anEdit, anInboundMessage } from '@app/testkit';
import { RelayService } from '../../apps/unifier/src/relay/relay.service.js';
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

function startRelay(parts: { repository?: RelayRepository; stream?: Stream } = {}): RelayService {
  const relay = new RelayService(
    parts.repository ?? new RelayRepository(database),
    new AdvisoryLease(database, [1, 1]),
    parts.stream ?? stream,
    new Metrics(),
    systemClock,
    logger,
  );
  relays.push(relay);
  relay.onApplicationBootstrap();
  return relay;
}

const unify = async (...events: InboundEvent[]): Promise<void> => {
  await unifierOn(database).unify(aBatch(events));
};

const published = async (): Promise<number> =>
  (await database.query<{ n: number }>('SELECT published::int AS n FROM relay_state'))[0]!.n;
const settled = async (): Promise<boolean> => {
  const [row] = await database.query<{ done: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM outbox) AND published = last_position AS done FROM relay_state',
  );
  return row!.done;
};

/** Everything on a topic up to so many different events, in the order of each partition; repeats are not counted. */
async function readTopic(topic: string, expected: number): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  const group = `reader-${Math.random()}`;
  const subscription = await stream.subscribe({ group, topics: [topic], service: 'test' }, async (batch) => {
    records.push(...batch.records);
  });
  await until(() => new Set(records.map(({ headers }) => headers['ce_id'])).size >= expected);
  await subscription.stop();
  return records;
}

/** First appearances by subject, as the contract tells consumers to read (G3). */
function firstAppearances(records: readonly StreamRecord[]): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (const { headers } of records) {
    const numbers = seen.get(headers['ce_subject']!) ?? [];
    const sequence = Number(headers['ce_sequence']);
    if (sequence > (numbers.at(-1) ?? 0)) numbers.push(sequence);
    seen.set(headers['ce_subject']!, numbers);
  }
  return seen;
}

const person = (n: number) => ({ value: `74123456789${String(n).padStart(5, '0')}` });

describe('the relay', () => {
  it('publishes entries, changes, identities and customers in CloudEvents of the contract', async () => {
    startRelay();
    await unify(anInboundMessage({ identity: { display_name: 'Trần Thị Bưởi' } }));
    await unify(anEdit());
    await until(settled);
    const [appended, changed] = await readTopic(PUBLIC_TOPICS.timeline, 2);
    expect(appended!.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'omni.timeline.entry.appended',
      ce_source: '/unifier',
      ce_sequence: '00000000000000000001',
      ce_subject: appended!.key,
      ce_partitionkey: appended!.key,
    });
    expect(changed!.headers).toMatchObject({
      ce_type: 'omni.timeline.entry.changed',
      ce_sequence: '00000000000000000002',
    });
    const body = JSON.parse(String(changed!.value)) as { entry: { revision: number }; change: { reasons: string[] } };
    expect([body.entry.revision, body.change.reasons]).toEqual([2, ['edited']]);
    const customers = await readTopic(PUBLIC_TOPICS.customers, 1);
    expect(JSON.parse(String(customers.at(-1)!.value))).toMatchObject({
      display_name: 'Trần Thị Bưởi',
      entry_count: 1,
      status: 'active',
      version: 2,
    });
    const [identity] = await readTopic(PUBLIC_TOPICS.identities, 1);
    expect(JSON.parse(String(identity!.value))).toMatchObject({ kind: 'messenger_psid', version: 1, status: 'active' });
  });

  it('holds no content and no provider id in keys and headers', async () => {
    startRelay();
    await unify(anInboundMessage({ text: 'BIMAT', identity: { display_name: 'Lê Văn Kín' } }), aDeletion());
    await until(settled);
    for (const topic of Object.values(PUBLIC_TOPICS)) {
      for (const { key, headers } of await readTopic(topic, 1)) {
        expect(JSON.stringify([key, headers])).not.toMatch(/BIMAT|Kín|7412345678900001/);
      }
    }
  });

  it('numbers each customer without gaps, in the order of the topic, with several relays and killed ones', async () => {
    let appends = 0;
    // Every third append is followed by a death before the position is remembered.
    class ForgetfulRepository extends RelayRepository {
      override async markPublished(position: string): Promise<void> {
        appends += 1;
        if (appends % 3 === 0) throw new StreamUnavailableError('killed');
        await super.markPublished(position);
      }
    }
    startRelay({ repository: new ForgetfulRepository(database) });
    startRelay();
    for (let round = 0; round < 20; round += 1) {
      await unify(
        ...Array.from({ length: 10 }, (_, n) =>
          anInboundMessage({ id: `m_${round}_${n}`, thread: `t${n}`, identity: person(n) }),
        ),
      );
    }
    await until(settled);
    const records = await readTopic(PUBLIC_TOPICS.timeline, 200);
    const numbers = firstAppearances(records);
    expect(numbers.size).toBe(10);
    const expected = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const sequence of numbers.values()) expect(sequence).toEqual(expected);
    const bytes = new Map<string, string>();
    for (const { headers, value } of records) {
      const known = bytes.get(headers['ce_id']!);
      if (known !== undefined) expect(String(value)).toBe(known);
      bytes.set(headers['ce_id']!, String(value));
    }
    expect(bytes.size).toBe(200);
  });

  it('waits while the broker is away, and readers without Kafka do not', async () => {
    let away = true;
    const shaky: Stream = {
      ...stream,
      append: async (records: readonly OutgoingRecord[], options) => {
        if (away) throw new StreamUnavailableError('away');
        await stream.append(records, options);
      },
    };
    startRelay({ stream: shaky });
    await unify(anInboundMessage());
    const events = async () => (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM event'))[0]!.n;
    await until(async () => (await events()) >= 3);
    expect(await published()).toBe(0);
    away = false;
    await until(settled);
    expect(await readTopic(PUBLIC_TOPICS.timeline, 1)).toHaveLength(1);
  });

  it('hands over when the process that relays is gone', async () => {
    const first = startRelay();
    await unify(anInboundMessage({ id: 'a' }));
    await until(settled);
    startRelay();
    await first.beforeApplicationShutdown();
    await unify(anInboundMessage({ id: 'b' }));
    await until(settled);
    expect(await readTopic(PUBLIC_TOPICS.timeline, 2)).toHaveLength(2);
  });

  it('publishes nothing of a transaction that has not ended, and nothing out of its order', async () => {
    startRelay();
    const slow = await database.connectClient();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO customer (id, ref) VALUES (9, 'KH-9')`);
    await unify(anInboundMessage());
    const waiting = async () => (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM outbox'))[0]!.n;
    expect(await waiting()).toBeGreaterThan(0);
    await slow.query('COMMIT');
    await slow.end();
    await until(settled);
    expect(await readTopic(PUBLIC_TOPICS.timeline, 1)).toHaveLength(1);
  });
});
