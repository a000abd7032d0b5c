import { createHash } from 'node:crypto';
import { readImapSettings, type ImapSettings } from '@app/channels';
import { AppError, describeError, StoreUnavailableError, type ChannelAccount, type Logger } from '@app/kernel';
import { AdvisoryLease, type Database, type MailboxCheckpointRepository } from '@app/persistence';
import { BackOff, type BackOffOptions } from '@app/runtime';
import type { MailLogin, MailLogins } from '../mailbox-login/mailbox-login.js';
import { appendMails, readMails, storeMails, type AcceptParts } from './accept-mails.js';
import { MailboxSession } from './mailbox-session.js';
import { reseed, seed, troubled, type MailboxState } from './mailbox-state.js';
import { MailboxWatch } from './mailbox-watch.js';
import { FetchError, MailboxTakenError, MailServerError } from './pull-errors.js';
import { SyncPass, type PassParts } from './sync-pass.js';
import { WakeUp } from './wake-up.js';

/** Waits of a worker, in milliseconds. */
export interface WorkerTimes {
  readonly backOff: BackOffOptions;
  /** How often a copy that waits looks whether the mailbox became free. */
  readonly standbyMs: number;
  /** Wait after a notification, because one often follows another. */
  readonly settleMs: number;
  /** How often it looks for mails that the server shows late. */
  readonly lateMs: number;
  /** Longest wait for work under way when the service ends. */
  readonly stopMs: number;
}

export const WORKER_TIMES: WorkerTimes = {
  backOff: { firstMs: 1_000, maxMs: 60_000, loginMs: 300_000 },
  standbyMs: 2_000,
  settleMs: 300,
  lateMs: 3_600_000,
  stopMs: 5_000,
};

/** What a worker works with. */
export interface WorkerParts extends AcceptParts {
  readonly database: Database;
  readonly checkpoints: MailboxCheckpointRepository<MailboxState>;
  readonly times: WorkerTimes;
}

/** Name space of the locks on mailboxes: "MAIL". */
const LOCKS = 0x4d41494c;
/** Longest time between two looks on a server that does not tell of new mail. */
const DEAF_POLL_MS = 30_000;

/** The service is ending. */
class Stopped extends Error {}

/**
 * Pulls one folder of one account, for as long as the service runs.
 *
 * Guarantee: at least once, in order of UIDs; a mail that comes twice has the same event id. The checkpoint moves only
 * after the stream acknowledged. Of several processes one pulls; the lock has no time limit, and a checkpoint that a
 * former owner writes late is refused.
 */
export class MailboxWorker {
  private readonly settings: ImapSettings;
  private readonly logger: Logger;
  private readonly watch: MailboxWatch;
  private readonly lease: AdvisoryLease;
  private readonly backOff: BackOff;
  private readonly wakeUp = new WakeUp();
  private session: MailboxSession | undefined;
  private stopping = false;
  private running: Promise<void> | undefined;
  /** When it last looked for mails that the server shows late; milliseconds since 1970. */
  private lookedForLate = Date.now();

  constructor(
    private readonly account: ChannelAccount,
    private readonly folder: string,
    private readonly logins: MailLogins,
    private readonly parts: WorkerParts,
  ) {
    this.settings = readImapSettings(account);
    this.logger = parts.logger.child({ account: account.id, folder });
    this.watch = new MailboxWatch(this.logger, () => parts.clock.now());
    this.backOff = new BackOff(parts.times.backOff);
    const hash = createHash('sha256')
      .update(JSON.stringify([account.id, folder]))
      .digest();
    this.lease = new AdvisoryLease(parts.database, [LOCKS, hash.readInt32BE(0)]);
  }

