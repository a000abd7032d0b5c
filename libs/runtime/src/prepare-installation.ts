import { TOPICS } from '@app/contracts';
import type { Logger } from '@app/kernel';
import { migrate } from '@app/persistence';
import type { Stream } from '@app/stream';

/** What {@link prepareInstallation} needs. */
export interface PreparationParts {
  readonly databaseUrl: string;
  /** Opened after the migrations, because the log of a process without Kafka lives in the database. */
  readonly openStream: () => Stream;
  readonly logger: Logger;
}

/**
 * Brings the schema up to date and creates the topics that are missing. May run again and in several processes at once.
 *
 * @throws ConfigError naming every topic that differs from its declaration
 */
export async function prepareInstallation({ databaseUrl, openStream, logger }: PreparationParts): Promise<void> {
  const migrations = await migrate(databaseUrl);
  if (migrations.length > 0) logger.info({ migrations }, 'The schema is up to date');
  const stream = openStream();
  try {
    await stream.ensureTopics(TOPICS);
  } finally {
    await stream.close();
  }
  logger.info({ topics: TOPICS.length }, 'The topics are there');
}
