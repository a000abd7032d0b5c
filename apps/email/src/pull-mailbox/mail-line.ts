import { Lane } from './lane.js';

/** What is done with one batch of mails, step by step; each step has the result of the one before. */
export interface BatchSteps<Fetched, Parsed, Stored> {
  /** How much memory it will take, in bytes. */
  readonly sizeBytes: number;
  fetch(): Promise<Fetched>;
  read(fetched: Fetched): Promise<Parsed>;
  store(parsed: Parsed): Promise<Stored>;
  append(stored: Stored): Promise<void>;
  /** Notes that the batch is done. */
  save(): Promise<void>;
}

/** How much may be under way at once. A batch that is larger than `maxBytes` goes alone. */
export interface LineLimits {
  readonly maxBatches: number;
  readonly maxBytes: number;
}

/**
 * Takes batches through their steps so that every step works on a batch of its own: while one is appended, the next is
 * stored, the one after it read, and another fetched. Each step takes the batches in their order, and a batch is saved only
 * after it, and every one before it, was appended. After a failure at a step nothing later passes that step; what is ahead
 * of it goes on to its end.
 */
export class MailLine {
  private readonly connection = new Lane();
  private readonly reading = new Lane();
  private readonly storing = new Lane();
  private readonly appending = new Lane();
  private readonly saving = new Lane();
  private readonly underway: { readonly sizeBytes: number; readonly saved: Promise<void> }[] = [];
  private bytes = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly limits: LineLimits) {}

  /** Runs a command of the connection, which belongs to one command at a time. */
  async ask<T>(command: () => Promise<T>): Promise<T> {
    return await this.connection.run(Promise.resolve(), command);
  }

  /**
   * Takes a batch in, once there is room for it.
   *
   * @throws the error of the first batch that failed
   */
  async add<Fetched, Parsed, Stored>(steps: BatchSteps<Fetched, Parsed, Stored>): Promise<void> {
    const { sizeBytes } = steps;
    while (this.underway.length > 0 && !this.hasRoomFor(sizeBytes)) await this.underway[0]!.saved;
    this.throwFailure();
    const fetched = this.connection.run(Promise.resolve(), () => steps.fetch());
    const parsed = this.reading.run(fetched, (mails) => steps.read(mails));
    const stored = this.storing.run(parsed, (mails) => steps.store(mails));
    const appended = this.appending.run(stored, (mails) => steps.append(mails));
    const entry = { sizeBytes, saved: this.finish(this.saving.run(appended, () => steps.save())) };
    this.bytes += sizeBytes;
    this.underway.push(entry);
  }

  /**
   * Waits until nothing is under way.
   *
   * @throws the error of the first batch that failed
   */
  async end(): Promise<void> {
    while (this.underway.length > 0) await this.underway[0]!.saved;
    this.throwFailure();
  }

  private hasRoomFor(sizeBytes: number): boolean {
    return this.underway.length < this.limits.maxBatches && this.bytes + sizeBytes <= this.limits.maxBytes;
  }

  /** Batches end in their order, so the one that ends is the first. */
  private async finish(saved: Promise<void>): Promise<void> {
    try {
      await saved;
    } catch (error) {
      this.failure ??= { error };
    }
    this.bytes -= this.underway.shift()!.sizeBytes;
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
