import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeRecord, type EncodedRecord, type RecordParts } from './record-encoding.js';

/** kafkajs's own encoder, fresh from its file. */
const original = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (
  parts: RecordParts,
) => EncodedRecord;

const data = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const headers = fc.dictionary(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 200 }), {
  maxKeys: 14,
});

describe('encodeRecord', () => {
  it('gives the bytes that kafkajs gives', () => {
    const records = fc.record({
      offsetDelta: fc.nat(70_000),
      timestampDelta: fc.nat(2 ** 31 - 1),
      key: data,
      value: data,
      headers,
    });
    fc.assert(
      fc.property(records, (parts) => {
        expect(encodeRecord(parts).buffer.equals(original(parts).buffer)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('takes what is left out for nothing', () => {
    const parts = { key: 'k', value: null };
    expect(encodeRecord(parts).buffer).toEqual(original(parts).buffer);
  });
});
