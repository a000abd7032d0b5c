import { createRequire } from 'node:module';
import { recordSize } from './record-size.js';

/** kafkajs's own encoder of message format 2. */
const encodeRecord = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (record: {
  offsetDelta: number;
  timestampDelta: number;
  key: Buffer;
  value: Buffer | null;
  headers: Record<string, string>;
}) => { size(): number };

describe('recordSize', () => {
  it.each([
    ['nothing', '', null, {}],
    ['Vietnamese text', 'khoá', Buffer.from('Xin chào'), { ghi_chú: 'tiếng Việt', trống: '' }],
    ['a large value', 'k', Buffer.alloc(300_000), { a: 'b'.repeat(70_000) }],
    ['many headers', 'k', Buffer.alloc(0), Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`h${n}`, 'x']))],
  ])('is not below what the encoder makes of %s, nor far above', (_, key, value, headers: Record<string, string>) => {
    const encoded = { offsetDelta: 2 ** 31 - 1, timestampDelta: 2 ** 40, key: Buffer.from(key), value, headers };
    const real = encodeRecord(encoded).size();
    const size = recordSize({ topic: 't', key, value, headers });
    expect(size).toBeGreaterThanOrEqual(real);
    expect(size).toBeLessThanOrEqual(real + 32 + 10 * Object.keys(headers).length);
  });
});
