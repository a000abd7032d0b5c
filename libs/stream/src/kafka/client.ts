import { Kafka, logLevel, type ISocketFactory, type KafkaConfig, type LogEntry, type RetryOptions } from 'kafkajs';
import type { Logger } from '@app/kernel';
import { quietRequestQueue } from './quiet-request-queue.js';
import { encodeRecordsInOnePass } from './record-encoding.js';

quietRequestQueue();
encodeRecordsInOnePass();

/** How a process reaches its brokers. */
export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learned from them. */
  readonly brokers: string[];
  /** Shown by the brokers beside each connection. */
  readonly clientId: string;
  readonly logger: Logger;
  /** Opens the connections in place of the default, for example through a proxy. */
  readonly socketFactory?: ISocketFactory;
}

/** Longest wait for one answer of a broker. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Said explicitly: without it kafkajs chooses by `NODE_ENV`. About 5 s in all. */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_500,
  factor: 0.2,
  multiplier: 2,
  retries: 6,
};

/** A client of its own for each use: in-flight limits and connections are not shared. */
export function kafkaClient(connection: KafkaConnection, extra: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    brokers: connection.brokers,
    clientId: connection.clientId,
    socketFactory: connection.socketFactory,
    connectionTimeout: 3_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => logEntry(connection.logger, entry),
    ...extra,
  });
}

/** The client repeats itself while a broker is away, so its own lines are for debugging; ours say what it means. */
function logEntry(logger: Logger, { namespace, log }: LogEntry): void {
  logger.debug({ kafka: namespace }, log.message);
}
