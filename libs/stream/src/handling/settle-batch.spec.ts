import { PermanentRecordError, StoreUnavailableError } from '@app/kernel';
import type { BatchHandler, StreamBatch, StreamRecord } from '../stream.js';
import { settleBatch, type BuriedRecord, type SettleTools } from './settle-batch.js';

const record = (offset: number): StreamRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  key: 'k',
  value: Buffer.from(`${offset}`),
  headers: {},
  timestamp: new Date(0),
});
const batchOf = (count: number): StreamBatch => ({
  topic: 't',
  partition: 0,
  records: Array.from({ length: count }, (_, n) => record(n)),
});

/** Runs a batch on a clock that only the waits move. */
async function settle(count: number, handler: BatchHandler, bury?: SettleTools['bury']) {
  let now = 0;
  const buried: BuriedRecord[] = [];
  const result = await settleBatch(batchOf(count), {
    handler,
    bury: bury ?? (async (records) => void buried.push(...records)),
    clock: { now: () => new Date(now) },
    delay: async (ms) => void (now += ms),
  });
  return { result, buried, waited: now };
}

const offsets = (batch: StreamBatch): number[] => batch.records.map(({ offset }) => Number(offset));
const permanent = (): PermanentRecordError =>
  new PermanentRecordError('schema_invalid', 'secret words', { details: { at: 'x' } });

describe('settleBatch', () => {
  it('settles a batch that the handler takes, in one call', async () => {
    const calls: number[][] = [];
    const { result, buried } = await settle(5, async (batch) => void calls.push(offsets(batch)));
    expect(result).toEqual({ settled: 5 });
    expect(calls).toEqual([[0, 1, 2, 3, 4]]);
    expect(buried).toEqual([]);
  });

  it.each([0, 3, 6])(
    'finds culprit %i, buries it after three attempts and keeps the order of the others',
    async (bad) => {
      const done: number[] = [];
      const alone: number[] = [];
      const { result, buried, waited } = await settle(7, async (batch) => {
        if (batch.records.length === 1) alone.push(...offsets(batch));
        if (offsets(batch).includes(bad)) throw permanent();
        done.push(...offsets(batch));
      });
      expect(result).toEqual({ settled: 7 });
      expect(done).toEqual([0, 1, 2, 3, 4, 5, 6].filter((offset) => offset !== bad));
      expect(alone.filter((offset) => offset === bad)).toHaveLength(3);
      expect(waited).toBeLessThanOrEqual(10_000);
      expect(buried).toEqual([
        { record: record(bad), code: 'schema_invalid', detail: 'at=x', attempts: 3, firstFailedAt: new Date(0) },
      ]);
    },
  );

  it('keeps a record that fails at first only', async () => {
    let calls = 0;
    const { result, buried } = await settle(1, async () => {
      calls += 1;
      if (calls < 3) throw permanent();
    });
    expect({ result, buried, calls }).toEqual({ result: { settled: 1 }, buried: [], calls: 3 });
  });

  it('tries no longer than ten seconds', async () => {
    let now = 0;
    let calls = 0;
    const buried: number[] = [];
    await settleBatch(batchOf(1), {
      handler: async () => {
        calls += 1;
        now += 9_900;
        throw permanent();
      },
      bury: async (records) => void buried.push(records[0]!.attempts),
      clock: { now: () => new Date(now) },
      delay: async (ms) => void (now += ms),
    });
    expect({ calls, buried }).toEqual({ calls: 2, buried: [2] });
  });

  it('reports how far it came when a fault interrupts the halving', async () => {
    const fault = new StoreUnavailableError('away');
    const { result, buried } = await settle(8, async (batch) => {
      if (offsets(batch).includes(6)) throw batch.records.length > 2 ? permanent() : fault;
    });
    expect(result).toEqual({ settled: 6, fault });
    expect(buried).toEqual([]);
  });

  it.each([[undefined], ['text'], [new TypeError('x')]])('takes a thrown %s for a fault', async (thrown) => {
    const { result } = await settle(2, async () => {
      throw thrown;
    });
    expect(result).toEqual({ settled: 0, fault: thrown });
    expect('fault' in result).toBe(true);
  });

  it('does not settle what could not be buried', async () => {
    const away = new StoreUnavailableError('away');
    const refuse = async (): Promise<void> => {
      throw away;
    };
    const rejecting: BatchHandler = async ({ records }) => ({
      rejected: [{ record: records[1]!, code: 'decode_failed', detail: '' }],
    });
    expect((await settle(3, rejecting, refuse)).result).toEqual({ settled: 0, fault: away });
    const { result } = await settle(2, async () => Promise.reject(permanent()), refuse);
    expect(result).toEqual({ settled: 0, fault: away });
  });
});
