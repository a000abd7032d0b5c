import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { uuidV7 } from '@app/contracts';
import { joinOf, type MessagePart } from '@app/channels';
import { toRecord, type PartTaker } from '@app/ingress';
import {
  ACCOUNTS,
  CLOCK,
  deriveKey,
  INSTALLATION_SECRET,
  LOGGER,
  Metrics,
  type ChannelAccount,
  type Clock,
  type Logger,
} from '@app/kernel';
import { PartsRepository, type StoredSet } from '@app/persistence';
import { WorkLoop } from '@app/runtime';
import { STREAM, type Stream } from '@app/stream';

const APPEND_TIMEOUT_MS = 8_000;
const LOOK_MS = 5_000;
const SWEEP_MS = 600_000;
/** So long a message is waited for, from its first part. */
const WAIT_MS = 600_000;
/** Longer than anybody takes to tell a message that became whole in his hands. */
const IN_HAND_MS = 30_000;

/**
 * Joins messages that come in parts. A part is durable before it is answered; a message is told when it is whole, or as far as it
 * is there ten minutes after its first part, and told anew when a part comes after that.
 *
 * Guarantee: each message once, whichever process dies when: its id is that of its set, and what was not noted as told is
 * told again under the same id.
 */
@Injectable()
export class JoinPartsService implements PartTaker, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly senderHmacKey: Buffer;
  private readonly byId: ReadonlyMap<string, ChannelAccount>;
  private readonly loops: readonly WorkLoop[];

  constructor(
    @Inject(PartsRepository) private readonly parts: PartsRepository,
    @Inject(STREAM) private readonly stream: Stream,
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(INSTALLATION_SECRET) secret: string,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.senderHmacKey = deriveKey(secret, 'sender-key');
    this.byId = new Map(accounts.filter((account) => joinOf(account) !== undefined).map((one) => [one.id, one]));
    this.loops = [
      new WorkLoop({ name: 'join-parts', work: () => this.tellUntold(), idleMs: LOOK_MS, logger }),
      new WorkLoop({ name: 'sweep-parts', work: () => this.sweep(), idleMs: SWEEP_MS, logger }),
    ];
  }

  onApplicationBootstrap(): void {
    if (this.byId.size > 0) for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.byId.size > 0) await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** @throws StoreUnavailableError, StreamUnavailableError: the same parts may come again */
  async take(parts: readonly MessagePart[]): Promise<void> {
    for (const { account, isAnother = false, ...part } of parts) {
      const set = await this.parts.keep({ ...part, accountId: account.id, isAnother }, this.clock.now());
      const isWhole = set.parts.length === set.total;
      // A part of what was told in part completes it as far as it goes.
      if (set.told < set.parts.length && (isWhole || set.told > 0)) await this.tell(set);
    }
  }

  /** Tells what waited long enough, or was left by a process that died. @returns whether there may be more */
  async tellUntold(): Promise<boolean> {
    const now = this.clock.now().getTime();
    const sets = await this.parts.untold({ since: new Date(now - WAIT_MS), wholeSince: new Date(now - IN_HAND_MS) });
    const ours = sets.filter(({ accountId }) => this.byId.has(accountId));
    for (const set of ours) await this.tell(set);
    return ours.length === 100;
  }

  private async sweep(): Promise<boolean> {
    await this.parts.sweep(this.clock.now());
    return false;
  }

  private async tell(set: StoredSet): Promise<void> {
    const account = this.byId.get(set.accountId);
    if (account === undefined) throw new Error(`the account ${set.accountId} joins no parts`);
    const { event, senderId } = joinOf(account)!(set, account);
    const correlationId = uuidV7(this.clock.now());
    const record = toRecord(event, account, senderId, { senderHmacKey: this.senderHmacKey, correlationId });
    await this.stream.append([record], { timeoutMs: APPEND_TIMEOUT_MS });
    await this.parts.told(set.id, set.parts.length);
    this.metrics.eventsAccepted.inc({ channel: account.channel, account: account.id });
    if (set.parts.length < set.total) {
      this.logger.warn(
        { account: account.id, set: set.id, parts: set.parts.length, of: set.total },
        'A message is told in part',
      );
    }
  }
}
