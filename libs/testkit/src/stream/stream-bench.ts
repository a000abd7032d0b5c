import { deadLetterTopic } from '@app/contracts';
import type {
  BatchHandler,
  OutgoingRecord,
  ReplayableStream,
  StreamBatch,
  StreamRecord,
  SubscribeOptions,
  Subscription,
} from '@app/stream';
import { until } from './until.js';

/** One process's stream in a conformance test. */
export interface OpenedStream {
  readonly stream: ReplayableStream;
  /** Severs all connections for good, as the death of the process would; the server is not told. */
  cut(): Promise<void>;
}

/** The server behind an adapter. */
export interface StreamBackend {
  open(): OpenedStream;
  /** Nothing answers any more; connections stay open. */
  freeze(): Promise<void> | void;
  thaw(): Promise<void> | void;
  /** SIGKILL. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Numbers for names: each test has topics and groups of its own. */
let names = 0;

/** One conformance test's streams, with short ways to fill and read a topic of its own. */
export class StreamBench {
  readonly topic = `omni.test.t${(names += 1)}.v1`;
  readonly service = `test-${names}`;
  readonly group = `group-${names}`;
  readonly first: OpenedStream;
  private readonly opened: OpenedStream[] = [];

  constructor(private readonly backend: StreamBackend) {
    this.first = this.open();
  }

  get stream(): ReplayableStream {
    return this.first.stream;
  }

  open(): OpenedStream {
    const opened = this.backend.open();
    this.opened.push(opened);
    return opened;
  }

  async prepare(partitions = 4): Promise<void> {
    const config = { 'max.message.bytes': '20000' };
    await this.stream.ensureTopics([
      { name: this.topic, partitions, config },
      { name: deadLetterTopic(this.service), partitions: 1, config: { 'max.message.bytes': '100000' } },
    ]);
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map(({ stream }) => stream.close()));
  }

  record(key: string, text: string, headers: Record<string, string> = {}): OutgoingRecord {
    return { topic: this.topic, key, value: Buffer.from(text), headers };
  }

  /** Appends texts under keys: `'a:1'` is text `a:1` under key `a`. */
  async append(...texts: readonly string[]): Promise<void> {
    await this.stream.append(texts.map((text) => this.record(text.split(':')[0]!, text)));
  }

  async subscribe(
    handler: BatchHandler,
    options: Partial<SubscribeOptions> & { on?: ReplayableStream } = {},
  ): Promise<Subscription> {
    const { on = this.stream, ...rest } = options;
    return await on.subscribe({ group: this.group, topics: [this.topic], service: this.service, ...rest }, handler);
  }

  async lag(group = this.group): Promise<bigint> {
    const [entry] = await this.stream.lag(group, [this.topic]);
    return entry!.lag;
  }

  /** Waits until the group has committed everything. */
  async drained(): Promise<void> {
    await until('the group has committed everything', async () => (await this.lag()) === 0n);
  }

  /** Reads dead letters of this test until there are as many as expected. */
  async deadLetters(count: number): Promise<StreamRecord[]> {
    const letters: StreamRecord[] = [];
    const topics = [deadLetterTopic(this.service)];
    const subscription = await this.subscribe(async ({ records }) => void letters.push(...records), {
      group: `${this.group}-dead-letters`,
      topics,
    });
    await until(`${count} dead letters`, () => letters.length >= count);
    await subscription.stop();
    if (letters.length > count) throw new Error(`${letters.length} dead letters in place of ${count}`);
    return letters;
  }
}

/** How the parts of the suite reach the test that runs now. */
export interface Suite {
  readonly bench: () => StreamBench;
  readonly backend: () => StreamBackend;
}

/** Texts of a batch, in order. */
export function textsOf(batch: StreamBatch): string[] {
  return batch.records.map(({ value }) => String(value));
}

/** Numbers after the colon of the texts of one key, without repeats, in the order of their first appearance. */
export function firstNumbersOf(key: string, texts: readonly string[]): number[] {
  const own = texts.filter((text) => text.startsWith(`${key}:`)).map((text) => Number(text.split(':')[1]));
  return [...new Set(own)];
}

/** A door for tests: whoever waits passes once it is open. */
export class Gate {
  open: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}
