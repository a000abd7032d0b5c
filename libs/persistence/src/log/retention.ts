import type { Database } from '../database.js';
import type { LogTopic } from './topics.js';

const RETENTION_LOCKS = 0x6f6d6c03;
const SLICE = 1_000;

/** Removes one slice of what a partition no longer keeps; resolves to whether more may be left. */
async function deleteOldSlice(database: Database, topic: LogTopic, partition: number): Promise<boolean> {
  const [row] = await database.query<{ gone: number }>(
    `WITH slice AS (
       SELECT "offset", appended_at FROM log_record WHERE topic_id = $1 AND partition = $2 ORDER BY "offset" LIMIT ${SLICE}
     ), cut AS (
       SELECT coalesce(min("offset") FILTER (WHERE appended_at >= clock_timestamp() - $3 * interval '1 millisecond'),
         max("offset") + 1) AS first FROM slice
     ), gone AS (
       DELETE FROM log_record r USING cut WHERE topic_id = $1 AND partition = $2 AND r."offset" < cut.first RETURNING 1
     ), moved AS (
       UPDATE log_partition p SET first_offset = cut.first FROM cut
       WHERE topic_id = $1 AND partition = $2 AND cut.first > p.first_offset AND EXISTS (SELECT FROM gone)
     )
     SELECT count(*)::int AS gone FROM gone`,
    [topic.id, partition, Number(topic.config['retention.ms'])],
  );
  return row?.gone === SLICE;
}

/** Keeps the newest value of each key, and tombstones for `delete.retention.ms`. Offsets stay as they are. */
async function compact(database: Database, topic: LogTopic, partition: number): Promise<void> {
  await database.query(
    `DELETE FROM log_record r USING (
       SELECT "offset", value IS NULL AS tombstone, appended_at,
         row_number() OVER (PARTITION BY key ORDER BY "offset" DESC) AS age
       FROM log_record WHERE topic_id = $1 AND partition = $2
     ) ranked
     WHERE r.topic_id = $1 AND r.partition = $2 AND r."offset" = ranked."offset"
       AND (age > 1 OR tombstone AND ranked.appended_at < clock_timestamp() - $3 * interval '1 millisecond')`,
    [topic.id, partition, Number(topic.config['delete.retention.ms'] ?? 86_400_000)],
  );
}

/**
 * One pass over a topic by one process at a time; does nothing while another process does it.
 *
 * @returns whether this process did the pass
 */
export async function tidyTopic(database: Database, topic: LogTopic): Promise<boolean> {
  return await database.transaction(async (transaction) => {
    const [lock] = await transaction.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS locked', [
      RETENTION_LOCKS,
      topic.id,
    ]);
    if (lock?.locked !== true) return false;
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      if (topic.config['cleanup.policy'] === 'compact') {
        await compact(database, topic, partition);
      } else if (topic.config['retention.ms'] !== undefined && topic.config['retention.ms'] !== '-1') {
        while (await deleteOldSlice(database, topic, partition));
      }
    }
    return true;
  });
}
