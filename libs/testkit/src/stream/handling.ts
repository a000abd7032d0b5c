import { describe, expect, it } from '@jest/globals';
import { PermanentRecordError, StoreUnavailableError } from '@app/kernel';
import { partitionOf } from '@app/stream';
import { textsOf, type Suite } from './stream-bench.js';
import { until } from './until.js';

/** What happens with a handler's outcome. */
export function describeHandling({ bench }: Suite): void {
  /** Two keys of different partitions. */
  function twoKeys(): [string, string] {
    const place = (key: string): number => partitionOf(Buffer.from(key), 4);
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    return [keys[0]!, keys.find((key) => place(key) !== place(keys[0]!))!];
  }

  describe('a handler', () => {
    it('gets the same records again after a passing fault; other partitions go on meanwhile', async () => {
      const [bad, good] = twoKeys();
      await bench().append(`${bad}:1`, `${bad}:2`);
      const calls: string[][] = [];
      const state = { failing: true };
      const subscription = await bench().subscribe(async (batch) => {
        calls.push(textsOf(batch));
        if (state.failing && batch.records[0]!.key === bad) throw new StoreUnavailableError('away');
      });
      await until('the partition waits', () => subscription.status().stalled.length === 1);
      expect(subscription.status().stalled[0]).toMatch(/^omni\.test\.t\d+\.v1\/\d: store_unavailable$/);
      await bench().append(`${good}:1`);
      await until('the other partition goes on', () => calls.some(([text]) => text === `${good}:1`));
      expect(await bench().lag()).toBeGreaterThanOrEqual(2n);
      state.failing = false;
      await bench().drained();
      const others = calls.filter(([text]) => text !== `${good}:1`);
      expect(others.length).toBeGreaterThan(1);
      expect(others.every((texts) => texts.join() === `${bad}:1,${bad}:2`)).toBe(true);
      expect(subscription.status()).toEqual({ connected: true, stalled: [] });
    });

    it.each([
      ['TypeError', new TypeError('x is not a function')],
      ['RangeError', new RangeError('out of range')],
      ['a string', 'thrown text'],
      ['undefined', undefined],
    ])('that throws %s skips nothing, says so, and goes on when it is mended', async (_, thrown) => {
      await bench().append('a:1');
      const state = { failing: true };
      const seen: string[] = [];
      const subscription = await bench().subscribe(async (batch) => {
        if (state.failing) throw thrown;
        seen.push(...textsOf(batch));
      });
      await until('the status says so', () =>
        subscription.status().stalled.some((line) => line.endsWith(': internal')),
      );
      expect(await bench().lag()).toBe(1n);
      state.failing = false;
      await bench().append('a:2');
      await bench().drained();
      expect(seen).toEqual(['a:1', 'a:2']);
    });

    it('loses only the record that fails for its own sake, which becomes a dead letter as it was', async () => {
      const poison = Buffer.of(0xff, 0x00, 0xfe);
      const headers = { ce_type: 'omni.inbound.message', ghi_chú: 'tiếng Việt', trống: '' };
      const texts = Array.from({ length: 9 }, (_, n) => `a:${n}`);
      const records = texts.map((text) => bench().record('a', text));
      records.splice(5, 0, { ...bench().record('a', ''), value: poison, headers });
      await bench().stream.append(records);
      const seen: string[] = [];
      let attempts = 0;
      await bench().subscribe(async (batch) => {
        const bad = batch.records.some(({ value }) => value!.equals(poison));
        if (bad && batch.records.length === 1) attempts += 1;
        if (bad) throw new PermanentRecordError('decode_failed', 'quotes the record', { details: { byte: 2 } });
        seen.push(...textsOf(batch));
      });
      await bench().drained();
      expect(seen).toEqual(texts);
      expect(attempts).toBe(3);
      const [letter] = await bench().deadLetters(1);
      expect(letter).toMatchObject({ key: 'a', value: poison });
      expect(letter!.headers).toEqual({
        ...headers,
        dlq_service: bench().service,
        dlq_service_version: 'unversioned',
        dlq_origin_topic: bench().topic,
        dlq_origin_partition: String(partitionOf(Buffer.from('a'), 4)),
        dlq_origin_offset: '5',
        dlq_origin_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        dlq_error_code: 'decode_failed',
        dlq_error_detail: 'byte=2',
        dlq_attempts: '3',
        dlq_first_failed_at: expect.any(String),
        dlq_failed_at: expect.any(String),
        dlq_replay_count: '0',
      });
    });

    it('may reject records, which become dead letters before the offset moves', async () => {
      await bench().append('a:1', 'a:2', 'a:3');
      let calls = 0;
      await bench().subscribe(async (batch) => {
        calls += 1;
        return {
          rejected: batch.records
            .filter(({ value }) => String(value) !== 'a:2')
            .map((record) => ({ record, code: 'schema_invalid' as const, detail: 'ô trống' })),
        };
      });
      await bench().drained();
      const letters = await bench().deadLetters(2);
      expect(calls).toBe(1);
      expect(letters.map(({ value }) => String(value))).toEqual(['a:1', 'a:3']);
      expect(letters[0]!.headers).toMatchObject({ dlq_error_code: 'schema_invalid', dlq_error_detail: 'ô trống' });
    });
  });
}
