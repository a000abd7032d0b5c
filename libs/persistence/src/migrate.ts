import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { MIGRATIONS } from './migrations/index.js';

/** Advisory lock under which migrations run, so that two processes never migrate at once. */
const MIGRATION_LOCK = 0x4f4d4e49;

/** The TypeORM data source of the schema. */
export function schemaDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    applicationName: 'omniline-migrate',
  });
}

/**
 * Brings the schema up to date; waits while another process does.
 *
 * @returns names of the migrations that ran, oldest first
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const database = Database.connect(url, { applicationName: 'omniline-migrate', max: 1 });
  const session = await database.connectClient();
  const source = schemaDataSource(url);
  try {
    // A session that breaks ends the lock; the statement under way reports it.
    session.on('error', () => undefined);
    await session.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.initialize();
    const done = await source.runMigrations();
    return done.map((migration) => migration.name);
  } finally {
    if (source.isInitialized) await source.destroy();
    await session.end();
    await database.close();
  }
}

/** Names of migrations that the database still lacks; services refuse to start on one that is behind. */
export async function pendingMigrations(database: Database): Promise<readonly string[]> {
  const [table] = await database.query<{ present: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS present`);
  const done = table?.present ? await database.query<{ name: string }>('SELECT name FROM migrations') : [];
  const names = new Set(done.map((row) => row.name));
  return MIGRATIONS.map((migration) => migration.name).filter((name) => !names.has(name));
}
