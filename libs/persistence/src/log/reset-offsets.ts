import { GroupInUseError, type ReplayFrom } from '@app/stream';
import type { Database } from '../database.js';
import { MEMBER_LOCKS } from './membership.js';

/** Which offsets to move, and where to. */
export interface OffsetReset {
  readonly group: string;
  readonly topic: string;
  readonly from: ReplayFrom;
}

/** As {@link ReplayableStream.resetOffsets}. */
export async function resetOffsets(database: Database, { group, topic, from }: OffsetReset): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(
      `INSERT INTO log_consumer (group_name, topic_id, partition)
       SELECT $1, p.topic_id, p.partition FROM log_partition p JOIN log_topic t ON t.id = p.topic_id
       WHERE t.name = $2 ON CONFLICT DO NOTHING`,
      [group, topic],
    );
    // The lock that each member shares: alone with it, nobody reads, and nobody can join before the commit.
    const locks = await transaction.query<{ free: boolean }>(
      `SELECT pg_try_advisory_xact_lock($1, c.id) AS free FROM log_consumer c JOIN log_topic t ON t.id = c.topic_id
       WHERE c.group_name = $2 AND t.name = $3 AND c.partition = 0`,
      [MEMBER_LOCKS, group, topic],
    );
    if (!locks.every(({ free }) => free)) throw new GroupInUseError(`Group ${group} has members`);
    await transaction.query(
      `UPDATE log_consumer c SET committed = ${placeOf(from)}
       FROM log_partition p JOIN log_topic t ON t.id = p.topic_id
       WHERE c.group_name = $1 AND t.name = $2 AND c.topic_id = p.topic_id AND c.partition = p.partition
         AND (${whichOf(from)})`,
      [group, topic, ...valuesOf(from)],
    );
  });
}

/** SQL of the offset that a partition reads on from. */
function placeOf(from: ReplayFrom): string {
  if (from === 'earliest') return 'p.first_offset';
  if (from === 'latest') return 'p.next_offset';
  if ('offset' in from) return '$4::bigint';
  return `coalesce((SELECT min(r."offset") FROM log_record r WHERE r.topic_id = p.topic_id
    AND r.partition = p.partition AND r.appended_at >= $3::timestamptz), p.next_offset)`;
}

const whichOf = (from: ReplayFrom): string =>
  typeof from === 'object' && 'offset' in from ? 'p.partition = $3::int' : 'true';

function valuesOf(from: ReplayFrom): unknown[] {
  if (typeof from === 'string') return [];
  return 'offset' in from ? [from.partition, String(from.offset)] : [from.timestamp.toISOString()];
}
