import { describeError, type Metrics } from '@app/kernel';
import { measureLag } from '../handling/lag-meter.js';
import type { ReplayableStream, Stream, Subscription } from '../stream.js';
import { AdminClient } from './admin-client.js';
import { KafkaAppender } from './appender.js';
import type { KafkaConnection } from './client.js';
import { ensureTopics } from './ensure-topics.js';
import { lagOf } from './offsets.js';
import { resetOffsets } from './reset-offsets.js';
import { KafkaSubscription } from './subscription.js';
import { TopicCatalog } from './topic-catalog.js';

const REACHABLE_WITHIN_MS = 2_000;

/** What {@link createKafkaStream} needs. */
export interface KafkaStreamOptions extends KafkaConnection {
  readonly metrics?: Metrics;
  /** Copies of each new topic; three, or one for each broker when there are fewer, by default. */
  readonly replicationFactor?: number;
}

/**
 * The stream on Apache Kafka; guarantees as {@link Stream} states them. Opens no connection before its first use.
 *
 * Groups use the classic protocol of kafkajs: every rebalance stops all members for a moment.
 */
export function createKafkaStream(options: KafkaStreamOptions): ReplayableStream {
  const { logger, metrics } = options;
  const admin = new AdminClient(options);
  const catalog = new TopicCatalog(admin);
  const appender = new KafkaAppender(options, catalog);
  const stops = new Set<() => Promise<void>>();
  const append: Stream['append'] = (records, { timeoutMs } = {}) => appender.append(records, timeoutMs);
  const lag: Stream['lag'] = (group, topics) => admin.run((client) => lagOf(client, group, topics));

  return {
    append,
    lag,
    ensureTopics: (declarations) =>
      admin.run((client) => ensureTopics(client, declarations, options.replicationFactor)),
    async subscribe(subscribeOptions, handler): Promise<Subscription> {
      const parts = { producer: { append }, logger, metrics };
      const subscription = new KafkaSubscription(options, parts, subscribeOptions, handler);
      await subscription.start();
      const endMeter = measureLag({ lag, logger, metrics }, subscribeOptions);
      const stop = async (): Promise<void> => {
        stops.delete(stop);
        endMeter();
        await subscription.stop();
      };
      stops.add(stop);
      return { status: () => subscription.status(), stop };
    },
    resetOffsets: (group, topic, from) => admin.run((client) => resetOffsets(options, client, { group, topic, from })),
    isReachable: () => isReachable(admin),
    async close() {
      // Consumers first: a batch in hand may still append dead letters.
      await Promise.all([...stops].map((stop) => stop()));
      await appender.close();
      await admin.close().catch((error: unknown) => {
        logger.debug({ error: describeError(error) }, 'A connection did not end in good order');
      });
    },
  };
}

/** A false answer says only that the cluster did not describe itself in time. */
async function isReachable(admin: AdminClient): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), REACHABLE_WITHIN_MS);
  });
  const answer = admin
    .run((client) => client.describeCluster())
    .then(
      ({ brokers }) => brokers.length > 0,
      () => false,
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
