import type { TopicDeclaration } from '@app/contracts';
import { ConfigError, StreamUnavailableError } from '@app/kernel';
import type { Database } from '../database.js';

/** A topic as the log knows it. */
export interface LogTopic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Topics of the log, remembered once read: partitions and settings never change. */
export class LogTopics {
  private readonly known = new Map<string, LogTopic>();

  constructor(private readonly database: Database) {}

  /** @throws StreamUnavailableError when a topic does not exist (it may be created meanwhile) */
  async find(names: Iterable<string>): Promise<ReadonlyMap<string, LogTopic>> {
    const wanted = [...new Set(names)];
    if (wanted.some((name) => !this.known.has(name))) await this.load();
    const missing = wanted.filter((name) => !this.known.has(name));
    if (missing.length > 0) throw new StreamUnavailableError(`No such topic: ${missing.join(', ')}`);
    return this.known;
  }

  /** Every topic there is, read afresh. */
  async all(): Promise<readonly LogTopic[]> {
    await this.load();
    return [...this.known.values()];
  }

  /**
   * Creates what is missing, all or nothing; may run in several processes at once.
   *
   * @throws ConfigError naming every topic that differs from its declaration
   */
  async ensure(declarations: readonly TopicDeclaration[]): Promise<void> {
    await this.database.transaction(async (transaction) => {
      for (const { name, partitions, config } of declarations) {
        await transaction.query(
          `WITH topic AS (
             INSERT INTO log_topic (name, partitions, config) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
             RETURNING id
           )
           INSERT INTO log_partition (topic_id, partition) SELECT id, generate_series(0, $2 - 1) FROM topic`,
          [name, partitions, JSON.stringify(config)],
        );
      }
    });
    await this.load();
    const problems = declarations.flatMap((declaration) => this.differences(declaration));
    if (problems.length > 0) throw new ConfigError(problems);
  }

  private differences({ name, partitions, config }: TopicDeclaration): string[] {
    const topic = this.known.get(name);
    if (topic === undefined) return [`${name}: missing`];
    const problems: string[] = [];
    if (topic.partitions !== partitions)
      problems.push(`${name}: ${topic.partitions} partitions, declared ${partitions}`);
    for (const [setting, value] of Object.entries(config)) {
      const found = topic.config[setting];
      if (found !== value) problems.push(`${name}: ${setting} is ${found ?? 'unset'}, declared ${value}`);
    }
    return problems;
  }

  private async load(): Promise<void> {
    const rows = await this.database.query<LogTopic>('SELECT id, name, partitions, config FROM log_topic');
    for (const row of rows) this.known.set(row.name, row);
  }
}
