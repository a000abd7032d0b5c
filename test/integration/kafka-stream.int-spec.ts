import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createLogger, Metrics, StreamUnavailableError } from '@app/kernel';
import { createKafkaStream, type ReplayableStream } from '@app/stream';
import { until } from '@app/testkit';
import { kafkaAvailability, startKafkaBroker, type KafkaBroker } from '../support/kafka-broker.js';
import { describeUnless } from '../support/skips.js';

const logger = createLogger({ level: process.env['LOG_LEVEL'] ?? 'silent', service: 'test' });
const kafka = kafkaAvailability();
const describeKafka = describeUnless(kafka.available ? undefined : kafka.reason);

describeKafka('kafkajs, guarded', () => {
  let broker: KafkaBroker;
  let names = 0;
  let streams: ReplayableStream[] = [];
  beforeAll(async () => {
    broker = await startKafkaBroker();
  });
  afterAll(() => broker?.stop());
  afterEach(async () => {
    await Promise.all(streams.map((stream) => stream.close()));
    streams = [];
  });

  /** A stream whose connections the test holds in its hand, and a topic of its own with one partition. */
  async function prepare(metrics?: Metrics) {
    const network = { sockets: new Set<Socket>(), refuses: false };
    const stream = createKafkaStream({
      brokers: broker.brokers,
      clientId: 'test',
      logger,
      metrics,
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect({ host, port }, onConnect);
        network.sockets.add(socket);
        if (network.refuses) socket.destroy(new Error('refused'));
        return socket;
      },
    });
    streams.push(stream);
    const topic = `omni.kafka.t${(names += 1)}.v1`;
    await stream.ensureTopics([{ name: topic, partitions: 1, config: { 'compression.type': 'producer' } }]);
    const append = (text: string, timeoutMs = 10_000): Promise<void> =>
      stream.append([{ topic, key: 'k', value: Buffer.from(text), headers: {} }], { timeoutMs });
    const read = async (group = `group-${names}`) => {
      const seen: string[] = [];
      const subscription = await stream.subscribe({ group, topics: [topic], service: 'test' }, async (batch) => {
        seen.push(...batch.records.map(({ value }) => String(value)));
      });
      return { seen, subscription };
    };
    return { stream, network, topic, append, read };
  }

  async function end(committed: () => Promise<bigint>): Promise<void> {
    await until('the group has read everything', async () => (await committed()) === 0n);
  }

  it('acknowledges nothing that a broker takes for the repeat of a batch whose answer was lost', async () => {
    const { append, network, read, stream, topic } = await prepare();
    const observer = createKafkaStream({ brokers: broker.brokers, clientId: 'observer', logger });
    streams.push(observer);
    const stored = async (): Promise<bigint> => (await observer.lag('nobody', [topic]))[0]!.lag;
    await append('1');
    for (const socket of network.sockets) socket.pause();
    const lost = append('2', 30_000).catch((error: unknown) => error);
    await until('the broker has stored the record', async () => (await stored()) === 2n);
    // Its answer never comes, and kafkajs does not get through again until it gives up.
    network.refuses = true;
    for (const socket of network.sockets) socket.destroy();
    expect(await lost).toBeInstanceOf(StreamUnavailableError);
    network.refuses = false;
    await append('3');
    expect(await stored()).toBe(3n);
    const { seen } = await read();
    await end(async () => (await stream.lag(`group-${names}`, [topic]))[0]!.lag);
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('shows a record that it can not unpack, and goes on once the group is beyond it', async () => {
    const { append, read, stream, topic } = await prepare();
    const producer = spawn('kcat', ['-P', '-b', broker.brokers[0]!, '-t', topic, '-k', 'k', '-z', 'lz4']);
    producer.stdin.end('x'.repeat(2_000));
    expect(await once(producer, 'exit')).toEqual([0, null]);
    await append('after');
    const { seen, subscription } = await read();
    await until('the status says so', () => subscription.status().stalled.join().includes('KafkaJSNotImplemented'));
    expect(seen).toEqual([]);
    await subscription.stop();
    await stream.resetOffsets(`group-${names}`, topic, { partition: 0, offset: 1n });
    const again = await read();
    await until('the next record', () => again.seen.length > 0);
    expect(again.seen).toEqual(['after']);
  });

  it('counts dead letters, pauses and lag', async () => {
    const metrics = new Metrics();
    const { append, stream, topic } = await prepare(metrics);
    await stream.ensureTopics([{ name: 'omni.dlq.counted.v1', partitions: 1, config: {} }]);
    await append('bad');
    let calls = 0;
    await stream.subscribe({ group: 'counted', topics: [topic], service: 'counted' }, async ({ records }) => {
      calls += 1;
      if (calls === 1) throw new StreamUnavailableError('passing');
      return { rejected: [{ record: records[0]!, code: 'schema_invalid', detail: '' }] };
    });
    await end(async () => (await stream.lag('counted', [topic]))[0]!.lag);
    const text = await metrics.registry.metrics();
    expect(text).toContain('omniline_dead_letters_total{service="counted",account="unknown",code="schema_invalid"} 1');
    expect(text).toContain(`omniline_stream_pauses_total{group="counted",topic="${topic}"} 1`);
  });

  it('rests when there is nothing to do', async () => {
    const { append, read } = await prepare();
    await append('1');
    const { seen } = await read();
    await until('the record was read', () => seen.length === 1);
    // Without the patch each idle connection wakes about a thousand times a second.
    let wakeUps = 0;
    const original = globalThis.setTimeout;
    globalThis.setTimeout = ((...args: Parameters<typeof original>) => {
      wakeUps += 1;
      return original(...args);
    }) as typeof original;
    try {
      const began = performance.now();
      await until('a second has passed', () => performance.now() - began > 1_000);
    } finally {
      globalThis.setTimeout = original;
    }
    // `until` itself sets about fifty.
    expect(wakeUps).toBeLessThan(200);
  });
});
