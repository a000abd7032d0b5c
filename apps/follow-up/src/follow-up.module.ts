import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '@app/kernel';
import { GuardedClient, openMediaStore } from '@app/media';
import { Database, MediaRepository, ProfileRepository } from '@app/persistence';
import { FetchProfilesService } from './fetch-profiles/fetch-profiles.service.js';
import { FetchMediaService, MEDIA_CLIENT, MEDIA_STORE } from './fetch-media/fetch-media.service.js';

/** Longest silence of a host, and longest whole fetch, in milliseconds. */
const IDLE_MS = 10_000;
const TOTAL_MS = 60_000;

/**
 * What follows a message and must never hold it up: fetching its attachments, and asking who a number is. It needs the global `KernelModule` and
 * `PersistenceModule`; several processes may run it.
 */
@Module({
  providers: [
    FetchMediaService,
    FetchProfilesService,
    {
      provide: ProfileRepository,
      useFactory: (database: Database) => new ProfileRepository(database),
      inject: [Database],
    },
    { provide: MediaRepository, useFactory: (database: Database) => new MediaRepository(database), inject: [Database] },
    { provide: MEDIA_STORE, useFactory: (config: Config) => openMediaStore(config), inject: [CONFIG] },
    {
      provide: MEDIA_CLIENT,
      useFactory: (config: Config) =>
        new GuardedClient({ maxBytes: config.MEDIA_MAX_BYTES, idleMs: IDLE_MS, totalMs: TOTAL_MS }),
      inject: [CONFIG],
    },
  ],
})
export class FollowUpModule {}
