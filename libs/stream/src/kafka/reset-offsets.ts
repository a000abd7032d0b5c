import type { Admin, Consumer } from 'kafkajs';
import { GroupInUseError, type ReplayFrom } from '../stream.js';
import { kafkaClient, RETRY, type KafkaConnection } from './client.js';

/** Which offsets to move, and where to. */
export interface OffsetReset {
  readonly group: string;
  readonly topic: string;
  readonly from: ReplayFrom;
}

const NOBODY = new Set(['Empty', 'Dead']);
const FETCH_WAIT_MS = 100;

/** As {@link ReplayableStream.resetOffsets}. */
export async function resetOffsets(connection: KafkaConnection, admin: Admin, reset: OffsetReset): Promise<void> {
  const { groups } = await admin.describeGroups([reset.group]);
  if (!groups.every(({ state }) => NOBODY.has(state))) {
    throw new GroupInUseError(`Group ${reset.group} has members`);
  }
  const offsets = await offsetsOf(admin, reset);
  await asOnlyMember(connection, reset, (consumer) =>
    consumer.commitOffsets(offsets.map((offset) => ({ topic: reset.topic, ...offset }))),
  );
}

async function offsetsOf(admin: Admin, { topic, from }: OffsetReset): Promise<{ partition: number; offset: string }[]> {
  if (typeof from === 'object' && 'offset' in from) return [{ partition: from.partition, offset: String(from.offset) }];
  if (typeof from === 'object') return await admin.fetchTopicOffsetsByTimestamp(topic, from.timestamp.getTime());
  const ends = await admin.fetchTopicOffsets(topic);
  return ends.map(({ partition, low, high }) => ({ partition, offset: from === 'earliest' ? low : high }));
}

/** kafkajs's own `setOffsets` sleeps for a whole fetch wait of five seconds. */
async function asOnlyMember(
  connection: KafkaConnection,
  { group, topic }: OffsetReset,
  work: (consumer: Consumer) => Promise<void>,
): Promise<void> {
  const consumer = kafkaClient(connection).consumer({
    groupId: group,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
  });
  const joined = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve());
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    // Nothing is resolved, so nothing but `work` moves an offset.
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() });
    await joined;
    await work(consumer);
  } finally {
    await consumer.disconnect();
  }
}
