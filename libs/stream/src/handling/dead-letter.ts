import { deadLetterTopic, type DeadLetterCode } from '@app/contracts';
import type { OutgoingRecord, StreamRecord } from '../stream.js';

const MAX_DETAIL_BYTES = 512;

/** Why and when a service gave a record up. */
export interface DeadLetterReason {
  readonly service: string;
  readonly serviceVersion: string;
  readonly code: DeadLetterCode;
  /** Without personal data; cut to 512 bytes. */
  readonly detail: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
}

/**
 * The dead letter of a record: its key, value bytes and headers unchanged, with the `dlq_` headers of stream contract,
 * section 10. A record that came back from an earlier replay keeps its `dlq_replay_count`.
 *
 * Kafka allows a record without a key, a header twice and bytes that are no UTF-8 in either; our producers make none of
 * them, and none of them survives here: a missing key becomes an empty one.
 */
export function toDeadLetter(record: StreamRecord, reason: DeadLetterReason): OutgoingRecord {
  return {
    topic: deadLetterTopic(reason.service),
    key: record.key ?? '',
    value: record.value,
    headers: {
      dlq_replay_count: '0',
      ...record.headers,
      dlq_service: reason.service,
      dlq_service_version: reason.serviceVersion,
      dlq_origin_topic: record.topic,
      dlq_origin_partition: String(record.partition),
      dlq_origin_offset: String(record.offset),
      dlq_origin_timestamp: record.timestamp.toISOString(),
      dlq_error_code: reason.code,
      dlq_error_detail: cutToBytes(reason.detail, MAX_DETAIL_BYTES),
      dlq_attempts: String(reason.attempts),
      dlq_first_failed_at: reason.firstFailedAt.toISOString(),
      dlq_failed_at: reason.failedAt.toISOString(),
    },
  };
}

/** The longest beginning of a text within a number of UTF-8 bytes; no character is cut in two. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
