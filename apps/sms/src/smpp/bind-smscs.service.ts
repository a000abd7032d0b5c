import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { smppProvider } from '@app/channels';
import { PART_TAKER, type PartTaker } from '@app/ingress';
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
import { Database } from '@app/persistence';
import { STREAM, type Stream } from '@app/stream';
import { SmscWorker, SMSC_TIMES, type SmscTimes } from './smsc-worker.js';

/** Injection token of the workers' waits; tests shorten them. */
export const SMSC_WAITS = Symbol('SMSC_WAITS');

/** Waits as in production. */
export const smscWaitsProvider = { provide: SMSC_WAITS, useValue: SMSC_TIMES };

/** Binds every SMPP account to its message centre while the process runs. */
@Injectable()
export class BindSmscsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly workers: readonly SmscWorker[];

  constructor(
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(Database) database: Database,
    @Inject(STREAM) stream: Stream,
    @Inject(PART_TAKER) parts: PartTaker,
    @Inject(INSTALLATION_SECRET) secret: string,
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
    @Inject(SMSC_WAITS) times: SmscTimes,
  ) {
    const mine = accounts.filter(
      ({ channel, provider }) => channel === smppProvider.channel && provider === smppProvider.provider,
    );
    const senderHmacKey = deriveKey(secret, 'sender-key');
    this.workers = mine.map((account) => {
      const worker = new SmscWorker(account, { database, stream, parts, senderHmacKey, clock, metrics, logger, times });
      // A centre that is away is told, but takes no work from this process: it stays ready.
      health.register(`message centre ${account.id}`, () => ({ ok: true, detail: worker.detail }));
      return worker;
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
