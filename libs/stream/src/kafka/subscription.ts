import { setTimeout as delay } from 'node:timers/promises';
import type { Batch, Consumer, EachBatchPayload, KafkaMessage, RetryOptions } from 'kafkajs';
import { describeError, StreamUnavailableError } from '@app/kernel';
import { BatchSettler, type BatchSettlerParts } from '../handling/batch-settler.js';
import type { BatchHandler, SubscribeOptions, Subscription, SubscriptionStatus } from '../stream.js';
import { kafkaClient, RETRY, type KafkaConnection } from './client.js';
import { toStreamRecord } from './record.js';

const HEARTBEAT_MS = 1_000;
/** A member that is silent for so long has lost its partitions. */
const SESSION_TIMEOUT_MS = 12_000;
/** Longest wait of a fetch without records; a partition that ends its pause waits no longer than this. */
const FETCH_WAIT_MS = 250;
const FETCH_BYTES_PER_PARTITION = 2 * 1_048_576;
const FETCH_BYTES = 16 * 1_048_576;
/**
 * A consumer outlives a broker's restart by about a quarter of a minute: it keeps its place in the group, while a new
 * one has to wait until the old one's session is over.
 */
const KEEP_RETRYING: RetryOptions = { ...RETRY, retries: 12, restartOnFailure: () => Promise.resolve(false) };
/** A member that has not got through for so long is not connected, whatever kafkajs still hopes for. */
const SILENT_AFTER_MS = 10_000;
const FIRST_REBUILD_MS = 300;
const START_WITHIN_MS = 30_000;
/** Leaving in good order takes less; without a broker there is nothing to leave. */
const LEAVE_WITHIN_MS = 5_000;
const LONGEST_REBUILD_MS = 15_000;

/**
 * A member of a Kafka consumer group.
 *
 * At least once, in order within a partition: the offset is committed after the handler's effects and dead letters are
 * durable. Nothing a handler throws reaches kafkajs. When kafkajs gives a consumer up, whatever its reason, another one
 * is built after a pause, and until it has joined the status says so.
 */
export class KafkaSubscription implements Subscription {
  private readonly settler: BatchSettler;
  private readonly resumes = new Map<string, NodeJS.Timeout>();
  private consumer: Consumer | undefined;
  private joined = false;
  private heardAt = 0;
  private stopped = false;
  private crash: string | undefined;
  /** Batches with the handler; they never reject. */
  private readonly inHand = new Set<Promise<unknown>>();
  private rebuilding: Promise<void> = Promise.resolve();
  private endRebuildPause: () => void = () => undefined;

  constructor(
    private readonly connection: KafkaConnection,
    parts: BatchSettlerParts,
    private readonly options: SubscribeOptions,
    handler: BatchHandler,
  ) {
    this.settler = new BatchSettler(parts, options, handler);
  }

  /** @throws StreamUnavailableError when the group cannot be joined for half a minute */
  async start(): Promise<void> {
    const end = Date.now() + START_WITHIN_MS;
    for (;;) {
      try {
        await this.join();
        return;
      } catch (error) {
        await this.discard();
        if (Date.now() > end || this.stopped) {
          this.stopped = true;
          throw new StreamUnavailableError(`Group ${this.options.group} was not joined (${describeError(error)})`, {
            cause: error,
          });
        }
        // A fresh broker is still loading its groups; kafkajs takes that for final.
        await this.rebuildPause(FIRST_REBUILD_MS);
      }
    }
  }

  status(): SubscriptionStatus {
    const crash = this.crash === undefined ? [] : [`${this.options.group}: ${this.crash}`];
    const connected = this.joined && Date.now() - this.heardAt < SILENT_AFTER_MS;
    return { connected, stalled: [...crash, ...this.settler.pauses.describe()] };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.endRebuildPause();
    await Promise.all([this.rebuilding, ...this.inHand]);
    await this.discard();
    this.joined = false;
    this.forgetPauses(() => false);
  }

