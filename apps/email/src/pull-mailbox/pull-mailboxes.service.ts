import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { imapProvider, readImapSettings } from '@app/channels';
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
import { BlobRepository, CredentialRepository, Database, MailboxCheckpointRepository } from '@app/persistence';
import { STREAM, type Stream } from '@app/stream';
import { ASK_DNS, askDns, PublishedRecords, type AskDns } from '../check-signatures/published-records.js';
import { CHECK_LIMITS, SignatureChecker } from '../check-signatures/signature-checker.js';
import { mailLogins } from '../mailbox-login/mailbox-login.js';
import { MailboxWorker, WORKER_TIMES, type WorkerParts, type WorkerTimes } from './mailbox-worker.js';

/** Injection token of the workers' waits; tests shorten them. */
export const MAILBOX_TIMES = Symbol('MAILBOX_TIMES');

/** Pulls every folder of every IMAP account while the process runs. */
@Injectable()
export class PullMailboxesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly workers: readonly MailboxWorker[];

  constructor(
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(Database) database: Database,
    @Inject(STREAM) stream: Stream,
    @Inject(INSTALLATION_SECRET) secret: string,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Inject(MAILBOX_TIMES) times: WorkerTimes,
    @Inject(ASK_DNS) ask: AskDns,
  ) {
    const records = new PublishedRecords(ask, clock);
    const parts: WorkerParts = {
      database,
      stream,
      blobs: new BlobRepository(database),
      checkpoints: new MailboxCheckpointRepository(database),
      checker: new SignatureChecker({ records, clock, metrics, logger, limits: CHECK_LIMITS }),
      senderHmacKey: deriveKey(secret, 'sender-key'),
      clock,
      metrics,
      logger,
      times,
    };
    const mine = accounts.filter(
      ({ channel, provider }) => channel === imapProvider.channel && provider === imapProvider.provider,
    );
    const credentials = new CredentialRepository(database, secret);
    this.workers = mine.flatMap((account) => {
      const settings = readImapSettings(account);
      const logins = mailLogins(account.id, settings, { credentials, clock, metrics });
      return settings.folders.map((folder) => {
        const worker = new MailboxWorker(account, folder, logins, parts);
        // A mailbox that is away is told, but takes no work from this process: it stays ready.
        health.register(`mailbox ${account.id}/${folder}`, () => ({ ok: true, detail: worker.detail }));
        return worker;
      });
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

/** Waits as in production. */
export const mailboxTimesProvider = { provide: MAILBOX_TIMES, useValue: WORKER_TIMES };

/** Asks the machine's DNS servers, once a mailbox wants signatures checked. */
export const askDnsProvider = { provide: ASK_DNS, useFactory: askDns };
