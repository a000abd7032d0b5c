import { createLogger, ConfigError, PermanentRecordError, StreamUnavailableError } from '@app/kernel';
import type { OutgoingRecord, Stream, StreamBatch } from '@app/stream';
import { Client } from 'pg';
import { createLogStream, Database, migrate } from '@app/persistence';
import { tidyTopic } from '../../libs/persistence/src/log/retention.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

const TOPIC = 'omni.test.v1';
const logger = createLogger({ level: 'silent', service: 'test' });
const record = (key: string, text: string): OutgoingRecord => ({
  topic: TOPIC,
  key,
  value: Buffer.from(text),
  headers: {},
});
const textOf = (batch: StreamBatch): string[] => batch.records.map(({ value }) => String(value));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('The condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

let server: TestPostgres;
let url: string;
let streams: Stream[] = [];
const open = (): Stream => {
  const stream = createLogStream({ url, logger, clientId: 'test' });
  streams.push(stream);
  return stream;
};

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  await open().ensureTopics([{ name: TOPIC, partitions: 4, config: { 'max.message.bytes': '1000' } }]);
});
afterEach(async () => {
  await Promise.all(streams.map((stream) => stream.close()));
  streams = [];
});

describe('the log in PostgreSQL', () => {
  it('keeps bytes, keys and headers that text columns refuse', async () => {
    const [stream] = streams;
    const sent: OutgoingRecord = {
      topic: TOPIC,
      key: 'k\u0000é',
      value: Buffer.of(0, 255),
      headers: { h: 'a\u0000ơ' },
    };
    await stream!.append([sent, { ...sent, value: null }]);
    const seen: StreamBatch[] = [];
    await stream!.subscribe({ group: 'g', topics: [TOPIC], service: 'test' }, async (batch) => void seen.push(batch));
    await until(() => seen.length > 0);
    expect(seen[0]!.records.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual([
      { key: sent.key, value: sent.value, headers: sent.headers },
      { key: sent.key, value: null, headers: sent.headers },
    ]);
  });

  it('refuses a record over the limit and keeps those that travel with it', async () => {
    const [stream] = streams;
    const [large, missing, good] = await Promise.allSettled([
      stream!.append([record('a', 'x'.repeat(1001))]),
      stream!.append([{ ...record('a', 'x'), topic: 'omni.none.v1' }]),
      stream!.append([record('a', 'fits')]),
    ]);
    expect((large as PromiseRejectedResult).reason).toBeInstanceOf(PermanentRecordError);
    expect((missing as PromiseRejectedResult).reason).toBeInstanceOf(StreamUnavailableError);
    expect(good.status).toBe('fulfilled');
    expect(await stream!.lag('nobody', [TOPIC])).toEqual([{ topic: TOPIC, lag: 1n }]);
  });

  it('names every topic that differs from its declaration', async () => {
    const differing = { name: TOPIC, partitions: 5, config: { 'max.message.bytes': '2' } };
    const error: unknown = await streams[0]!.ensureTopics([differing]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toHaveLength(2);
  });

  it('gives the same records again after a fault, and commits only then', async () => {
    const [stream] = streams;
    await stream!.append([record('a', '1'), record('a', '2')]);
    const seen: string[][] = [];
    const lags: bigint[] = [];
    await stream!.subscribe({ group: 'g', topics: [TOPIC], service: 'test' }, async (batch) => {
      seen.push(textOf(batch));
      lags.push((await stream!.lag('g', [TOPIC]))[0]!.lag);
      if (seen.length === 1) throw new StreamUnavailableError('passing');
    });
    await until(async () => (await stream!.lag('g', [TOPIC]))[0]!.lag === 0n);
    expect(seen).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    expect(lags).toEqual([2n, 2n]);
  });

  it('has no gaps and skips nothing with eight appenders and a slow commit', async () => {
    const seen: string[] = [];
    const reader = open();
    await reader.subscribe({ group: 'g', topics: [TOPIC], service: 'test' }, async (batch) => {
      seen.push(...textOf(batch));
    });
    const slow = new Client({ connectionString: url });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(`WITH p AS (UPDATE log_partition SET next_offset = next_offset + 1 WHERE partition = 0 RETURNING *)
      INSERT INTO log_record (topic_id, partition, "offset", value, headers)
      SELECT topic_id, partition, next_offset - 1, 'slow', '{}' FROM p`);
    const appends = Array.from({ length: 8 }, async (_, appender) => {
      const stream = open();
      for (let round = 0; round < 25; round += 1) {
        await stream.append([0, 1, 2, 3].map((n) => record(`${appender}-${n}`, `${appender}-${n}:${round}`)));
      }
    });
    await slow.query('SELECT pg_sleep(0.3)');
    await slow.query('COMMIT');
    await Promise.all(appends);
    await until(() => seen.length >= 801);
    const { rows } = await slow.query(`SELECT partition FROM log_record GROUP BY partition
      HAVING count(*) <> max("offset") + 1 OR min("offset") <> 0`);
    await slow.end();
    expect(rows).toEqual([]);
    expect(new Set(seen).size).toBe(801);
    for (let n = 0; n < 4; n += 1) {
      const rounds = seen.filter((text) => text.startsWith(`3-${n}:`)).map((text) => Number(text.split(':')[1]));
      expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
    }
  });

  it('shares the partitions, and hands them over when a member leaves', async () => {
    const owners = new Map<number, Set<string>>();
    const join = (stream: Stream, name: string) =>
      stream.subscribe({ group: 'g', topics: [TOPIC], service: 'test' }, async ({ partition }) => {
        owners.set(partition, (owners.get(partition) ?? new Set()).add(name));
      });
    const first = await join(streams[0]!, 'first');
    await join(open(), 'second');
    const both = (): boolean => new Set([...owners.values()].flatMap((names) => [...names])).size === 2;
    let round = 0;
    const feed = () => streams[0]!.append(Array.from({ length: 16 }, (_, n) => record(`${n}`, `${(round += 1)}`)));
    await until(async () => (await feed(), both()));
    await first.stop();
    owners.clear();
    await feed();
    await until(async () => (await streams[0]!.lag('g', [TOPIC]))[0]!.lag === 0n);
    expect([...owners.values()].every((names) => names.size === 1 && names.has('second'))).toBe(true);
    expect(owners.size).toBe(4);
  });

  describe('tidying', () => {
    let database: Database;
    beforeEach(() => {
      database = Database.connect(url, { applicationName: 'test' });
    });
    afterEach(() => database.close());

    async function fill(config: Record<string, string>) {
      const name = 'omni.tidied.v1';
      const [stream] = streams;
      await stream!.ensureTopics([{ name, partitions: 1, config }]);
      const [topic] = await database.query<{ id: number }>('SELECT id FROM log_topic WHERE name = $1', [name]);
      const texts = ['a1', 'b1', 'a2', 'c1'];
      await stream!.append(texts.map((text) => ({ ...record(text[0]!, text), topic: name })));
      await stream!.append([{ ...record('c', ''), topic: name, value: null }]);
      const left = async () =>
        (await database.query<{ n: number }>('SELECT "offset"::int AS n FROM log_record ORDER BY 1')).map(({ n }) => n);
      return { name, topic: { id: topic!.id, name, partitions: 1, config }, left };
    }

    it('removes what is older than the retention time; readers go on at the first kept record', async () => {
      const { name, topic, left } = await fill({ 'cleanup.policy': 'delete', 'retention.ms': '60000' });
      await database.query(`UPDATE log_record SET appended_at = now() - interval '2 minutes' WHERE "offset" < 3`);
      await tidyTopic(database, topic);
      expect(await left()).toEqual([3, 4]);
      expect(await streams[0]!.lag('g', [name])).toEqual([{ topic: name, lag: 2n }]);
      const seen: bigint[] = [];
      await streams[0]!.subscribe({ group: 'g', topics: [name], service: 'test' }, async (batch) => {
        seen.push(...batch.records.map(({ offset }) => offset));
      });
      await until(() => seen.length > 0);
      expect(seen).toEqual([3n, 4n]);
    });

    it('keeps the newest value of each key, and a tombstone for a while', async () => {
      const { name, topic, left } = await fill({ 'cleanup.policy': 'compact', 'delete.retention.ms': '60000' });
      await tidyTopic(database, topic);
      expect(await left()).toEqual([1, 2, 4]);
      await database.query(`UPDATE log_record SET appended_at = now() - interval '2 minutes'`);
      await tidyTopic(database, topic);
      expect(await left()).toEqual([1, 2]);
      await streams[0]!.subscribe({ group: 'g', topics: [name], service: 'test' }, async () => undefined);
      await until(async () => (await streams[0]!.lag('g', [name]))[0]!.lag === 0n);
    });
  });

  it('keeps what it acknowledged through a kill of the server, and its reader recovers', async () => {
    const [stream] = streams;
    const seen = new Set<string>();
    await stream!.subscribe({ group: 'g', topics: [TOPIC], service: 'test' }, async (batch) => {
      for (const text of textOf(batch)) seen.add(text);
    });
    const acknowledged: string[] = [];
    const feeding = { on: true };
    const feed = (async () => {
      for (let n = 0; feeding.on; n += 1) {
        const kept = await stream!.append([record(`${n}`, `${n}`)]).then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(StreamUnavailableError);
            return false;
          },
        );
        if (kept) acknowledged.push(`${n}`);
        else await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await until(() => acknowledged.length > 50);
    await server.kill9Postmaster();
    await server.restart();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 50);
    feeding.on = false;
    await feed;
    await until(() => acknowledged.every((text) => seen.has(text)));
    expect(seen.size).toBeGreaterThanOrEqual(acknowledged.length);
  });
});
