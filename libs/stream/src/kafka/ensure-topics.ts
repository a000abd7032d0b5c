import type { Admin } from 'kafkajs';
import type { TopicDeclaration } from '@app/contracts';
import { ConfigError } from '@app/kernel';
import { existingTopics, topicSettings } from './topic-catalog.js';

const MOST_REPLICAS = 3;

/**
 * Creates the topics that are missing and compares all of them with their declarations; may run in several processes
 * at once.
 *
 * @param replicationFactor copies of each new topic; three, or one for each broker when there are fewer, by default.
 *   Three copies come with `min.insync.replicas=2` unless declared otherwise (profile `cluster`).
 * @throws ConfigError naming every difference
 */
export async function ensureTopics(
  admin: Admin,
  declarations: readonly TopicDeclaration[],
  replicationFactor?: number,
): Promise<void> {
  const names = declarations.map(({ name }) => name);
  const existing = new Set(await existingTopics(admin, names));
  const missing = declarations.filter(({ name }) => !existing.has(name));
  if (missing.length > 0) {
    const copies = replicationFactor ?? Math.min(MOST_REPLICAS, (await admin.describeCluster()).brokers.length);
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: copies,
        configEntries: Object.entries(withMinInSync(config, copies)).map(([entry, value]) => ({ name: entry, value })),
      })),
    });
  }
  const problems = await differences(admin, declarations);
  if (problems.length > 0) throw new ConfigError(problems);
}

function withMinInSync(config: Readonly<Record<string, string>>, copies: number): Record<string, string> {
  return copies >= MOST_REPLICAS ? { 'min.insync.replicas': '2', ...config } : { ...config };
}

async function differences(admin: Admin, declarations: readonly TopicDeclaration[]): Promise<string[]> {
  const names = declarations.map(({ name }) => name);
  if (names.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const partitions = new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
  const settings = await topicSettings(admin, names);
  return declarations.flatMap((declaration) => {
    const { name } = declaration;
    const found = partitions.get(name);
    const problems = compareSettings(declaration, settings.get(name) ?? new Map());
    return found === declaration.partitions
      ? problems
      : [`${name}: ${found ?? 'no'} partitions, declared ${declaration.partitions}`, ...problems];
  });
}

function compareSettings({ name, config }: TopicDeclaration, found: ReadonlyMap<string, string>): string[] {
  return Object.entries(config)
    .filter(([setting, value]) => found.get(setting) !== value)
    .map(([setting, value]) => `${name}: ${setting} is ${found.get(setting) ?? 'unset'}, declared ${value}`);
}
