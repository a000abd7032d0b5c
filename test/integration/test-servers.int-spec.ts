import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { brokerAnswers } from '../../tools/kafka/probe.mjs';
import { kafkaAvailability, startKafkaBroker, type KafkaBroker } from '../support/kafka-broker.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { describeUnless } from '../support/skips.js';

const availability = kafkaAvailability();
const foreign =
  process.env['KAFKA_BROKERS'] || process.env['DATABASE_URL'] ? 'servers of others are not killed' : undefined;
const describeOwn = describeUnless(availability.available ? foreign : availability.reason);

describeOwn('the Kafka broker of the tests', () => {
  let broker: KafkaBroker;
  let kafka: Kafka;

  beforeAll(async () => {
    broker = await startKafkaBroker({ settings: { 'num.partitions': '3' } });
    kafka = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING, retry: { retries: 8 } });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'greetings', numPartitions: 2 }] });
    await admin.disconnect();
  });

  afterAll(async () => {
    await broker.stop();
  });

  async function produce(values: string[]): Promise<void> {
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: 'greetings', acks: -1, messages: values.map((value) => ({ key: 'one', value })) });
    await producer.disconnect();
  }

  async function consume(count: number, groupId: string): Promise<string[]> {
    const consumer = kafka.consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topic: 'greetings', fromBeginning: true });
    const values = await new Promise<string[]>((resolve, reject) => {
      const seen: string[] = [];
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
        seen.push(message.value?.toString() ?? '');
        if (seen.length === count) resolve(seen);
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return values;
  }

  it('carries records in order, and keeps acknowledged ones over kill -9', async () => {
    await produce(['a', 'b']);
    expect(await consume(2, 'before')).toEqual(['a', 'b']);
    await broker.kill9();
    expect(broker.pid).toBeUndefined();
    await broker.restart();
    await produce(['c']);
    expect(await consume(3, 'after')).toEqual(['a', 'b', 'c']);
  });

  it('stamps records with the time of the broker and creates no topic unasked', async () => {
    const admin = kafka.admin();
    await admin.connect();
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: 'greetings', configNames: ['message.timestamp.type', 'max.message.bytes'] }],
    });
    const entries = described.resources[0]?.configEntries.map(({ configName, configValue }) => [
      configName,
      configValue,
    ]);
    expect(entries).toEqual(
      expect.arrayContaining([
        ['message.timestamp.type', 'LogAppendTime'],
        ['max.message.bytes', '9437184'],
      ]),
    );
    await expect(admin.fetchTopicMetadata({ topics: ['never-made'] })).rejects.toThrow();
    expect(await admin.listTopics()).not.toContain('never-made');
    await admin.disconnect();
  });

  it('answers nothing while it is frozen and goes on afterwards', async () => {
    const [host = '', port = ''] = broker.brokers[0]?.split(':') ?? [];
    broker.pause();
    expect(await brokerAnswers(host, Number(port))).toBe(false);
    broker.resume();
    await produce(['d']);
    expect(await consume(4, 'resumed')).toEqual(['a', 'b', 'c', 'd']);
  });
});

describeOwn('the PostgreSQL of the tests', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });

  afterAll(async () => {
    await postgres.stop();
  });

  async function rows(url: string, sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('creates databases that do not see each other, and drops them while in use', async () => {
    const [first, second] = [await postgres.createDatabase(), await postgres.createDatabase('second')];
    await rows(first, 'CREATE TABLE only_here (n int)');
    await expect(rows(second, 'SELECT * FROM only_here')).rejects.toThrow(/does not exist/);
    await postgres.dropDatabase(first);
    await postgres.dropDatabase('second');
    await expect(rows(first, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it.each(['', 'Upper', '1st', 'a"b', 'a; DROP TABLE x'])('refuses the database name %j', async (name) => {
    await expect(postgres.createDatabase(name)).rejects.toThrow(/plain database name/);
  });

  it('keeps committed rows over kill -9 and fsync on', async () => {
    const url = await postgres.createDatabase('kept');
    await rows(url, 'CREATE TABLE kept AS SELECT generate_series(1, 100) AS n');
    await postgres.kill9Postmaster();
    await expect(rows(url, 'SELECT 1')).rejects.toThrow();
    await postgres.restart();
    const [found] = await rows(url, `SELECT count(*)::int AS n, current_setting('fsync') AS fsync FROM kept`);
    expect(found).toEqual({ n: 100, fsync: 'on' });
  });
});
