import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { AppError, describeError, StreamUnavailableError } from '@app/kernel';
import { kafkaClient, type KafkaConnection } from './client.js';

const ATTEMPTS = 8;
const PAUSE_MS = 100;

/** One administrative connection, opened at its first use and again after a failure. */
export class AdminClient {
  private current: Promise<Admin> | undefined;

  constructor(private readonly connection: KafkaConnection) {}

  /**
   * Runs work that may be repeated. It is, for a while, when the cluster says that it is not ready: groups are loading,
   * a new topic has no leader yet.
   *
   * @throws StreamUnavailableError when the cluster does not answer; our own errors pass
   */
  async run<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const isFresh = this.current === undefined;
      const opened = (this.current ??= this.open());
      try {
        return await work(await opened);
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (isPassing(error) && attempt < ATTEMPTS) {
          await delay(PAUSE_MS * attempt);
          continue;
        }
        if (this.current === opened) this.current = undefined;
        this.release(opened);
        // A connection that rested may have died meanwhile, which says nothing about the cluster.
        if (!isFresh && attempt < ATTEMPTS) continue;
        throw new StreamUnavailableError(`The Kafka cluster did not answer (${describeError(error)})`, {
          cause: error,
        });
      }
    }
  }

  async close(): Promise<void> {
    const opened = this.current;
    this.current = undefined;
    if (opened !== undefined) await (await opened).disconnect();
  }

  private async open(): Promise<Admin> {
    const admin = kafkaClient(this.connection).admin();
    await admin.connect();
    return admin;
  }

  /** Ends a connection that failed, beside the caller: kafkajs waits for its open requests first. */
  private release(opened: Promise<Admin>): void {
    opened
      .then((admin) => admin.disconnect())
      .catch((error: unknown) =>
        this.connection.logger.debug({ error: describeError(error) }, 'A broken connection did not end in good order'),
      );
  }
}

/**
 * An answer of the cluster that says "not yet"; connections have their own retries. kafkajs forgets what it knew of the
 * cluster when a connection breaks, and a question in that moment fails with a TypeError of its own.
 */
function isPassing(error: unknown): boolean {
  const { type, retriable, name, message } = (error ?? {}) as Partial<
    Record<'type' | 'retriable' | 'name' | 'message', unknown>
  >;
  if (name === 'TypeError') return /'(topicMetadata|brokers)'/.test(String(message));
  return typeof type === 'string' && retriable === true;
}
