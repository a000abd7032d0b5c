import { kafkaAvailability as localAvailability, startBroker, type BrokerOptions } from '../../tools/kafka/broker.mjs';

/** A broker for tests: one of our own, or the one that `KAFKA_BROKERS` names. */
export interface KafkaBroker {
  /** `host:port` list; stays the same over restarts. */
  readonly brokers: string[];
  /** Process id of our own broker; undefined while it is down and for a broker that is not ours. */
  readonly pid: number | undefined;
  /** True for the broker of `KAFKA_BROKERS`: kill9, restart, pause and resume throw there. */
  readonly external: boolean;
  /** Ends the server with SIGKILL; the data stays for `restart`. */
  kill9(): Promise<void>;
  /** Starts the server again (after an orderly end if it runs) on the same data and port; waits until it answers. */
  restart(): Promise<void>;
  /** Freezes the server (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  /** Lets a frozen server go on (SIGCONT). */
  resume(): void;
  /** Ends our own server and removes its data; does nothing to a broker that is not ours. */
  stop(): Promise<void>;
}

/** Whether {@link startKafkaBroker} can work here; `reason` is a sentence for the skipped test. */
export function kafkaAvailability(): { available: true } | { available: false; reason: string } {
  return externalBrokers().length > 0 ? { available: true } : localAvailability();
}

/**
 * Gives a real Apache Kafka broker: that of `KAFKA_BROKERS` (comma separated) when set, else a single node started
 * from tools/kafka. The first start on a machine downloads the jars. `options` do not reach a broker of others.
 *
 * @throws Error that says what is missing, or with the tail of the broker's log
 */
export async function startKafkaBroker(options: BrokerOptions = {}): Promise<KafkaBroker> {
  const brokers = externalBrokers();
  if (brokers.length > 0) return externalBroker(brokers);
  return Object.assign(await startBroker(options), { external: false });
}

function externalBrokers(): string[] {
  const named = process.env['KAFKA_BROKERS'] ?? '';
  return named
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
}

function refuse(): never {
  throw new Error('The broker of KAFKA_BROKERS is not ours to end; unset KAFKA_BROKERS for this test.');
}

function externalBroker(brokers: string[]): KafkaBroker {
  return {
    brokers,
    pid: undefined,
    external: true,
    kill9: async () => refuse(),
    restart: async () => refuse(),
    pause: refuse,
    resume: refuse,
    stop: async () => undefined,
  };
}
