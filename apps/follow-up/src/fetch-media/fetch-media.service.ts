import { hash } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { mediaAccessOf, type MediaAccess, type MediaRequest } from '@app/channels';
import {
  ACCOUNTS,
  CLOCK,
  describeError,
  LOGGER,
  Metrics,
  type ChannelAccount,
  type Clock,
  type Logger,
} from '@app/kernel';
import { judgeMedia, type Download, type DownloadRequest, MEDIA_STORE, type MediaStore } from '@app/media';
import { MediaRepository, type MediaBody, type MediaJob } from '@app/persistence';
import { WorkLoop } from '@app/runtime';
import { nextAttemptMs } from './next-attempt.js';

export const MEDIA_CLIENT = Symbol('MEDIA_CLIENT');

/** What fetches: the guarded client, or a test's own. */
export interface MediaClient {
  download(request: DownloadRequest): Promise<Download>;
}

/** Each may hold an attachment of the largest size in memory. */
const AT_ONCE = 4;
/** Well above the longest fetch: after it somebody else takes the job for abandoned. */
const LEASE_MS = 300_000;
/** Requests for one attachment: where it is, and itself. */
const MAX_STEPS = 3;
const LOOK_MS = 1_000;
const SWEEP_MS = 60_000;

type Outcome = Omit<MediaBody, 'locator'>;

/**
 * Fetches the bytes of attachments, after their entries stand: judges them by their content, keeps them under their
 * digest, and tells the entry. What a provider does not hand out now is tried again until its link dies.
 *
 * Guarantee: each attachment has one outcome, whichever process dies when; bytes are in the store before an entry says
 * so, and go when nobody refers to them any more.
 */
@Injectable()
export class FetchMediaService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loops: readonly WorkLoop[];
  private readonly accounts: ReadonlyMap<string, ChannelAccount>;

  constructor(
    @Inject(MediaRepository) private readonly media: MediaRepository,
    @Inject(MEDIA_STORE) private readonly store: MediaStore,
    @Inject(MEDIA_CLIENT) private readonly client: MediaClient,
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.accounts = new Map(accounts.map((account) => [account.id, account]));
    this.loops = [
      new WorkLoop({ name: 'fetch-media', work: () => this.fetchDue(), idleMs: LOOK_MS, logger }),
      new WorkLoop({ name: 'sweep-media', work: () => this.sweep(), idleMs: SWEEP_MS, logger }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map(async (loop) => await loop.stop()));
  }

  /** Does what is due. @returns whether there may be more */
  async fetchDue(): Promise<boolean> {
    const jobs = await this.media.claim(AT_ONCE, LEASE_MS);
    const results = await Promise.allSettled(jobs.map(async (job) => await this.fetch(job)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      // The store or the database is away: the job comes back when its wait is over.
      const { account_id: account } = jobs[index]!;
      this.logger.warn({ account, error: describeError(result.reason) }, 'An attachment could not be kept');
      await this.tryLater(jobs[index]!, 'store');
    }
    return jobs.length === AT_ONCE;
  }

  /** Removes bytes that nobody refers to, and counts what waits. */
  async sweep(): Promise<boolean> {
    const { waiting, oldest } = await this.media.backlog();
    this.metrics.mediaWaiting.set(waiting);
    this.metrics.mediaOldestSeconds.set(
      oldest === null ? 0 : Math.max(0, (this.clock.now().getTime() - oldest.getTime()) / 1_000),
    );
    await this.media.removeUnreferred(async (digest) => await this.store.delete(digest));
    return false;
  }

  private async fetch(job: MediaJob): Promise<void> {
    if (!(await this.media.isWanted(job))) return await this.media.drop(job);
    const { access, request } = this.accessOf(job);
    if (access === undefined || request === undefined) return await this.settle(job, { state: 'failed' }, 'no_access');
    const download = await this.download(request, access.hosts);
    if (download.ok) return await this.keep(job, download.bytes);
    const { outcome, reason } = download;
    if (outcome === 'retry') return await this.tryLater(job, reason, download.retryAfterMs);
    const ageMs = this.clock.now().getTime() - job.queued_at.getTime();
    const mayCome = access.lateByMs !== undefined && ageMs < access.lateByMs;
    if (reason === 'http_404' && mayCome) return await this.tryLater(job, reason);
    await this.settle(job, { state: outcome === 'gone' ? 'expired' : 'blocked' }, reason);
  }

  /** Asks, and asks again where the first answers say so. */
  private async download(first: MediaRequest, hosts: readonly string[]): Promise<Download> {
    let request = first;
    for (let step = 1; ; step += 1) {
      const download = await this.client.download({ ...request, hosts });
      if (!download.ok || request.next === undefined) return download;
      const next = step < MAX_STEPS ? request.next(download.bytes) : undefined;
      if (next === undefined) return { ok: false, outcome: 'gone', reason: 'answer' };
      request = next;
    }
  }

  private accessOf(job: MediaJob): { readonly access?: MediaAccess; readonly request?: MediaRequest } {
    const account = this.accounts.get(job.account_id);
    const access = account === undefined ? undefined : mediaAccessOf(account);
    if (account === undefined || access === undefined) return {};
    const plain = job.source === 'url' ? { url: job.locator } : undefined;
    const request = access.requestFor === undefined ? plain : access.requestFor(job, account, this.clock.now());
    return request === undefined ? { access } : { access, request };
  }

  private async keep(job: MediaJob, bytes: Buffer): Promise<void> {
    const judgement = await judgeMedia(bytes);
    if (!judgement.keep) return await this.settle(job, { state: 'blocked' }, judgement.reason);
    const { mediaType } = judgement;
    const digest = hash('sha256', bytes);
    await this.media.refer(job, { digest, mediaType, sizeBytes: bytes.length });
    await this.store.put(digest, bytes);
    const stored: Outcome = { state: 'stored', sha256: digest, media_type: mediaType, size_bytes: bytes.length };
    await this.settle(job, stored, 'stored');
  }

  private async tryLater(job: MediaJob, reason: string, retryAfterMs?: number): Promise<void> {
    const delayMs = nextAttemptMs({
      attempts: job.attempts,
      queuedAt: job.queued_at,
      now: this.clock.now(),
      chance: Math.random(),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    if (delayMs === undefined) return await this.settle(job, { state: 'failed' }, reason);
    this.metrics.mediaFetched.inc({ account: job.account_id, outcome: 'retry' });
    this.logger.info({ account: job.account_id, attempts: job.attempts, reason }, 'An attachment is tried again');
    await this.media.postpone(job, delayMs);
  }

  private async settle(job: MediaJob, outcome: Outcome, reason: string): Promise<void> {
    await this.media.settle(job, outcome);
    this.metrics.mediaFetched.inc({ account: job.account_id, outcome: outcome.state });
    if (outcome.state !== 'stored') {
      this.logger.info({ account: job.account_id, state: outcome.state, reason }, 'An attachment was not fetched');
    }
  }
}
