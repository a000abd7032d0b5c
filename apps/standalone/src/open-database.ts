import { resolve } from 'node:path';
import type { Config } from '@app/kernel';
import { startEmbeddedPostgres } from '@app/persistence';

/** The database of this installation. */
export interface OpenDatabase {
  readonly url: string;
  /** Stops it when it is ours to stop. */
  stop(): Promise<void>;
  /** Leaves it as it was found: stopped when it did not run before. */
  release(): Promise<void>;
}

/** The database that the settings name, or the embedded one, started or taken over. */
export async function openDatabase(config: Config, home: string): Promise<OpenDatabase> {
  const nothing = async (): Promise<void> => undefined;
  if (config.DATABASE_URL !== undefined) return { url: config.DATABASE_URL, stop: nothing, release: nothing };
  const server = await startEmbeddedPostgres({ home: resolve(home, 'postgres') });
  const stop = async (): Promise<void> => await server.stop();
  return { url: server.url, stop, release: server.reused ? nothing : stop };
}
