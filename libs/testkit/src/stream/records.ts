import { describe, expect, it } from '@jest/globals';
import { ConfigError, PermanentRecordError, StreamUnavailableError } from '@app/kernel';
import { partitionOf, type OutgoingRecord, type StreamRecord } from '@app/stream';
import { firstNumbersOf, type Suite } from './stream-bench.js';
import { until } from './until.js';

/** Topics, what a record keeps, and where it goes. */
export function describeRecords({ bench }: Suite): void {
  async function readAll(count: number): Promise<StreamRecord[]> {
    const seen: StreamRecord[] = [];
    await bench().subscribe(async ({ records }) => void seen.push(...records));
    await until(`${count} records`, () => seen.length >= count);
    return seen;
  }

  describe('topics', () => {
    it('are created once, by several processes at a time', async () => {
      const { topic, stream } = bench();
      const declaration = { name: `${topic}.other`, partitions: 3, config: { 'retention.ms': '60000' } };
      const others = [stream, bench().open().stream, bench().open().stream];
      await Promise.all(others.map((other) => other.ensureTopics([declaration])));
      await stream.ensureTopics([declaration]);
      expect(await stream.lag('nobody', [declaration.name])).toEqual([{ topic: declaration.name, lag: 0n }]);
    });

    it('are refused when they differ, each difference named', async () => {
      const { topic, stream } = bench();
      const differing = { name: topic, partitions: 5, config: { 'max.message.bytes': '9', 'retention.ms': '5000' } };
      const error: unknown = await stream.ensureTopics([differing]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigError);
      const { problems } = error as ConfigError;
      expect(problems).toHaveLength(3);
      for (const word of ['partitions', 'max.message.bytes', 'retention.ms']) {
        expect(problems.some((problem) => problem.startsWith(`${topic}: `) && problem.includes(word))).toBe(true);
      }
    });
  });

  describe('records', () => {
    it('keep bytes, key, headers and the order of their key, and lie where murmur2 says', async () => {
      const sent: OutgoingRecord[] = Array.from({ length: 60 }, (_, n) => ({
        ...bench().record(`khách-${n % 9}`, `khách-${n % 9}:${n}`),
        headers: (n % 2 === 0 ? {} : { ce_subject: 'Nguyễn Thị Ánh', trống: '' }) as Record<string, string>,
      }));
      sent.push({ ...bench().record('bytes', ''), value: Buffer.of(0, 255, 128) });
      await bench().stream.append(sent);
      const seen = await readAll(sent.length);
      for (const { key, value, headers } of sent) {
        const found = seen.find((record) => record.key === key && record.value!.equals(value!));
        expect(found?.headers).toEqual(headers);
        expect(found?.partition).toBe(partitionOf(Buffer.from(key), 4));
        expect(Math.abs(found!.timestamp.getTime() - Date.now())).toBeLessThan(60_000);
      }
      const texts = seen.map(({ value }) => String(value));
      for (let n = 0; n < 9; n += 1) {
        const numbers = firstNumbersOf(`khách-${n}`, texts);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
    });

    it('may be tombstones', async () => {
      await bench().stream.append([bench().record('a', 'old'), { ...bench().record('a', ''), value: null }]);
      expect((await readAll(2)).map(({ value }) => value?.toString() ?? null)).toEqual(['old', null]);
    });

    it('of one long call, and of many calls at once, keep their order', async () => {
      const long = Array.from({ length: 3_000 }, (_, n) => `a:${n}`);
      await bench().append(...long);
      await Promise.all(Array.from({ length: 500 }, (_, n) => bench().append(`b:${n}`)));
      const texts = (await readAll(3_500)).map(({ value }) => String(value));
      expect(firstNumbersOf('a', texts)).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
      expect(firstNumbersOf('b', texts)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    });

    it('that are too large, or of no topic, are refused without harm to those that travel with them', async () => {
      const { stream } = bench();
      const calls = [
        stream.append([bench().record('a', 'small'), bench().record('a', 'x'.repeat(20_001))]),
        stream.append([{ ...bench().record('a', 'x'), topic: 'omni.none.v1' }]),
        ...['1', '2', '3'].map((text) => stream.append([bench().record('a', text.repeat(9_000))])),
      ];
      const [large, unknown, ...good] = await Promise.allSettled(calls);
      const { reason } = large as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(PermanentRecordError);
      expect((reason as PermanentRecordError).code).toBe('too_large');
      expect((unknown as PromiseRejectedResult).reason).toBeInstanceOf(StreamUnavailableError);
      expect(good.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      expect((await readAll(3)).map(({ value }) => String(value)[0])).toEqual(['1', '2', '3']);
      expect(await bench().lag('nobody')).toBe(3n);
    });
  });
}
