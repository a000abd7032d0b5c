import { createHash } from 'node:crypto';
import { readSmppSettings, type DeliverSm, type MessagePart, type SmppSettings } from '@app/channels';
import { AppError, describeError, type ChannelAccount } from '@app/kernel';
import { AdvisoryLease, type Database } from '@app/persistence';
import { BackOff, OwnedWork, type BackOffOptions, type Failure } from '@app/runtime';
import { acceptDeliverSm, type AcceptParts } from './accept-deliver-sm.js';
import { AnsweredDeliveries } from './answered-deliveries.js';
import { SmppSession, SmscError, type DeliveryAnswer, type SessionTimes, type SmppListener } from './smpp-session.js';

/** Waits of a worker, in milliseconds. */
export interface SmscTimes extends SessionTimes {
  readonly backOff: BackOffOptions;
  /** How often a copy that waits looks whether the account became free, and one that is bound whether it still owns it. */
  readonly standbyMs: number;
}

export const SMSC_TIMES: SmscTimes = {
  connectMs: 10_000,
  answerMs: 10_000,
  enquireMs: 30_000,
  unbindMs: 5_000,
  standbyMs: 5_000,
  backOff: { firstMs: 5_000, maxMs: 60_000, loginMs: 300_000 },
};

/** What a worker works with. */
export interface WorkerParts extends AcceptParts {
  readonly database: Database;
  readonly times: SmscTimes;
}

/** Name space of the locks on binds: "SMPP". */
const LOCKS = 0x534d5050;

/** Works on one thing after the other for each sender, so that what somebody writes keeps its order. */
class InTurn {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(sender: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(sender) ?? Promise.resolve()).then(work);
    this.last.set(sender, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(sender) === mine) this.last.delete(sender);
    }
  }
}

/**
 * Keeps one account bound to its message centre, for as long as the service runs.
 *
 * Guarantee: what was answered is durable. A message is one entry, whether its answer got lost or not; one that is written twice
 * is two. Of several processes one is bound; the lock has no time limit.
 */
export class SmscWorker {
  private readonly settings: SmppSettings;
  private readonly lease: AdvisoryLease;
  private readonly backOff: BackOff;
  private readonly inTurn = new InTurn();
  private readonly owned: OwnedWork;

  constructor(
    private readonly account: ChannelAccount,
    private readonly parts: WorkerParts,
  ) {
    this.settings = readSmppSettings(account);
    this.backOff = new BackOff(parts.times.backOff);
    const hash = createHash('sha256').update(account.id).digest();
    this.lease = new AdvisoryLease(parts.database, [LOCKS, hash.readInt32BE(0)]);
    this.owned = new OwnedWork({
      lease: this.lease,
      work: (stopping) => this.serve(stopping),
      failed: (error) => this.failed(error),
      standbyMs: parts.times.standbyMs,
      logger: parts.logger.child({ account: account.id }),
      what: 'A message centre',
    });
  }

  /** What it is doing, for the health report. */
  get detail(): string {
    return this.owned.detail;
  }

  start(): void {
    this.owned.start();
  }

  /** Answers what is in hand, unbinds, and gives the account up. */
  async stop(): Promise<void> {
    await this.owned.stop();
  }

  /** Bound until something fails or the service ends. @throws SmscError, StoreUnavailableError */
  private async serve(stopping: AbortSignal): Promise<number> {
    const session = await SmppSession.open(this.settings, this.listener(), this.parts.times);
    this.owned.became('bound');
    this.backOff.reset();
    const over = session.untilEnd();
    try {
      for (;;) {
        const ended = await Promise.race([over, this.owned.wait(this.parts.times.standbyMs)]);
        if (ended !== undefined) throw new SmscError(ended);
        if (stopping.aborted) return 0;
        if (!(await this.lease.held())) throw new SmscError('another process is bound');
      }
    } finally {
      await session.close();
    }
  }

  private listener(): SmppListener {
    const answers = new AnsweredDeliveries();
    const parts = new WeakMap<DeliverSm, { part: Omit<MessagePart, 'isAnother'>; arrivedAt: Date }>();
    return {
      delivered: async (pdu): Promise<DeliveryAnswer> => {
        const arrivedAt = this.parts.clock.now();
        return await this.inTurn.run(pdu.sourceAddress, async () => {
          const { answer, part } = await acceptDeliverSm(pdu, this.account, answers, this.parts);
          if (part !== undefined) parts.set(pdu, { part, arrivedAt });
          return answer;
        });
      },
      answered: (pdu, answer) => {
        const kept = answer === 'kept' ? parts.get(pdu) : undefined;
        if (kept !== undefined) answers.add(kept.part, kept.arrivedAt, this.parts.clock.now());
      },
    };
  }

  private failed(error: unknown): Failure {
    const known = error instanceof AppError && error.retryable;
    const reason = error instanceof SmscError ? error.reason : known ? error.code : `fault: ${describeError(error)}`;
    return { reason, waitMs: this.backOff.next(error instanceof SmscError && error.refusesLogin) };
  }
}
