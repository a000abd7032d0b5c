import { describeError, type Logger, type Metrics } from '@app/kernel';
import { measureLag, type ReplayableStream, type Stream, type Subscription, type TopicLag } from '@app/stream';
import { Database } from '../database.js';
import { LogAppender } from './appender.js';
import { resetOffsets } from './reset-offsets.js';
import { tidyTopic } from './retention.js';
import { LogSubscription } from './subscription.js';
import { LogTopics } from './topics.js';

const TIDY_EVERY_MS = 10 * 60_000;
const REACHABLE_WITHIN_MS = 2_000;

/** What {@link createLogStream} needs. */
export interface LogStreamOptions {
  /** Connection string of a database whose migrations have run. */
  readonly url: string;
  readonly logger: Logger;
  /** Shown by PostgreSQL as the name of the connections. */
  readonly clientId: string;
  readonly metrics?: Metrics;
}

/**
 * The stream as an append-only log in PostgreSQL; guarantees as {@link Stream} states them.
 *
 * It opens a pool of its own, one session for appends and one for each subscription. Call `close` to end them.
 */
export function createLogStream({ url, logger, clientId, metrics }: LogStreamOptions): ReplayableStream {
  const database = Database.connect(url, { applicationName: clientId });
  const topics = new LogTopics(database);
  const appender = new LogAppender(database, topics);
  const stops = new Set<() => Promise<void>>();
  const stopTidying = tidyRegularly(database, topics, logger);
  const append: Stream['append'] = (records, { timeoutMs } = {}) => appender.append(records, timeoutMs);
  const lag: Stream['lag'] = (group, names) => lagOf(database, group, names);

  return {
    append,
    lag,
    ensureTopics: (declarations) => topics.ensure(declarations),
    async subscribe(options, handler): Promise<Subscription> {
      const parts = { database, topics, logger, metrics, producer: { append } };
      const subscription = new LogSubscription(parts, options, handler);
      await subscription.start();
      const endMeter = measureLag({ lag, logger, metrics }, options);
      const stop = async (): Promise<void> => {
        stops.delete(stop);
        endMeter();
        await subscription.stop();
      };
      stops.add(stop);
      return { status: () => subscription.status(), stop };
    },
    resetOffsets: (group, topic, from) => resetOffsets(database, { group, topic, from }),
    isReachable: () => isReachable(database),
    async close() {
      await stopTidying();
      // Subscriptions first: a batch in hand may still append dead letters.
      await Promise.all([...stops].map((stop) => stop()));
      await appender.close();
      await database.close();
    },
  };
}

/** Whether the database answers soon; a silent one counts as away. */
async function isReachable(database: Database): Promise<boolean> {
  const answer = database.query('SELECT 1').then(
    () => true,
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), REACHABLE_WITHIN_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function lagOf(database: Database, group: string, names: readonly string[]): Promise<readonly TopicLag[]> {
  const rows = await database.query<{ topic: string; lag: string }>(
    `SELECT t.name AS topic, sum(p.next_offset - greatest(coalesce(c.committed, 0), p.first_offset)) AS lag
     FROM log_topic t JOIN log_partition p ON p.topic_id = t.id
     LEFT JOIN log_consumer c ON c.group_name = $1 AND c.topic_id = t.id AND c.partition = p.partition
     WHERE t.name = ANY($2) GROUP BY t.name ORDER BY t.name`,
    [group, names],
  );
  return rows.map(({ topic, lag }) => ({ topic, lag: BigInt(lag) }));
}

function tidyRegularly(database: Database, topics: LogTopics, logger: Logger): () => Promise<void> {
  let pass: Promise<void> = Promise.resolve();
  const tidy = async (): Promise<void> => {
    try {
      for (const topic of await topics.all()) await tidyTopic(database, topic);
    } catch (error) {
      logger.warn({ error: describeError(error) }, 'Removing old records failed; the next pass tries again');
    }
  };
  const timer = setInterval(() => {
    pass = pass.then(tidy);
  }, TIDY_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await pass;
  };
}
