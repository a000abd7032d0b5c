import { createHash } from 'node:crypto';
import type { CommentAccess, CommentPace } from '@app/channels';
import { AppError, describeError, type ChannelAccount, type Logger } from '@app/kernel';
import {
  AdvisoryLease,
  type Database,
  type MailboxCheckpointRepository,
  type PollQuotaRepository,
} from '@app/persistence';
import { BackOff, OwnedWork, type BackOffOptions, type Failure } from '@app/runtime';
import { CommentPoller, type PollerParts } from './comment-poller.js';
import { budgetOf, type PollBudget } from './poll-budget.js';
import { PollError } from './poll-error.js';
import { stateOf, type PollState } from './poll-state.js';
import { STEADY_AHEAD } from './quota.js';

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
  readonly checkpoints: MailboxCheckpointRepository<Partial<PollState>>;
  readonly quotas: PollQuotaRepository;
  /** Makes digests of what accounts share. */
  readonly digestKey: Buffer;
  readonly logger: Logger;
  readonly times: PollTimes;
}

/** Name space of the locks on what is polled: "POLL". */
const LOCKS = 0x504f4c4c;
const FOLDER = 'comments';
/** An idle account is asked about this many times less often than one where something is going on. */
const IDLE_FACTOR = 5;

/**
 * Asks about one account for as long as the service runs, often while something is going on and within its budget. Of several
 * processes one asks; the lock has no time limit.
 */
export class PollWorker {
  private readonly budget: PollBudget;
  private readonly backOff: BackOff;
  private readonly owned: OwnedWork;
  private idle = 1;

  constructor(
    private readonly account: ChannelAccount,
    private readonly asked: { readonly access: CommentAccess; readonly pace: CommentPace },
    private readonly parts: WorkerParts,
  ) {
    this.budget = budgetOf(asked.access, account, parts);
    this.backOff = new BackOff(parts.times.backOff);
    const hash = createHash('sha256').update(account.id).digest();
    this.owned = new OwnedWork({
      lease: new AdvisoryLease(parts.database, [LOCKS, hash.readInt32BE(0)]),
      work: async (stopping) => {
        const waitMs = await this.look(stopping);
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

  /**
   * One look: at what is new, then at as much of the rest as is due and affordable, unless it is stopped.
   *
   * @returns how long to wait for the next, in milliseconds
   */
  async look(stopping?: AbortSignal): Promise<number> {
    const { checkpoints, clock } = this.parts;
    const { pace } = this.asked;
    const name = { accountId: this.account.id, folder: FOLDER };
    await this.budget.refresh();
    // Another account may have spent what this one waited for.
    const earlyMs = this.budget.waitMs(STEADY_AHEAD);
    if (earlyMs > 0) return earlyMs;
    const { fencing, state } = await checkpoints.claim(name);
    const save = async (now: PollState): Promise<void> => void (await checkpoints.save(name, fencing, now));
    const of = { account: this.account, ...this.asked, budget: this.budget };
    const poller = new CommentPoller(of, this.parts, stateOf(state, pace, clock.now()), save, stopping);
    try {
      const events = await this.lookWith(poller);
      this.idle = events > 0 ? 1 : Math.min(IDLE_FACTOR, this.idle + 1);
    } finally {
      await save(poller.state);
      await this.lookAtPosts(poller);
    }
    return Math.max(this.budget.waitMs(STEADY_AHEAD), pace.lookMs * this.idle);
  }

  /** Comments do not wait for the words of their posts: a refusal is said, and the next look asks again. */
  private async lookAtPosts(poller: CommentPoller): Promise<void> {
    try {
      await poller.lookAtPosts();
    } catch (error) {
      if (!(error instanceof PollError)) throw error;
      this.parts.logger.warn({ account: this.account.id, reason: error.reason }, 'The words of posts were not told');
    }
  }

  /** @returns how many events were told */
  private async lookWith(poller: CommentPoller): Promise<number> {
    const { recentMs, fullMs, asksForNew } = this.asked.pace;
    const now = this.parts.clock.now().getTime();
    const isDue = (kind: 'recent' | 'full', at: number, everyMs: number): boolean =>
      poller.state[kind] !== undefined || now - at >= everyMs;
    let events = 0;
    // A reading of everything recent begins with what is new.
    const beginsAnew = poller.state.recent?.cursor === undefined && isDue('recent', poller.state.recentAt, recentMs);
    if (asksForNew && !beginsAnew) events += await poller.lookAtNew();
    if (isDue('recent', poller.state.recentAt, recentMs)) events += await poller.walk('recent');
    events += await poller.lookAtAnswers();
    if (fullMs !== undefined && isDue('full', poller.state.fullAt, fullMs)) events += await poller.walk('full');
    return events;
  }

  private failed(error: unknown): Failure {
    const known = error instanceof AppError && error.retryable;
    const reason = error instanceof PollError ? error.reason : known ? error.code : `fault: ${describeError(error)}`;
    const backOffMs = this.backOff.next(false);
    if (!(error instanceof PollError)) return { reason, waitMs: backOffMs };
    // When the units of the day are gone nothing but another day helps.
    const spentMs = error.kind === 'quota' || error.kind === 'limited' ? this.budget.waitMs(1) : 0;
    return { reason, waitMs: Math.max(backOffMs, error.retryAfterMs ?? 0, spentMs) };
  }
}
