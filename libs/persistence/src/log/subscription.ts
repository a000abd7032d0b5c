import { describeError, StoreUnavailableError } from '@app/kernel';
import {
  BatchSettler,
  type BatchHandler,
  type BatchSettlerParts,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionStatus,
} from '@app/stream';
import type { Database } from '../database.js';
import { WAKE_CHANNEL } from './appender.js';
import { Membership, type ConsumerRow } from './membership.js';
import { readRecords } from './reader.js';
import { Signal } from './signal.js';
import type { LogTopics } from './topics.js';

const POLL_MS = 1_000;
const AGAIN_MS = 250;

/** What a subscription works with. */
export interface SubscriptionParts extends BatchSettlerParts {
  readonly database: Database;
  readonly topics: LogTopics;
}

/**
 * A member of a group that reads its share of the partitions.
 *
 * At least once, in order within a partition: the offset moves after the handler's effects and dead letters are
 * durable. A fault pauses the partition; nothing is skipped.
 */
export class LogSubscription implements Subscription {
  private readonly signal = new Signal();
  private readonly settler: BatchSettler;
  /** When each paused partition goes on, in milliseconds since 1970. */
  private readonly waits = new Map<number, number>();
  private readonly busy = new Map<number, Promise<void>>();
  private readonly served = new Map<number, number>();
  private turn = 0;
  private membership: Membership | undefined;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: SubscriptionParts,
    private readonly options: SubscribeOptions,
    handler: BatchHandler,
  ) {
    this.settler = new BatchSettler(parts, options, handler);
  }

  /** Joins the group and begins to read. */
  async start(): Promise<void> {
    await this.join();
    this.loop = this.run();
  }

  status(): SubscriptionStatus {
    return { connected: this.membership !== undefined, stalled: this.settler.pauses.describe() };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.signal.raise();
    await this.loop;
    await Promise.all(this.busy.values());
    await this.membership?.leave();
    this.membership = undefined;
  }

  private async join(): Promise<Membership> {
    const topics = await this.parts.topics.find(this.options.topics);
    const session = await this.parts.database.connectClient();
    const lost = (): void => {
      this.membership = undefined;
      this.signal.raise();
    };
    session.on('error', lost);
    session.on('end', lost);
    session.on('notification', () => this.signal.raise());
    try {
      await session.query(`LISTEN ${WAKE_CHANNEL}`);
      const ids = this.options.topics.map((name) => topics.get(name)!.id);
      return (this.membership = await Membership.join(session, this.options.group, ids));
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  private async run(): Promise<void> {
    let balanceAt = 0;
    while (!this.stopped) {
      try {
        // A batch of the lost session has to end first, or its successor would handle the same records beside it.
        if (this.membership === undefined) await Promise.all(this.busy.values());
        const membership = this.membership ?? (await this.join());
        if (Date.now() >= balanceAt) {
          await membership.balance(await membership.rows(), new Set(this.busy.keys()));
          balanceAt = Date.now() + POLL_MS;
        }
        // Read after taking partitions, so that the former owner's last commit is seen.
        this.begin(membership, await membership.rows());
      } catch (error) {
        this.parts.logger.warn({ group: this.options.group, error: describeError(error) }, 'Reading the log failed');
        await this.signal.wait(AGAIN_MS);
      }
      await this.signal.wait(this.untilNext(balanceAt));
    }
  }

  private untilNext(balanceAt: number): number {
    const wakeUps = [...this.waits.values()].filter((until) => until > Date.now());
    return Math.max(10, Math.min(balanceAt, ...wakeUps) - Date.now());
  }

  private begin(membership: Membership, rows: readonly ConsumerRow[]): void {
    // The partition that was served longest ago comes first, so that a full one cannot starve the others.
    const servedAt = ({ id }: ConsumerRow): number => this.served.get(id) ?? 0;
    for (const row of [...rows].sort((a, b) => servedAt(a) - servedAt(b))) {
      if (!membership.owned.has(row.id)) {
        if (!this.busy.has(row.id)) this.forgetPause(row);
        continue;
      }
      if (this.stopped || this.busy.size >= (this.options.concurrency ?? 4)) return;
      if (this.busy.has(row.id) || row.committed >= row.head) continue;
      if ((this.waits.get(row.id) ?? 0) > Date.now()) continue;
      this.served.set(row.id, (this.turn += 1));
      const work = this.work(membership, row).finally(() => {
        this.busy.delete(row.id);
        this.signal.raise();
      });
      this.busy.set(row.id, work);
    }
  }

  /** One batch: read, settle, commit. Never rejects. */
  private async work(membership: Membership, row: ConsumerRow): Promise<void> {
    const { topic, partition } = row;
    try {
      const from = this.startOf(row);
      const records = await readRecords(this.parts.database, row, from, this.options.maxBatchRecords ?? 1000);
      if (records.length === 0) {
        // The rest of the partition was compacted away.
        await membership.commit(row.id, row.head);
        return;
      }
      const { settled, pause } = await this.settler.settle({ topic, partition, records });
      if (settled > 0) await membership.commit(row.id, records[settled - 1]!.offset + 1n);
      if (pause === undefined) this.waits.delete(row.id);
      else this.waits.set(row.id, Date.now() + pause.waitMs);
    } catch (error) {
      // Reading or committing failed: the database's fault, or this member has lost the partition.
      const cause = new StoreUnavailableError('The log was not read or the offset not moved', { cause: error });
      this.waits.set(row.id, Date.now() + this.settler.pause(row, cause).waitMs);
    }
  }

  private forgetPause(row: ConsumerRow): void {
    this.waits.delete(row.id);
    this.settler.pauses.clear(`${row.topic}/${row.partition}`);
  }

  private startOf(row: ConsumerRow): bigint {
    if (row.committed >= row.first) return row.committed;
    const { topic, partition } = row;
    const lost = String(row.first - row.committed);
    this.parts.logger.warn({ group: this.options.group, topic, partition, lost }, 'Records fell to the retention time');
    return row.first;
  }
}
