import { describeError, StreamUnavailableError } from '@app/kernel';
import type { OutgoingRecord } from '../stream.js';
import { recordSize } from './record-size.js';

/** Where batches go. One `send` is under way at a time. */
export interface AppendTarget {
  /** Waits until a send is likely to succeed; a rejection lets the queue try again after a pause. */
  ready(): Promise<void>;
  /**
   * Decides about one call before it is queued, so that it cannot hurt those that travel with it.
   *
   * @returns undefined when the call may be sent
   */
  refusal(records: readonly OutgoingRecord[]): Error | undefined;
  /** Most bytes of one topic's records in one send. */
  limitOf(topic: string): number;
  /** Resolves when all are durable; rejects when nobody knows. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
}

/** Bounds of an {@link AppendQueue}. */
export interface AppendLimits {
  /** Most records of one send. */
  readonly batchRecords: number;
  /** Most records and bytes that wait; a call beyond them is refused at once. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
}

interface Call {
  readonly records: readonly OutgoingRecord[];
  readonly sizes: readonly number[];
  /** Records taken into a batch so far; a call may be larger than a batch. */
  taken: number;
  settled: boolean;
  readonly settle: (error?: Error) => void;
}

const READY_PAUSE_MS = 100;

/** Records of one send. */
class Batch {
  readonly records: OutgoingRecord[] = [];
  readonly touched: Call[] = [];
  private readonly bytes = new Map<string, number>();

  constructor(
    private readonly target: AppendTarget,
    private readonly maxRecords: number,
  ) {}

  /** Takes as many records of the call as fit; a record that is alone always fits. */
  add(call: Call): void {
    const before = call.taken;
    while (call.taken < call.records.length && this.records.length < this.maxRecords) {
      const record = call.records[call.taken]!;
      const taken = this.bytes.get(record.topic) ?? 0;
      const bytes = taken + call.sizes[call.taken]!;
      if (taken > 0 && bytes > this.target.limitOf(record.topic)) break;
      this.bytes.set(record.topic, bytes);
      this.records.push(record);
      call.taken += 1;
    }
    if (call.taken > before) this.touched.push(call);
  }
}

/**
 * Gathers the calls of many callers while a send is under way and sends them as one batch, without lingering.
 *
 * One send at a time keeps the order of the calls. A call that was not taken when its time is over is withdrawn.
 */
export class AppendQueue {
  private calls: Call[] = [];
  private queuedRecords = 0;
  private queuedBytes = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly target: AppendTarget,
    private readonly limits: AppendLimits,
  ) {}

  /**
   * As {@link StreamProducer.append}.
   *
   * @throws StreamUnavailableError when the time is over, the queue is full or the send failed
   */
  append(records: readonly OutgoingRecord[], timeoutMs: number): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const sizes = records.map(recordSize);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (this.isFull(records.length, bytes)) {
        reject(new StreamUnavailableError('Too many records wait for the broker'));
        return;
      }
      const timer = setTimeout(() => this.withdraw(call, timeoutMs), timeoutMs);
      const settle = (error?: Error): void => {
        if (call.settled) return;
        call.settled = true;
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error);
      };
      const call: Call = { records, sizes, taken: 0, settled: false, settle };
      this.calls.push(call);
      this.queuedRecords += records.length;
      this.queuedBytes += bytes;
      this.running ??= this.drain();
    });
  }

  /** Waits until every call is settled. */
  async idle(): Promise<void> {
    await this.running;
  }

  private isFull(records: number, bytes: number): boolean {
    if (this.calls.length === 0) return false;
    return (
      this.queuedRecords + records > this.limits.queuedRecords || this.queuedBytes + bytes > this.limits.queuedBytes
    );
  }

  private withdraw(call: Call, timeoutMs: number): void {
    this.remove(call);
    call.settle(new StreamUnavailableError(`The stream did not answer within ${timeoutMs} ms`));
  }

  private async drain(): Promise<void> {
    // The end of this turn of the event loop: what arrived on other sockets meanwhile travels along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.calls.length > 0) await this.step();
    this.running = undefined;
  }

  private async step(): Promise<void> {
    try {
      await this.target.ready();
    } catch {
      // The target has said why; the calls wait until their own time is over.
      await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
      return;
    }
    const { records, touched } = this.take();
    if (records.length === 0) return;
    try {
      await this.target.send(records);
      for (const call of touched) if (call.taken === call.records.length) call.settle();
    } catch (error) {
      const failure = new StreamUnavailableError(`The stream did not take the records (${describeError(error)})`, {
        cause: error,
      });
      for (const call of touched) {
        this.remove(call);
        call.settle(failure);
      }
    }
  }

  /** The oldest records that fit into one batch, and the calls they belong to. */
  private take(): Batch {
    const batch = new Batch(this.target, this.limits.batchRecords);
    let done = 0;
    for (const call of this.calls) {
      const refusal = call.taken === 0 ? this.target.refusal(call.records) : undefined;
      const before = call.taken;
      if (refusal === undefined) batch.add(call);
      else call.taken = call.records.length;
      this.forget(call, before, call.taken);
      if (refusal !== undefined) call.settle(refusal);
      if (call.taken < call.records.length) break;
      done += 1;
    }
    this.calls.splice(0, done);
    return batch;
  }

  private remove(call: Call): void {
    const place = this.calls.indexOf(call);
    if (place === -1) return;
    this.calls.splice(place, 1);
    this.forget(call, call.taken, call.records.length);
  }

  private forget(call: Call, from: number, to: number): void {
    this.queuedRecords -= to - from;
    for (let at = from; at < to; at += 1) this.queuedBytes -= call.sizes[at]!;
  }
}
