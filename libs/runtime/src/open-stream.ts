import { requireSetting, type Config, type Logger, type Metrics } from '@app/kernel';
import { createLogStream } from '@app/persistence';
import { createKafkaStream, type Stream } from '@app/stream';

/** What {@link openStream} needs. */
export interface OpenStreamOptions {
  readonly config: Config;
  /** Shown by the broker or by PostgreSQL beside each connection. */
  readonly clientId: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The stream of a process: Kafka when `KAFKA_BROKERS` is set, else the log in PostgreSQL.
 *
 * @throws ConfigError when neither is configured
 */
export function openStream({ config, ...parts }: OpenStreamOptions): Stream {
  const brokers = (config.KAFKA_BROKERS ?? '').split(',').map((broker) => broker.trim());
  const named = brokers.filter((broker) => broker !== '');
  return named.length > 0
    ? createKafkaStream({ brokers: named, ...parts })
    : createLogStream({ url: requireSetting(config, 'DATABASE_URL'), ...parts });
}
