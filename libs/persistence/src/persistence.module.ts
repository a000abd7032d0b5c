import { Global, Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigError, HealthRegistry } from '@app/kernel';
import { Database } from './database.js';
import { pendingMigrations } from './migrate.js';
import { EventSignal } from './timeline/event-signal.js';

/** How a process reaches its database. */
export interface PersistenceOptions {
  readonly url: string;
  /** Shown by PostgreSQL beside each connection. */
  readonly applicationName: string;
  /** Most connections (default 10). */
  readonly max?: number;
}

/**
 * Opens the database of a service.
 *
 * @throws ConfigError when the schema is behind, naming the migrations that are missing
 * @throws StoreUnavailableError when PostgreSQL cannot be reached
 */
export async function openDatabase(options: PersistenceOptions): Promise<Database> {
  const database = Database.connect(options.url, { applicationName: options.applicationName, max: options.max });
  try {
    const missing = await pendingMigrations(database);
    if (missing.length > 0) {
      throw new ConfigError([`DATABASE_URL: the schema is behind; run the migrations first (${missing.join(', ')})`]);
    }
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Reports the database's health and closes its connections when the process ends. */
@Injectable()
export class PersistenceLifecycle implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(EventSignal) private readonly signal: EventSignal,
    @Inject(HealthRegistry) health: HealthRegistry,
  ) {
    health.register('database', async () => {
      await database.query('SELECT 1');
      return { ok: true };
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.signal.close();
    await this.database.close();
  }
}

/** Global module with `Database` and the `EventSignal` of the process. It needs the global `KernelModule`. */
@Global()
@Module({})
export class PersistenceModule {
  static forRoot(options: PersistenceOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => openDatabase(options) },
        { provide: EventSignal, useFactory: (database: Database) => new EventSignal(database), inject: [Database] },
        PersistenceLifecycle,
      ],
      exports: [Database, EventSignal],
    };
  }
}
