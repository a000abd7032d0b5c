/** How to start a broker. */
export interface BrokerOptions {
  /** Port of the clients' listener on 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Folder that keeps the data; a temporary one, removed by `stop`, when left out. */
  readonly dir?: string;
  /** Broker settings that win over the ones of settings.mjs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of the Java machine, in place of a small heap and the quick compiler. */
  readonly javaOptions?: readonly string[];
}

/** One running broker. It ends with the process that started it, even when that one is killed. */
export interface RunningBroker {
  /** `host:port` of the clients' listener; stays the same over restarts. */
  readonly brokers: string[];
  /** Process id of the Java machine; undefined while it is down. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Ends the server with SIGKILL and waits until it is gone; the data stays for `restart`. */
  kill9(): Promise<void>;
  /** Ends the server in good order if it runs, starts it on the same data and port and waits until it answers. */
  restart(): Promise<void>;
  /** Freezes the server (SIGSTOP): connections stay open and nothing answers. */
  pause(): void;
  /** Lets a frozen server go on (SIGCONT). */
  resume(): void;
  /** Ends the server and removes a temporary folder. May be called twice. */
  stop(): Promise<void>;
}

/** Version of Apache Kafka, as pom.xml pins it. */
export declare const KAFKA_VERSION: string;

/** Whether Java and, for the first start, Maven are there. */
export declare function kafkaAvailability(): { available: true } | { available: false; reason: string };

/**
 * Starts a single KRaft node and waits until it serves clients.
 *
 * @throws Error with the tail of the broker's log when it does not start
 */
export declare function startBroker(options?: BrokerOptions): Promise<RunningBroker>;
