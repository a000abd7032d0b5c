import type { StreamRecord } from '../stream.js';
import { cutToBytes, toDeadLetter, type DeadLetterReason } from './dead-letter.js';

const record: StreamRecord = {
  topic: 'omni.inbound.zalo.v1',
  partition: 4,
  offset: 9_007_199_254_740_993n,
  key: 'khoá',
  value: Buffer.of(0, 255),
  headers: { ce_id: 'in_1', ce_subject: 'Đặng Ý' },
  timestamp: new Date('2026-02-03T04:05:06.007Z'),
};
const reason: DeadLetterReason = {
  service: 'unifier',
  serviceVersion: '1.2.3',
  code: 'schema_invalid',
  detail: 'message.text',
  attempts: 3,
  firstFailedAt: new Date('2026-02-03T04:05:07.000Z'),
  failedAt: new Date('2026-02-03T04:05:08.500Z'),
};

describe('toDeadLetter', () => {
  it('keeps key, bytes and headers and adds the dlq headers of the contract', () => {
    expect(toDeadLetter(record, reason)).toEqual({
      topic: 'omni.dlq.unifier.v1',
      key: 'khoá',
      value: record.value,
      headers: {
        ce_id: 'in_1',
        ce_subject: 'Đặng Ý',
        dlq_service: 'unifier',
        dlq_service_version: '1.2.3',
        dlq_origin_topic: 'omni.inbound.zalo.v1',
        dlq_origin_partition: '4',
        dlq_origin_offset: '9007199254740993',
        dlq_origin_timestamp: '2026-02-03T04:05:06.007Z',
        dlq_error_code: 'schema_invalid',
        dlq_error_detail: 'message.text',
        dlq_attempts: '3',
        dlq_first_failed_at: '2026-02-03T04:05:07.000Z',
        dlq_failed_at: '2026-02-03T04:05:08.500Z',
        dlq_replay_count: '0',
      },
    });
  });

  it('keeps the count of earlier replays and replaces the other dlq headers', () => {
    const replayed = { ...record, headers: { dlq_replay_count: '2', dlq_service: 'email' } };
    expect(toDeadLetter(replayed, reason).headers).toMatchObject({ dlq_replay_count: '2', dlq_service: 'unifier' });
  });

  it('keeps a null value', () => {
    expect(toDeadLetter({ ...record, value: null }, reason).value).toBeNull();
  });
});

describe('cutToBytes', () => {
  it.each([
    ['ngắn', 10, 'ngắn'],
    ['ệệệ', 7, 'ệệ'],
    ['a😀b', 4, 'a'],
    ['a😀b', 5, 'a😀'],
    ['', 0, ''],
  ])('cuts %s to %i bytes', (text, bytes, expected) => {
    expect(cutToBytes(text, bytes)).toBe(expected);
  });
});
