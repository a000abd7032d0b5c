import { asksForCheck, type MailCheck, type PulledMail } from '@app/channels';
import type { ChannelAccount, Clock, Logger, Metrics } from '@app/kernel';
import { Lane } from '../pull-mailbox/lane.js';
import type { PublishedRecords } from './published-records.js';
import { verifySignatures } from './verify-signatures.js';

/** What a checker works with. */
export interface CheckerParts {
  readonly records: Pick<PublishedRecords, 'textOf'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: CheckLimits;
}

/** Longest waits, in milliseconds. */
export interface CheckLimits {
  /** For one mail. */
  readonly mailMs: number;
  /** For all mails that are handed in together. */
  readonly togetherMs: number;
}

export const CHECK_LIMITS: CheckLimits = { mailMs: 5_000, togetherMs: 10_000 };

/** Most of the time of a check is waiting for DNS. */
const AT_ONCE = 16;

/**
 * Checks signatures beside the pull. A mail is never lost or kept back by it: what cannot be checked within the time is "not
 * checked", which proves nothing, and goes on.
 */
export class SignatureChecker {
  constructor(private readonly parts: CheckerParts) {}

  /**
   * Starts to check mails.
   *
   * @returns for each mail, in order, a promise that never rejects: what was found, or undefined when nothing was asked for or
   * could be found out
   */
  checkAll(mails: readonly PulledMail[], account: ChannelAccount): readonly Promise<MailCheck | undefined>[] {
    const endsAt = performance.now() + this.parts.limits.togetherMs;
    const lanes = Array.from({ length: AT_ONCE }, () => new Lane());
    return mails.map(async (mail, index) => {
      if (!asksForCheck(mail, account)) return undefined;
      return await lanes[index % AT_ONCE]!.run(Promise.resolve(), () => this.check(mail, account, endsAt));
    });
  }

  private async check(mail: PulledMail, account: ChannelAccount, endsAt: number): Promise<MailCheck | undefined> {
    const timeoutMs = Math.min(this.parts.limits.mailMs, endsAt - performance.now());
    const found = timeoutMs > 0 ? await this.within(timeoutMs, this.verify(mail, account)) : undefined;
    const outcome = found === undefined ? 'not_checked' : 'checked';
    this.parts.metrics.mailChecks.inc({ account: account.id, outcome });
    return found;
  }

  private async verify(
    { source, internalDate, folder, uid }: PulledMail,
    account: ChannelAccount,
  ): Promise<MailCheck | undefined> {
    const { records, clock, logger } = this.parts;
    try {
      return await verifySignatures(source, internalDate ?? clock.now(), (name) => records.textOf(name));
    } catch (error) {
      // The words of the error may come from the mail, so only its kind is told.
      const fault = error instanceof Error ? error.name : 'unknown';
      logger.warn({ account: account.id, folder, uid, fault }, 'A signature check failed');
      return undefined;
    }
  }

  private async within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
