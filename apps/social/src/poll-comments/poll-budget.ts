import { createHmac } from 'node:crypto';
import type { CommentAccess, CommentQuota, CommentUsage } from '@app/channels';
import type { ChannelAccount, Clock } from '@app/kernel';
import type { PollQuotaRepository } from '@app/persistence';
import { PollError } from './poll-error.js';
import { pacificTime, waitForQuota } from './quota.js';

/** How many calls may be made, and how fast. */
export interface PollBudget {
  /** Looks at what others have spent meanwhile. @throws StoreUnavailableError */
  refresh(): Promise<void>;
  /** How long a call that can wait is to wait, in milliseconds. @param ahead part of the allowance that may be used before its time */
  waitMs(ahead: number): number;
  /** Counts a call, before it is made: refused ones count too. @throws PollError when there are none left */
  spend(): Promise<void>;
  /**
   * The provider refuses a call, whatever was counted here: none are left (`quota`), or it was too fast (`limited`).
   *
   * @throws StoreUnavailableError
   */
  refused(kind: 'quota' | 'limited'): Promise<void>;
  /** What an answer says of it. */
  heard(headers: Readonly<Record<string, string>>): void;
}

/** Units of a day, which all accounts with the same credential share, in whatever process they are asked about. */
export class DayBudget implements PollBudget {
  private readonly key: string;
  private used = 0;
  private day = '';

  constructor(
    private readonly quota: CommentQuota,
    private readonly parts: {
      readonly quotas: Pick<PollQuotaRepository, 'spent' | 'spend' | 'exhaust'>;
      /** Makes a digest of the credential that says nothing outside this installation. */
      readonly digestKey: Buffer;
      readonly clock: Clock;
    },
  ) {
    this.key = createHmac('sha256', parts.digestKey).update(`quota:${quota.sharedBy}`).digest('base64url');
  }

  async refresh(): Promise<void> {
    this.day = this.today();
    this.used = await this.parts.quotas.spent(this.key, this.day);
  }

  waitMs(ahead: number): number {
    const used = this.day === this.today() ? this.used : 0;
    return Math.ceil(waitForQuota(used, this.quota.perDay, this.parts.clock.now(), ahead));
  }

  async spend(): Promise<void> {
    if (this.day !== this.today()) await this.refresh();
    if (this.used >= this.quota.perDay) throw new PollError('quotaExceeded', 'quota');
    this.used = await this.parts.quotas.spend(this.key, this.day);
  }

  async refused(kind: 'quota' | 'limited'): Promise<void> {
    if (kind === 'limited') return;
    this.day = this.today();
    this.used = Math.max(this.used, this.quota.perDay);
    await this.parts.quotas.exhaust(this.key, this.day, this.used);
  }

  heard(): void {
    // Units are counted, not told.
  }

  private today(): string {
    return pacificTime(this.parts.clock.now()).day;
  }
}

/** Meta asks to be left alone from here on. */
const FULL_PERCENT = 80;
/** Shares of use fall within an hour; nobody says how fast. */
const COOL_DOWN_MS = 600_000;
const MAX_COOL_DOWN_MS = 24 * 3_600_000;

/** Calls that are not counted here: each answer says how far they are used up. */
export class UsageBudget implements PollBudget {
  private restUntilMs = 0;

  constructor(
    private readonly read: (headers: Readonly<Record<string, string>>) => CommentUsage | undefined,
    private readonly clock: Clock,
  ) {}

  async refresh(): Promise<void> {
    await Promise.resolve();
  }

  waitMs(): number {
    return Math.max(0, this.restUntilMs - this.clock.now().getTime());
  }

  async spend(): Promise<void> {
    const waitMs = this.waitMs();
    if (waitMs > 0) throw new PollError('usage', 'limited', waitMs);
    await Promise.resolve();
  }

  async refused(): Promise<void> {
    this.rest(0);
    await Promise.resolve();
  }

  heard(headers: Readonly<Record<string, string>>): void {
    const usage = this.read(headers);
    if (usage !== undefined && (usage.percent >= FULL_PERCENT || usage.regainMs > 0)) this.rest(usage.regainMs);
  }

  private rest(forMs: number): void {
    const restMs = Math.min(Math.max(forMs, COOL_DOWN_MS), MAX_COOL_DOWN_MS);
    this.restUntilMs = Math.max(this.restUntilMs, this.clock.now().getTime() + restMs);
  }
}

/** The budget of an account. */
export function budgetOf(
  access: CommentAccess,
  account: ChannelAccount,
  parts: ConstructorParameters<typeof DayBudget>[1],
): PollBudget {
  const quota = access.quotaOf?.(account);
  if (quota !== undefined) return new DayBudget(quota, parts);
  return new UsageBudget((headers) => access.usage?.read(headers), parts.clock);
}
