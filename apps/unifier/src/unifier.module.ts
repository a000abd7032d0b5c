import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ACCOUNTS, CONFIG, INSTALLATION_SECRET, type ChannelAccount, type Config } from '@app/kernel';
import {
  AdvisoryLease,
  Database,
  BlobRepository,
  ErasureRepository,
  EvidenceRepository,
  LargeGroupsRepository,
  RelayRepository,
  UnifyRepository,
} from '@app/persistence';
import { BatchDatabase } from './batch-database.js';
import { RelayService } from './relay/relay.service.js';
import { IdentityPolicy } from './unify-batch/identity-policy.js';
import { UnifyBatchController } from './unify-batch/unify-batch.controller.js';
import { UpkeepService } from './upkeep/upkeep.service.js';
import { UnifyBatchService } from './unify-batch/unify-batch.service.js';

/** Names the relay among the advisory locks. */
const RELAY_LEASE = [0x6f6d6c10, 1] as const;

/**
 * Merges inbound events into one timeline for each customer, and relays what it committed to the public topics.
 *
 * It needs the global `KernelModule`, `StreamModule` and `PersistenceModule`.
 */
@Module({
  controllers: [UnifyBatchController],
  providers: [
    UnifyBatchService,
    RelayService,
    UpkeepService,
    BatchDatabase,
    {
      provide: UnifyRepository,
      useFactory: (batches: BatchDatabase, durable: Database) => new UnifyRepository(batches.database, durable),
      inject: [BatchDatabase, Database],
    },
    {
      provide: EvidenceRepository,
      useFactory: (batches: BatchDatabase) => new EvidenceRepository(batches.database),
      inject: [BatchDatabase],
    },
    {
      provide: IdentityPolicy,
      useFactory: (config: Config, secret: string, accounts: readonly ChannelAccount[]) =>
        IdentityPolicy.of(config, secret, accounts),
      inject: [CONFIG, INSTALLATION_SECRET, ACCOUNTS],
    },
    ...[RelayRepository, ErasureRepository, BlobRepository, LargeGroupsRepository].map((repository) => ({
      provide: repository,
      useFactory: (database: Database) => new repository(database),
      inject: [Database],
    })),
    {
      provide: AdvisoryLease,
      useFactory: (database: Database) => new AdvisoryLease(database, RELAY_LEASE),
      inject: [Database],
    },
  ],
})
export class UnifierModule implements OnModuleInit {
  constructor(
    @Inject(UnifyBatchService) private readonly unifier: UnifyBatchService,
    @Inject(RelayService) private readonly relay: RelayService,
  ) {}

  /** A commit wakes the relay, so that readers of the stream do not wait for its next look. */
  onModuleInit(): void {
    this.unifier.onCommit(this.relay);
  }
}
