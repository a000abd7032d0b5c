import kafkajs, { type Admin } from 'kafkajs';
import { PermanentRecordError, StreamUnavailableError } from '@app/kernel';
import { recordSize } from '../append/record-size.js';
import type { OutgoingRecord } from '../stream.js';
import type { AdminClient } from './admin-client.js';

// Node finds only some names of this CommonJS package; the others are members of its default export.
const { ConfigResourceTypes } = kafkajs;

/** Bytes of a batch besides its records (message format 2). */
const BATCH_OVERHEAD_BYTES = 61;

/** What producers must know of a topic. */
interface TopicLimits {
  /** Largest batch, in bytes: the topic's `max.message.bytes`. */
  readonly maxBytes: number;
}

/** Topics of the cluster, remembered once seen. */
export class TopicCatalog {
  private readonly known = new Map<string, TopicLimits>();

  constructor(private readonly admin: AdminClient) {}

  knows(topic: string): boolean {
    return this.known.has(topic);
  }

  /** Looks unknown names up; those that do not exist stay unknown. */
  async learn(names: Iterable<string>): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.known.has(name));
    if (unknown.length === 0) return;
    await this.admin.run(async (admin) => {
      const existing = await existingTopics(admin, unknown);
      for (const [name, settings] of await topicSettings(admin, existing)) {
        this.known.set(name, { maxBytes: Number(settings.get('max.message.bytes')) });
      }
    });
  }

  /** Why these records can not be sent; undefined when they can. */
  refusal(records: readonly OutgoingRecord[]): Error | undefined {
    for (const record of records) {
      const topic = this.known.get(record.topic);
      if (topic === undefined) return new StreamUnavailableError(`No such topic: ${record.topic}`);
      if (recordSize(record) + BATCH_OVERHEAD_BYTES > topic.maxBytes) {
        return new PermanentRecordError('too_large', `A record is over the ${topic.maxBytes} bytes of ${record.topic}`);
      }
    }
    return undefined;
  }

  /** Most bytes of a batch's records. */
  limitOf(topic: string): number {
    return (this.known.get(topic)?.maxBytes ?? 0) - BATCH_OVERHEAD_BYTES;
  }
}

/** Those of the names that exist. */
export async function existingTopics(admin: Admin, names: readonly string[]): Promise<string[]> {
  const all = new Set(await admin.listTopics());
  return names.filter((name) => all.has(name));
}

/** Every setting of the topics, by topic and name. */
export async function topicSettings(admin: Admin, names: readonly string[]): Promise<Map<string, Map<string, string>>> {
  if (names.length === 0) return new Map();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}
