import { jest } from '@jest/globals';
import { PermanentRecordError, StreamUnavailableError } from '@app/kernel';
import type { OutgoingRecord } from '../stream.js';
import { AppendQueue, type AppendLimits, type AppendTarget } from './append-queue.js';

const record = (text: string, topic = 't'): OutgoingRecord => ({
  topic,
  key: 'k',
  value: Buffer.from(text),
  headers: {},
});

/** Target whose sends end when the test says so. */
class ManualTarget implements AppendTarget {
  readonly sent: string[][] = [];
  away = false;
  private ends: ((error?: Error) => void)[] = [];

  async ready(): Promise<void> {
    if (this.away) throw new Error('away');
  }
  refusal(records: readonly OutgoingRecord[]): Error | undefined {
    const bad = records.some(({ value }) => String(value) === 'refused');
    return bad ? new PermanentRecordError('too_large', 'refused') : undefined;
  }
  limitOf(topic: string): number {
    return topic === 'narrow' ? 100 : 10_000;
  }
  send(records: readonly OutgoingRecord[]): Promise<void> {
    this.sent.push(records.map(({ value }) => String(value)));
    return new Promise((resolve, reject) => this.ends.push((error) => (error ? reject(error) : resolve())));
  }
  async finish(error?: Error): Promise<void> {
    this.ends.shift()?.(error);
    await settle();
  }
}

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

describe('AppendQueue', () => {
  let target: ManualTarget;
  const limits: AppendLimits = { batchRecords: 4, queuedRecords: 10, queuedBytes: 5_000 };
  let queue: AppendQueue;
  /** Appends and tells how the call ended so far. */
  function append(...records: OutgoingRecord[]): { outcome: string } {
    const call = { outcome: 'waits' };
    queue.append(records, 1_000).then(
      () => (call.outcome = 'stored'),
      (error: Error) => (call.outcome = error.name),
    );
    return call;
  }

  beforeEach(() => {
    jest.useFakeTimers();
    target = new ManualTarget();
    queue = new AppendQueue(target, limits);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gathers what arrives during a send, in order, one send at a time', async () => {
    const calls = [append(record('1')), append(record('2'))];
    await settle();
    calls.push(append(record('3')), append(record('4')));
    await settle();
    expect(target.sent).toEqual([['1', '2']]);
    expect(calls.map(({ outcome }) => outcome)).toEqual(['waits', 'waits', 'waits', 'waits']);
    await target.finish();
    expect(calls.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'waits', 'waits']);
    expect(target.sent).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('splits a call that is larger than a batch, and answers it at its end', async () => {
    const call = append(...['1', '2', '3', '4', '5', '6'].map((text) => record(text)));
    await settle();
    await target.finish();
    expect(call.outcome).toBe('waits');
    await target.finish();
    expect(call.outcome).toBe('stored');
    expect(target.sent).toEqual([
      ['1', '2', '3', '4'],
      ['5', '6'],
    ]);
  });

  it('keeps the bytes of each topic within its limit', async () => {
    append(record('x'.repeat(60), 'narrow'), record('y'.repeat(60), 'narrow'));
    append(record('wide'));
    await settle();
    expect(target.sent).toEqual([['x'.repeat(60)]]);
  });

  it('refuses one call without harm to those beside it', async () => {
    const [good, bad, other] = [append(record('1')), append(record('refused')), append(record('2'))];
    await settle();
    await target.finish();
    expect([good, bad, other].map(({ outcome }) => outcome)).toEqual(['stored', 'PermanentRecordError', 'stored']);
    expect(target.sent).toEqual([['1', '2']]);
  });

  it('withdraws a call that was not sent in time', async () => {
    const first = append(record('1'));
    await settle();
    const second = append(record('2'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([first.outcome, second.outcome]).toEqual(['StreamUnavailableError', 'StreamUnavailableError']);
    await target.finish();
    const third = append(record('3'));
    await settle();
    await target.finish();
    expect(third.outcome).toBe('stored');
    expect(target.sent).toEqual([['1'], ['3']]);
  });

  it('fails the calls of a failed send, whole, and sends the others', async () => {
    const long = append(...['1', '2', '3', '4', '5'].map((text) => record(text)));
    const next = append(record('6'));
    await settle();
    await target.finish(new Error('fenced'));
    await target.finish();
    expect([long.outcome, next.outcome]).toEqual(['StreamUnavailableError', 'stored']);
    expect(target.sent).toEqual([['1', '2', '3', '4'], ['6']]);
  });

  it('holds calls while the target is away, and sends them when it is back', async () => {
    target.away = true;
    const [call, late] = [append(record('1')), append(record('2'))];
    await jest.advanceTimersByTimeAsync(500);
    expect(target.sent).toEqual([]);
    target.away = false;
    await jest.advanceTimersByTimeAsync(200);
    await target.finish();
    expect([call.outcome, late.outcome]).toEqual(['stored', 'stored']);
  });

  it('refuses calls when too many records or bytes wait', async () => {
    append(record('1'));
    await settle();
    append(...Array.from({ length: 10 }, () => record('2')));
    await expect(queue.append([record('3')], 1_000)).rejects.toBeInstanceOf(StreamUnavailableError);
    await target.finish();
    await target.finish();
    await target.finish();
    await target.finish();
    append(record('4'));
    await settle();
    append(record('x'.repeat(4_000)));
    await expect(queue.append([record('y'.repeat(4_000))], 1_000)).rejects.toBeInstanceOf(StreamUnavailableError);
  });

  it('becomes idle when every call is settled', async () => {
    const state = { idle: false };
    append(record('1'));
    void queue.idle().then(() => (state.idle = true));
    await settle();
    expect(state.idle).toBe(false);
    await target.finish();
    expect(state.idle).toBe(true);
  });
});
