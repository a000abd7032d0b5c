import { CONNECTOR_OF_CHANNEL, uuidV7 } from '@app/contracts';
import type { ParsedEvent, RejectedElement } from '@app/channels';
import { toDeadLetter, toRecord } from '@app/ingress';
import type { ChannelAccount, Clock, Metrics } from '@app/kernel';
import type { StreamProducer } from '@app/stream';

/** What is needed to tell. */
export interface TellParts {
  readonly stream: Pick<StreamProducer, 'append'>;
  readonly senderHmacKey: Buffer;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const APPEND_TIMEOUT_MS = 10_000;
/** Elements that cannot be read are listed again at every look; so many of them are remembered. */
const MAX_REMEMBERED = 1_000;

/** Puts events and dead letters of one account on the stream. @throws StreamUnavailableError */
export class TellComments {
  constructor(
    private readonly account: ChannelAccount,
    private readonly parts: TellParts,
  ) {}

  async tell(events: readonly ParsedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { senderHmacKey, clock, metrics, stream } = this.parts;
    const correlationId = uuidV7(clock.now());
    await stream.append(
      events.map(({ event, account, senderId }) =>
        toRecord(event, account, senderId, { senderHmacKey, correlationId }),
      ),
      { timeoutMs: APPEND_TIMEOUT_MS },
    );
    metrics.eventsAccepted.inc({ channel: this.account.channel, account: this.account.id }, events.length);
  }

  /**
   * Makes dead letters of elements that were not set aside before.
   *
   * @param before keys of those that were, the newest last
   * @returns the same with the new ones, the newest thousand
   */
  async setAside(rejected: readonly RejectedElement[], before: readonly string[]): Promise<readonly string[]> {
    const known = new Set(before);
    const fresh = [...new Map(rejected.map((element) => [element.key, element])).values()].filter(
      ({ key }) => !known.has(key),
    );
    if (fresh.length === 0) return before;
    const service = CONNECTOR_OF_CHANNEL[this.account.channel];
    const frame = { service, account: this.account, mediaType: 'application/json', failedAt: this.parts.clock.now() };
    await this.parts.stream.append(
      fresh.map((element) => toDeadLetter(element, frame)),
      { timeoutMs: APPEND_TIMEOUT_MS },
    );
    for (const { code } of fresh) this.parts.metrics.deadLetters.inc({ service, account: this.account.id, code });
    return [...before, ...fresh.map(({ key }) => key)].slice(-MAX_REMEMBERED);
  }
}
