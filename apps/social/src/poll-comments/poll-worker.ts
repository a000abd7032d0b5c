import { createHash } from 'node:crypto';
import { readYoutubeSettings, type YoutubeSettings } from '@app/channels';
import { AppError, describeError, type ChannelAccount, type Logger } from '@app/kernel';
import { AdvisoryLease, type Database, type MailboxCheckpointRepository } from '@app/persistence';
import { BackOff, OwnedWork, type BackOffOptions, type Failure } from '@app/runtime';
import { CommentPoller, PollError, type PollerParts } from './comment-poller.js';
import { spentToday, waitForQuota, type Spending } from './quota.js';

/** What outlives a process. */
export interface PollState {
  readonly spending: Spending;
  /** When everything was looked at last, in milliseconds since 1970. */
  readonly allAt: number;
}

/** Waits of a worker, in milliseconds. */
export interface PollTimes {
  readonly backOff: BackOffOptions;
  readonly standbyMs: number;
}

export const POLL_TIMES: PollTimes = {
  backOff: { firstMs: 5_000, maxMs: 300_000, loginMs: 300_000 },
  standbyMs: 5_000,
};

/** What a worker works with. */
export interface WorkerParts extends PollerParts {
  readonly database: Database;
  readonly checkpoints: MailboxCheckpointRepository<PollState>;
  readonly logger: Logger;
  readonly times: PollTimes;
}

/** Name space of the locks on what is polled: "POLL". */
const LOCKS = 0x504f4c4c;
const FOLDER = 'comments';
/** An idle channel is asked about this many times less often than one where something is going on. */
const IDLE_FACTOR = 5;

/**
 * Asks about one channel for as long as the service runs, often while something is going on and within the units of the day. Of
 * several processes one asks; the lock has no time limit.
 */
export class PollWorker {
  private readonly settings: YoutubeSettings;
  private readonly backOff: BackOff;
  private readonly owned: OwnedWork;
  private idle = 1;

  constructor(
    private readonly account: ChannelAccount,
    private readonly parts: WorkerParts,
  ) {
    this.settings = readYoutubeSettings(account);
    this.backOff = new BackOff(parts.times.backOff);
    const hash = createHash('sha256').update(account.id).digest();
    this.owned = new OwnedWork({
      lease: new AdvisoryLease(parts.database, [LOCKS, hash.readInt32BE(0)]),
      work: async () => {
        const waitMs = await this.look();
        this.owned.became('asking');
        this.backOff.reset();
        return waitMs;
      },
      failed: (error) => this.failed(error),
      standbyMs: parts.times.standbyMs,
      logger: parts.logger.child({ account: account.id }),
      what: 'Asking for comments',
    });
  }

  /** What it is doing, for the health report. */
  get detail(): string {
    return this.owned.detail;
  }

  start(): void {
    this.owned.start();
  }

  async stop(): Promise<void> {
    await this.owned.stop();
  }

  /** One look. @returns how long to wait for the next, in milliseconds */
  async look(): Promise<number> {
    const { checkpoints, clock } = this.parts;
    const name = { accountId: this.account.id, folder: FOLDER };
    const { fencing, state } = await checkpoints.claim(name);
    const now = clock.now();
    const poller = new CommentPoller(this.account, this.parts, spentToday(state?.spending, now));
    const isAll = now.getTime() - (state?.allAt ?? 0) >= this.settings.rescanMs;
    let allAt = state?.allAt ?? 0;
    try {
      const { events } = isAll ? await poller.lookAtAll() : await poller.lookAtNew();
      if (isAll) allAt = now.getTime();
      this.idle = events > 0 ? 1 : Math.min(IDLE_FACTOR, this.idle + 1);
    } finally {
      await checkpoints.save(name, fencing, { spending: poller.spending, allAt });
    }
    const quotaMs = waitForQuota(poller.spending, this.settings.quotaPerDay, clock.now());
    return Math.max(quotaMs, this.settings.pollMs * this.idle);
  }

  private failed(error: unknown): Failure {
    const known = error instanceof AppError && error.retryable;
    const reason = error instanceof PollError ? error.reason : known ? error.code : `fault: ${describeError(error)}`;
    const backOffMs = this.backOff.next(false);
    if (!(error instanceof PollError)) return { reason, waitMs: backOffMs };
    if (!error.isQuota) return { reason, waitMs: Math.max(backOffMs, error.retryAfterMs ?? 0) };
    // The units of the day are gone, whatever we counted: other programs may use the same key.
    const all = { day: '', used: this.settings.quotaPerDay };
    return { reason, waitMs: waitForQuota(all, this.settings.quotaPerDay, this.parts.clock.now()) };
  }
}