  /** What it is doing, for the health report. */
  get detail(): string {
    return this.watch.detail;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the mails in hand, then gives the mailbox up. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeUp.wake();
    const limit = setTimeout(() => this.session?.cut(), this.parts.times.stopMs);
    await this.running;
    clearTimeout(limit);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.demandLease();
        await this.own();
      } catch (error) {
        await this.wakeUpAfter(this.waitAfter(error));
      }
    }
    await this.lease.release().catch((error: unknown) => this.logger.warn({ error: describeError(error) }, 'Lock'));
  }

  /** @throws MailboxTakenError, StoreUnavailableError */
  private async demandLease(): Promise<void> {
    const held = await this.lease.held().catch((error: unknown) => {
      throw error instanceof AppError
        ? error
        : new StoreUnavailableError('The lock could not be asked for', { cause: error });
    });
    if (!held) throw new MailboxTakenError();
  }

  /** Notes what happened and says how long to wait, in milliseconds. */
  private waitAfter(error: unknown): number {
    if (this.stopping || error instanceof Stopped) return 0;
    if (error instanceof MailboxTakenError) {
      this.watch.became('standby');
      return this.parts.times.standbyMs;
    }
    const known = error instanceof AppError && error.retryable;
    const reason = error instanceof MailServerError || error instanceof FetchError ? error.reason : undefined;
    this.watch.became('away', reason ?? (known ? error.code : `fault: ${describeError(error).slice(0, 300)}`));
    return this.backOff.next(error instanceof MailServerError && error.refusesLogin);
  }

  /** Sleeps; only the end of the service wakes it early. */
  private async wakeUpAfter(waitMs: number): Promise<void> {
    const until = Date.now() + waitMs;
    while (!this.stopping && Date.now() < until) await this.wakeUp.wait(until - Date.now());
  }

  /** Pulls until something fails. @throws always */
  private async own(): Promise<never> {
    const { checkpoints } = this.parts;
    const name = { accountId: this.account.id, folder: this.folder };
    const claim = await checkpoints.claim(name);
    const save = async (state: MailboxState): Promise<void> => {
      if (!(await checkpoints.save(name, claim.fencing, state))) throw new MailboxTakenError();
    };
    const session = await this.connect();
    this.session = session;
    try {
      const pass = new SyncPass(this.passParts(session, save), await this.open(session, claim.state, save));
      return await this.follow(session, pass, save);
    } finally {
      this.session = undefined;
      await session.end();
    }
  }

  /** A cached access token may have been taken back early: when it is refused, a new one is tried, once. */
  private async connect(): Promise<MailboxSession> {
    const login = await this.logins.current();
    const open = async (chosen: MailLogin): Promise<MailboxSession> =>
      await MailboxSession.connect(
        { settings: this.settings, login: chosen, folder: this.folder },
        { grew: () => this.wakeUp.wake(), closed: () => this.wakeUp.wake() },
      );
    try {
      return await open(login);
    } catch (error) {
      const renewable = error instanceof MailServerError && error.refusesLogin && login.isCached;
      if (!renewable) throw error;
      return await open(await this.logins.renewed(login));
    }
  }

  /** The state to go on from: seeded at the first sight of the folder, and again when the server renumbered it. */
  private async open(
    { status }: MailboxSession,
    known: MailboxState | undefined,
    save: (state: MailboxState) => Promise<void>,
  ): Promise<MailboxState> {
    if (known !== undefined && known.uidValidity === status.uidValidity) return known;
    if (known !== undefined) {
      this.logger.warn(
        { from: known.uidValidity, to: status.uidValidity },
        'The server renumbered the mailbox; recent mail is fetched again and falls together with what is known',
      );
    }
    const state =
      known === undefined ? seed(status, this.settings.history, this.parts.clock.now()) : reseed(known, status);
    await save(state);
    return state;
  }

  /** New mail at once, history in between. @throws always */
  private async follow(
    session: MailboxSession,
    pass: SyncPass,
    save: (state: MailboxState) => Promise<void>,
  ): Promise<never> {
    const pollMs = session.notifies ? this.settings.pollMs : Math.min(DEAF_POLL_MS, this.settings.pollMs);
    for (;;) {
      try {
        await pass.run();
        await this.takeLate(pass);
      } catch (error) {
        if (error instanceof FetchError) await save(troubled(pass.reached, error.uids));
        throw error;
      }
      this.progressed();
      const told = await this.wakeUp.wait(pollMs);
      if (this.stopping) throw new Stopped();
      if (!session.isOpen) throw new MailServerError('the connection was closed');
      // Two mails often arrive together; a folder that was replaced under us says nothing, so the clock asks.
      if (told) await this.wakeUpAfter(this.parts.times.settleMs);
      else await this.checkNumbering(session, pass.reached);
    }
  }

  private async takeLate(pass: SyncPass): Promise<void> {
    if (Date.now() - this.lookedForLate < this.parts.times.lateMs) return;
    await pass.takeLate();
    this.lookedForLate = Date.now();
  }

  /** Something was done: whatever was the matter before is over. */
  private progressed(): void {
    this.watch.became('connected');
    this.backOff.reset();
  }

  private async checkNumbering(session: MailboxSession, state: MailboxState): Promise<void> {
    const { uidValidity } = await session.currentStatus();
    if (uidValidity !== state.uidValidity) throw new MailServerError('the folder was renumbered');
  }

  private passParts(session: MailboxSession, save: (state: MailboxState) => Promise<void>): PassParts {
    const { account } = this;
    const parts = { ...this.parts, logger: this.logger };
    return {
      session,
      clock: this.parts.clock,
      folder: this.folder,
      maxMailBytes: this.settings.maxMailBytes,
      save,
      read: (mails) => readMails(mails, account, parts),
      store: (mails) => storeMails(mails, parts),
      append: (mails, areStored) => appendMails(mails, areStored, account, parts),
      checkpoint: async () => {
        if (this.stopping) throw new Stopped();
        await this.demandLease();
      },
      skipped: (count, outcome) => {
        if (count > 0) parts.metrics.mailboxMails.inc({ account: account.id, outcome }, count);
      },
      moved: () => this.progressed(),
      progress: (done, of) => this.watch.history(done, of),
    };
  }
}
