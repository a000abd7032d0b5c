import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { commentAccessOf } from '@app/channels';
import {
  ACCOUNTS,
  CLOCK,
  deriveKey,
  HealthRegistry,
  INSTALLATION_SECRET,
  LOGGER,
  Metrics,
  type ChannelAccount,
  type Clock,
  type Logger,
} from '@app/kernel';
import {
  Database,
  MailboxCheckpointRepository,
  PolledCommentsRepository,
  PollQuotaRepository,
  PostsRepository,
  ShownCommentsRepository,
} from '@app/persistence';
import { STREAM, type Stream } from '@app/stream';
import type { CommentClient } from './ask-comments.js';
import { PollWorker, POLL_TIMES } from './poll-worker.js';

/** What asks the provider. */
export const COMMENT_CLIENT = Symbol('COMMENT_CLIENT');

/** Asks about the comments of every account whose provider does not tell of them, or not of all, while the process runs. */
@Injectable()
export class PollCommentsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly workers: readonly PollWorker[];

  constructor(
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(Database) database: Database,
    @Inject(STREAM) stream: Stream,
    @Inject(COMMENT_CLIENT) client: CommentClient,
    @Inject(INSTALLATION_SECRET) secret: string,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const parts = {
      database,
      stream,
      client,
      comments: new PolledCommentsRepository(database),
      shown: new ShownCommentsRepository(database),
      posts: new PostsRepository(database),
      quotas: new PollQuotaRepository(database),
      checkpoints: new MailboxCheckpointRepository<never>(database),
      senderHmacKey: deriveKey(secret, 'sender-key'),
      digestKey: deriveKey(secret, 'poll-quota'),
      clock,
      metrics,
      logger,
      times: POLL_TIMES,
    };
    this.workers = accounts.flatMap((account) => {
      const access = commentAccessOf(account);
      const pace = access?.paceOf(account);
      if (access === undefined || pace === undefined) return [];
      const worker = new PollWorker(account, { access, pace }, parts);
      // A provider that is away is told, but takes no work from this process: it stays ready.
      health.register(`comments ${account.id}`, () => ({ ok: true, detail: worker.detail }));
      return [worker];
    });
  }

  onApplicationBootstrap(): void {
    for (const worker of this.workers) worker.start();
  }

  /** Before the stream and the database close. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
