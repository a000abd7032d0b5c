import { CompressionTypes, type Message, type PartitionerArgs, type Producer } from 'kafkajs';
import { describeError, StreamUnavailableError } from '@app/kernel';
import { AppendQueue, type AppendTarget } from '../append/append-queue.js';
import { partitionOf } from '../append/partitioner.js';
import type { OutgoingRecord } from '../stream.js';
import { kafkaClient, RETRY, type KafkaConnection } from './client.js';
import type { TopicCatalog } from './topic-catalog.js';

const DEFAULT_TIMEOUT_MS = 10_000;
/** A send that takes longer is given up together with its producer and its sockets. */
const SEND_LIMIT_MS = 20_000;
const LIMITS = { batchRecords: 2_000, queuedRecords: 50_000, queuedBytes: 64 * 1_048_576 };

/**
 * Appends to Kafka through one idempotent producer with one request in flight.
 *
 * After *any* failed send the producer is replaced. The broker may have stored what it did not acknowledge, and kafkajs
 * numbers the next batch with the same sequence: a batch of equal length would pass for a repeat and be acknowledged
 * without being stored.
 */
export class KafkaAppender {
  private readonly queue: AppendQueue;
  private readonly unknown = new Set<string>();
  private producer: Producer | undefined;
  private closed = false;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly topics: TopicCatalog,
  ) {
    const target: AppendTarget = {
      ready: () => this.ready(),
      refusal: (records) => this.topics.refusal(records),
      // All of a topic's records may fall into one partition, which takes them as one batch.
      limitOf: (topic) => this.topics.limitOf(topic),
      send: (records) => this.send(records),
    };
    this.queue = new AppendQueue(target, LIMITS);
  }

  /** As {@link StreamProducer.append}. */
  append(records: readonly OutgoingRecord[], timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    if (this.closed) return Promise.reject(new StreamUnavailableError('The stream is closed'));
    for (const { topic } of records) if (!this.topics.knows(topic)) this.unknown.add(topic);
    return this.queue.append(records, timeoutMs);
  }

  /** Waits for the calls under way and disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    await this.queue.idle();
    await this.producer?.disconnect();
  }

  private async ready(): Promise<void> {
    try {
      if (this.unknown.size > 0) {
        const names = [...this.unknown];
        this.unknown.clear();
        await this.topics.learn(names).catch((error: unknown) => {
          for (const name of names) this.unknown.add(name);
          throw error;
        });
      }
      this.producer ??= await this.connect();
    } catch (error) {
      this.connection.logger.warn({ error: describeError(error) }, 'The Kafka cluster is away; records wait');
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    const producer = kafkaClient(this.connection, { retry: RETRY }).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRY,
      createPartitioner: () => choosePartition,
    });
    await producer.connect();
    return producer;
  }

  private async send(records: readonly OutgoingRecord[]): Promise<void> {
    const producer = this.producer!;
    try {
      await withinLimit(
        producer.sendBatch({ acks: -1, compression: CompressionTypes.None, topicMessages: byTopic(records) }),
      );
    } catch (error) {
      this.connection.logger.warn({ error: describeError(error) }, 'A send to Kafka failed; the producer is replaced');
      this.discard(producer);
      throw error;
    }
  }

  /** Ends the producer beside the callers: kafkajs waits for its open requests first. */
  private discard(producer: Producer): void {
    this.producer = undefined;
    producer
      .disconnect()
      .catch((error: unknown) =>
        this.connection.logger.debug({ error: describeError(error) }, 'A producer did not end in good order'),
      );
  }
}

function choosePartition({ partitionMetadata, message }: PartitionerArgs): number {
  return partitionOf(message.key as Buffer, partitionMetadata.length);
}

function byTopic(records: readonly OutgoingRecord[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of records) {
    let messages = topics.get(topic);
    if (messages === undefined) topics.set(topic, (messages = []));
    messages.push({ key: Buffer.from(key), value, headers });
  }
  return Array.from(topics, ([topic, messages]) => ({ topic, messages }));
}

async function withinLimit(send: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No acknowledgement within ${SEND_LIMIT_MS} ms`)), SEND_LIMIT_MS);
  });
  try {
    await Promise.race([send, late]);
  } finally {
    clearTimeout(timer);
  }
}
