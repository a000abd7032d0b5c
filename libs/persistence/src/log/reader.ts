import type { StreamRecord } from '@app/stream';
import type { Database } from '../database.js';
import type { ConsumerRow } from './membership.js';

/** Most bytes of values in one batch; the first record is read however large it is. */
const MAX_BYTES = 16 * 1_048_576;

interface Row {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: string;
  readonly appended_at: Date;
}

/** Records of one partition in order, from `from` up to but not with the head that `row` names. */
export async function readRecords(
  database: Database,
  row: ConsumerRow,
  from: bigint,
  limit: number,
): Promise<readonly StreamRecord[]> {
  const rows = await database.query<Row>(
    {
      name: 'log-read',
      text: `SELECT "offset", key, value, headers, appended_at FROM (
               SELECT *, sum(coalesce(octet_length(value), 0)) OVER (ORDER BY "offset")
                 - coalesce(octet_length(value), 0) AS before
               FROM (SELECT * FROM log_record WHERE topic_id = $1 AND partition = $2 AND "offset" >= $3
                 AND "offset" < $4 ORDER BY "offset" LIMIT $5) slice
             ) sized WHERE before < ${MAX_BYTES} ORDER BY "offset"`,
    },
    [row.topic_id, row.partition, String(from), String(row.head), limit],
  );
  return rows.map((record) => ({
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(record.offset),
    key: record.key?.toString() ?? null,
    value: record.value,
    headers: JSON.parse(record.headers) as Record<string, string>,
    timestamp: record.appended_at,
  }));
}
