import type { OutgoingRecord } from '../stream.js';

/** Length fields, attributes and deltas of one record, at most (KIP-98, "Record" of message format 2). */
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 10;

/** Most bytes that a record takes within a batch of Kafka's message format 2. */
export function recordSize({ key, value, headers }: OutgoingRecord): number {
  let size = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const name in headers) {
    size += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(headers[name]!);
  }
  return size;
}
