import { commentAccessOf } from '@app/channels';
import { createLogger, deriveKey, Metrics, type ChannelAccount, type Clock } from '@app/kernel';
import {
  MailboxCheckpointRepository,
  PolledCommentsRepository,
  PollQuotaRepository,
  PostsRepository,
  ShownCommentsRepository,
  type Database,
} from '@app/persistence';
import { PollWorker, POLL_TIMES, type WorkerParts } from '../../apps/social/src/poll-comments/poll-worker.js';
import { TEST_SECRET } from './unifier.js';

/** What a test brings of its own. */
export interface PollWorkerOptions extends Pick<WorkerParts, 'client' | 'stream'> {
  readonly account: ChannelAccount;
  readonly clock: Clock;
  readonly comments?: PolledCommentsRepository;
}

/** A worker that asks for the comments of an account, on a store, without an application around it. */
export function pollWorkerOn(database: Database, options: PollWorkerOptions): PollWorker {
  const { account, client, stream, clock, comments = new PolledCommentsRepository(database) } = options;
  const access = commentAccessOf(account)!;
  return new PollWorker(
    account,
    { access, pace: access.paceOf(account)! },
    {
      database,
      client,
      stream,
      comments,
      shown: new ShownCommentsRepository(database),
      posts: new PostsRepository(database),
      quotas: new PollQuotaRepository(database),
      checkpoints: new MailboxCheckpointRepository(database),
      senderHmacKey: deriveKey(TEST_SECRET, 'sender-key'),
      digestKey: deriveKey(TEST_SECRET, 'poll-quota'),
      clock,
      metrics: new Metrics(),
      logger: createLogger({ level: 'silent', service: 'test' }),
      times: POLL_TIMES,
    },
  );
}