  /** Builds a consumer and waits until it has joined. */
  private async join(): Promise<void> {
    const consumer = kafkaClient(this.connection, { retry: KEEP_RETRYING }).consumer({
      groupId: this.options.group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      maxBytes: FETCH_BYTES,
      allowAutoTopicCreation: false,
      // A consumer that failed is replaced by us, so that there is one way to recover.
      retry: KEEP_RETRYING,
    });
    this.consumer = consumer;
    const joined = this.watch(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.concurrency ?? 4,
      eachBatch: (payload) => this.work(payload),
    });
    await joined;
  }

  /** Follows a consumer; resolves at its first join and rejects when it is given up before. */
  private watch(consumer: Consumer): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        this.joined = true;
        this.heardAt = Date.now();
        const mine = new Set(
          Object.entries(payload.memberAssignment).flatMap(([topic, list]) => list.map((p) => `${topic}/${p}`)),
        );
        this.forgetPauses((partition) => mine.has(partition));
        resolve();
      });
      consumer.on(consumer.events.HEARTBEAT, () => {
        this.heardAt = Date.now();
        // It reads again, also when there is nothing to read.
        this.crash = undefined;
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        reject(payload.error);
        this.lost(consumer, payload.error);
      });
    });
    // Whoever joins looks at the outcome later than a crash may come.
    joined.catch(() => undefined);
    return joined;
  }

  private lost(consumer: Consumer, error: Error): void {
    if (this.consumer !== consumer) return;
    const wasJoined = this.joined;
    this.joined = false;
    this.crash = kindOf(error);
    const { group } = this.options;
    this.connection.logger.error({ group, error: describeError(error) }, 'A consumer ended; another one is built');
    if (this.stopped || !wasJoined) return;
    this.consumer = undefined;
    this.rebuilding = this.rebuild();
  }

  private async rebuild(): Promise<void> {
    for (let wait = FIRST_REBUILD_MS; !this.stopped; wait = Math.min(LONGEST_REBUILD_MS, wait * 2)) {
      await this.rebuildPause(wait);
      if (this.stopped) return;
      try {
        await this.join();
        return;
      } catch (error) {
        this.crash = kindOf(error);
        this.connection.logger.warn({ group: this.options.group, error: describeError(error) }, 'Joining failed');
        await this.discard();
      }
    }
  }

  private async rebuildPause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.endRebuildPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Leaves the group, unless the cluster does not answer: then the session's end does it. */
  private async discard(): Promise<void> {
    const consumer = this.consumer;
    this.consumer = undefined;
    if (consumer === undefined) return;
    const left = consumer.disconnect().catch((error: unknown) => {
      this.connection.logger.debug({ error: describeError(error) }, 'A consumer did not end in good order');
    });
    const late = new AbortController();
    await Promise.race([left, delay(LEAVE_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.inHand.add(work);
    try {
      return await work;
    } finally {
      this.inHand.delete(work);
    }
  }

  /** One fetched batch, handed over in chunks. Rejects only with errors of kafkajs itself. */
  private async work(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const size = this.options.maxBatchRecords ?? 1000;
    for (let from = 0; from < batch.messages.length; from += size) {
      if (this.stopped || !payload.isRunning() || payload.isStale()) return;
      const chunk = batch.messages.slice(from, from + size);
      const { settled, pause } = await this.settleWithHeartbeat(payload, chunk);
      if (settled > 0) await commit(payload, chunk[settled - 1]!);
      if (pause !== undefined) {
        this.pauseFetching(payload, pause.waitMs);
        return;
      }
      this.crash = undefined;
      await payload.heartbeat();
    }
  }

  /** kafkajs sends no heartbeat while a handler runs. */
  private async settleWithHeartbeat({ batch, heartbeat }: EachBatchPayload, chunk: readonly KafkaMessage[]) {
    const { topic, partition } = batch;
    const beat = setInterval(() => {
      heartbeat().catch((error: unknown) => {
        // A rebalance: the chunk in hand is finished, then the heartbeat after it reports the same.
        this.connection.logger.debug({ topic, partition, error: describeError(error) }, 'A heartbeat was refused');
      });
    }, HEARTBEAT_MS);
    try {
      const records = chunk.map((message) => toStreamRecord(topic, partition, message));
      return await this.track(this.settler.settle({ topic, partition, records }));
    } finally {
      clearInterval(beat);
    }
  }

  /** The partition waits; kafkajs fetches the unresolved records again afterwards. */
  private pauseFetching({ batch: { topic, partition }, pause }: EachBatchPayload, waitMs: number): void {
    const name = `${topic}/${partition}`;
    const resume = pause();
    clearTimeout(this.resumes.get(name));
    const timer = setTimeout(() => {
      this.resumes.delete(name);
      resume();
    }, waitMs);
    this.resumes.set(name, timer);
  }

  private forgetPauses(keep: (partition: string) => boolean): void {
    this.settler.pauses.keep(keep);
    for (const [name, timer] of this.resumes) {
      if (keep(name)) continue;
      // The partition may come back to this consumer one day, and must not be paused then.
      const [topic, partition] = splitName(name);
      this.consumer?.resume([{ topic, partitions: [partition] }]);
      clearTimeout(timer);
      this.resumes.delete(name);
    }
  }
}

/** Commits up to a record; the last one of a batch takes the control records behind it along. */
async function commit({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload, last: KafkaMessage) {
  resolveOffset(last.offset);
  const end = isLast(batch, last) ? batch.lastOffset() : last.offset;
  const offset = String(BigInt(end) + 1n);
  // `consumer.commitOffsets` would end the consumer for ever when a rebalance is under way.
  await commitOffsetsIfNecessary({
    topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
  });
}

const isLast = (batch: Batch, message: KafkaMessage): boolean => batch.messages.at(-1) === message;

function splitName(name: string): [string, number] {
  const at = name.lastIndexOf('/');
  return [name.slice(0, at), Number(name.slice(at + 1))];
}

/** Kind of the deepest cause: the outer ones only say that retries ended. */
function kindOf(error: unknown): string {
  const { cause, type, name } = (error ?? {}) as { cause?: unknown; type?: string; name?: string };
  return cause === undefined ? (type ?? name ?? 'unknown') : kindOf(cause);
}
