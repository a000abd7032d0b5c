import type { Logger } from '@app/kernel';

/** What a mailbox is doing, for operators. */
export type MailboxCondition = 'starting' | 'standby' | 'connected' | 'away';

const SAYS: Readonly<Record<MailboxCondition, string>> = {
  starting: 'starting',
  standby: 'another process pulls it',
  connected: 'connected',
  away: 'away',
};

/** Keeps the condition of a mailbox and logs each change of it once, however many attempts fail alike. */
export class MailboxWatch {
  private condition: MailboxCondition = 'starting';
  private reason = '';
  private since = new Date(0);
  private historyText = '';
  private percent = -1;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => Date,
  ) {
    this.since = now();
  }

  /** @param reason a word without anything of a customer */
  became(condition: MailboxCondition, reason = ''): void {
    if (condition === this.condition && reason === this.reason) return;
    const was = this.condition;
    this.condition = condition;
    this.reason = reason;
    this.since = this.now();
    if (condition === 'away') this.logger.warn({ reason }, 'The mailbox is away; trying again');
    else if (condition === 'connected' && was === 'away') this.logger.info('The mailbox is back');
    else this.logger.info(`The mailbox: ${SAYS[condition]}`);
  }

  /** Logs the progress of a first sync at each percent. */
  history(done: number, of: number): void {
    const percent = Math.floor((100 * done) / of);
    this.historyText = done < of ? `; history ${percent} %` : '';
    if (percent === this.percent) return;
    this.percent = percent;
    this.logger.info({ done, of, percent }, done < of ? 'Fetching what lay in the mailbox' : 'The mailbox is fetched');
  }

  /** One line for the health report. */
  get detail(): string {
    const reason = this.reason === '' ? '' : ` (${this.reason})`;
    return `${SAYS[this.condition]}${reason} since ${this.since.toISOString()}${this.historyText}`;
  }
}
