import type { Admin } from 'kafkajs';
import { AppError, describeError, StreamUnavailableError } from '@app/kernel';
import { kafkaClient, type KafkaConnection } from './client.js';

/** One administrative connection, opened at its first use and again after a failure. */
export class AdminClient {
  private current: Promise<Admin> | undefined;

  constructor(private readonly connection: KafkaConnection) {}

  /**
   * Runs work on the connection.
   *
   * @throws StreamUnavailableError when the cluster does not answer; our own errors pass
   */
  async run<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const opened = (this.current ??= this.open());
    try {
      return await work(await opened);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (this.current === opened) this.current = undefined;
      this.release(opened);
      throw new StreamUnavailableError(`The Kafka cluster did not answer (${describeError(error)})`, { cause: error });
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
