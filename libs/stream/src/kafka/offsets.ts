import type { Admin } from 'kafkajs';
import type { TopicLag } from '../stream.js';

/** Lag of a group on each topic; a partition without a commit counts from the oldest record that is kept. */
export async function lagOf(admin: Admin, group: string, topics: readonly string[]): Promise<TopicLag[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  return await Promise.all(
    topics.map(async (topic) => {
      const offsets = new Map(
        committed.find((entry) => entry.topic === topic)?.partitions.map((p) => [p.partition, BigInt(p.offset)]),
      );
      let lag = 0n;
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        const from = offsets.get(partition) ?? -1n;
        lag += BigInt(high) - (from < BigInt(low) ? BigInt(low) : from);
      }
      return { topic, lag };
    }),
  );
}
