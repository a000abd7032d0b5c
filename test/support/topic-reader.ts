import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createLogger } from '@app/kernel';
import { createLogStream } from '@app/persistence';
import { createKafkaStream, type Stream } from '@app/stream';
import { until } from './until.js';

/** A record as a consumer of the topic sees it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a topic lies. */
export interface StreamPlace {
  /** Absent: the log in the database. */
  readonly brokers?: readonly string[];
  readonly databaseUrl: string;
}

let readers = 0;

function openStream({ brokers, databaseUrl }: StreamPlace): Stream {
  const parts = { clientId: 'e2e-reader', logger: createLogger({ level: 'silent', service: 'e2e' }) };
  return brokers === undefined
    ? createLogStream({ url: databaseUrl, ...parts })
    : createKafkaStream({ brokers: [...brokers], ...parts });
}

/** Everything on a topic up to now, through a consumer group of its own. Within a partition in order. */
export async function readTopic(place: StreamPlace, topic: string): Promise<readonly ReadRecord[]> {
  const stream = openStream(place);
  const group = `e2e.${process.pid}.${Date.now()}.${(readers += 1)}`;
  const found: ReadRecord[] = [];
  try {
    await stream.subscribe({ group, topics: [topic], service: 'unifier' }, async ({ partition, records }) => {
      for (const { offset, key, value, headers } of records) {
        found.push({ partition, offset, key, value: value ?? Buffer.alloc(0), headers });
      }
    });
    await until(async () => (await stream.lag(group, [topic])).every(({ lag }) => lag === 0n), 60_000);
    return found;
  } finally {
    await stream.close();
  }
}

/** Whether kcat, a Kafka client that shares no code with us, is installed. */
export const hasKcat = (): boolean => spawnSync('kcat', ['-V']).status === 0;

interface KcatRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly payload: string | null;
  readonly headers?: readonly string[];
}

/** Everything on a Kafka topic up to now, as kcat reads it. The values must be text. */
export async function readWithKcat(brokers: readonly string[], topic: string): Promise<readonly ReadRecord[]> {
  const { stdout } = await promisify(execFile)(
    'kcat',
    ['-C', '-q', '-J', '-e', '-o', 'beginning', '-b', brokers.join(','), '-t', topic],
    { maxBuffer: 512 * 1_048_576, timeout: 120_000 },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => toRecord(JSON.parse(line) as KcatRecord));
}

function toRecord({ partition, offset, key, payload, headers = [] }: KcatRecord): ReadRecord {
  const named: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) named[headers[index]!] = headers[index + 1] ?? '';
  return { partition, offset: BigInt(offset), key, value: Buffer.from(payload ?? ''), headers: named };
}

/** Reads a text topic with kcat where that is possible, else through the stream port. */
export async function readTextTopic(place: StreamPlace, topic: string): Promise<readonly ReadRecord[]> {
  return place.brokers !== undefined && hasKcat()
    ? await readWithKcat(place.brokers, topic)
    : await readTopic(place, topic);
}
