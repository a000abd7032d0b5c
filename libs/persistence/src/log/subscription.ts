import { describeError, type Logger } from '@app/kernel';
import type { BatchHandler, SubscribeOptions, Subscription, SubscriptionStatus } from '@app/stream';
import type { Database } from '../database.js';
import { WAKE_CHANNEL } from './appender.js';
import { Membership, type ConsumerRow } from './membership.js';
import { readRecords } from './reader.js';
import { Signal } from './signal.js';
import type { LogTopics } from './topics.js';

const POLL_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

interface Pause {
  readonly until: number;
  readonly tries: number;
  readonly code: string;
}

/** What a subscription works with. */
export interface SubscriptionParts {
  readonly database: Database;
  readonly topics: LogTopics;
  readonly logger: Logger;
}

/**
 * A member of a group that reads its share of the partitions.
 *
 * At least once, in order within a partition: the offset moves after the handler has resolved. Whatever the handler
 * throws or rejects pauses the partition; nothing is skipped.
 */
export class LogSubscription implements Subscription {
  private readonly signal = new Signal();
  private readonly pauses = new Map<number, Pause>();
  private readonly busy = new Map<number, Promise<void>>();
  private readonly names = new Map<number, string>();
  private readonly served = new Map<number, number>();
  private turn = 0;
  private membership: Membership | undefined;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: SubscriptionParts,
    private readonly options: SubscribeOptions,
    private readonly handler: BatchHandler,
  ) {}

  /** Joins the group and begins to read. */
  async start(): Promise<void> {
    await this.join();
    this.loop = this.run();
  }

  status(): SubscriptionStatus {
    const stalled = [...this.pauses].map(([id, pause]) => `${this.names.get(id) ?? id}: ${pause.code}`);
    return { connected: this.membership !== undefined, stalled };
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
        await this.signal.wait(FIRST_PAUSE_MS);
      }
      await this.signal.wait(this.untilNext(balanceAt));
    }
  }

  private untilNext(balanceAt: number): number {
    const wakeUps = [...this.pauses.values()].map(({ until }) => until).filter((until) => until > Date.now());
    return Math.max(10, Math.min(balanceAt, ...wakeUps) - Date.now());
  }

  private begin(membership: Membership, rows: readonly ConsumerRow[]): void {
    // The partition that was served longest ago comes first, so that a full one cannot starve the others.
    const servedAt = ({ id }: ConsumerRow): number => this.served.get(id) ?? 0;
    for (const row of [...rows].sort((a, b) => servedAt(a) - servedAt(b))) {
      if (!membership.owned.has(row.id)) {
        if (!this.busy.has(row.id)) this.pauses.delete(row.id);
        continue;
      }
      if (this.stopped || this.busy.size >= (this.options.concurrency ?? 4)) return;
      if (this.busy.has(row.id) || row.committed >= row.head) continue;
      if ((this.pauses.get(row.id)?.until ?? 0) > Date.now()) continue;
      this.served.set(row.id, (this.turn += 1));
      this.names.set(row.id, `${row.topic}/${row.partition}`);
      const work = this.work(membership, row).finally(() => {
        this.busy.delete(row.id);
        this.signal.raise();
      });
      this.busy.set(row.id, work);
    }
  }

  /** One batch: read, handle, commit. Never rejects. */
  private async work(membership: Membership, row: ConsumerRow): Promise<void> {
    try {
      const from = this.startOf(row);
      const records = await readRecords(this.parts.database, row, from, this.options.maxBatchRecords ?? 1000);
      const last = records.at(-1);
      if (last !== undefined) {
        const outcome = await this.handler({ topic: row.topic, partition: row.partition, records });
        if (outcome && outcome.rejected.length > 0) throw new Error('The log cannot set rejected records aside');
      }
      // Without a record the rest of the partition was compacted away.
      await membership.commit(row.id, last === undefined ? row.head : last.offset + 1n);
      this.pauses.delete(row.id);
    } catch (error) {
      this.pause(row, error);
    }
  }

  private startOf(row: ConsumerRow): bigint {
    if (row.committed >= row.first) return row.committed;
    const { topic, partition } = row;
    const lost = String(row.first - row.committed);
    this.parts.logger.warn({ group: this.options.group, topic, partition, lost }, 'Records fell to the retention time');
    return row.first;
  }

  private pause(row: ConsumerRow, error: unknown): void {
    const tries = (this.pauses.get(row.id)?.tries ?? 0) + 1;
    const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
    const code = (error as { code?: unknown } | null)?.code;
    this.pauses.set(row.id, { until: Date.now() + wait, tries, code: typeof code === 'string' ? code : 'internal' });
    const { topic, partition } = row;
    // The message of a handler's error may hold a customer's words; its code and kind do not.
    this.parts.logger.warn(
      { group: this.options.group, topic, partition, tries, code, kind: (error as Error | null)?.name },
      'A partition pauses',
    );
  }
}
