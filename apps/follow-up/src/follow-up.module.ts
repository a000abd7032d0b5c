import { Module } from '@nestjs/common';
import { CONFIG, CREDENTIALS, INSTALLATION_SECRET, type Config } from '@app/kernel';
import { GuardedClient, MEDIA_STORE, mediaStoreProvider, type MediaStore } from '@app/media';
import { AvatarRepository, CredentialRepository, Database, MediaRepository, ProfileRepository } from '@app/persistence';
import { AvatarKeeper } from './fetch-profiles/avatar-keeper.js';
import { FetchProfilesService } from './fetch-profiles/fetch-profiles.service.js';
import { KeepTokensService, TOKEN_CLIENT } from './keep-tokens/keep-tokens.service.js';
import { FetchMediaService, MEDIA_CLIENT, type MediaClient } from './fetch-media/fetch-media.service.js';

/** Longest silence of a host, and longest whole fetch, in milliseconds. */
const IDLE_MS = 10_000;
const TOTAL_MS = 60_000;
/** A stored credential is locked while its provider is asked. */
const TOKEN_TOTAL_MS = 20_000;

/**
 * What follows a message and must never hold it up: fetching its attachments, asking who a number is, keeping the tokens with which it asks. It needs the global `KernelModule` and
 * `PersistenceModule`; several processes may run it.
 */
@Module({
  providers: [
    FetchMediaService,
    FetchProfilesService,
    KeepTokensService,
    {
      provide: CREDENTIALS,
      useFactory: (database: Database, secret: string) => new CredentialRepository(database, secret),
      inject: [Database, INSTALLATION_SECRET],
    },
    {
      provide: TOKEN_CLIENT,
      useFactory: () => new GuardedClient({ maxBytes: 64 * 1024, idleMs: IDLE_MS, totalMs: TOKEN_TOTAL_MS }),
    },
    {
      provide: ProfileRepository,
      useFactory: (database: Database) => new ProfileRepository(database),
      inject: [Database],
    },
    {
      provide: AvatarKeeper,
      useFactory: (client: MediaClient, database: Database, store: MediaStore) =>
        new AvatarKeeper(client, new AvatarRepository(database), store),
      inject: [MEDIA_CLIENT, Database, MEDIA_STORE],
    },
    { provide: MediaRepository, useFactory: (database: Database) => new MediaRepository(database), inject: [Database] },
    mediaStoreProvider,
    {
      provide: MEDIA_CLIENT,
      useFactory: (config: Config) =>
        new GuardedClient({ maxBytes: config.MEDIA_MAX_BYTES, idleMs: IDLE_MS, totalMs: TOTAL_MS }),
      inject: [CONFIG],
    },
  ],
})
export class FollowUpModule {}
