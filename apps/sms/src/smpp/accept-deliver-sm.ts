import { CONNECTOR_OF_CHANNEL, uuidV7 } from '@app/contracts';
import { mapDeliverSm, type DeliverSm, type MessagePart } from '@app/channels';
import { toDeadLetter, toRecord, type PartTaker } from '@app/ingress';
import { AppError, describeError, type ChannelAccount, type Clock, type Logger, type Metrics } from '@app/kernel';
import type { OutgoingRecord, StreamProducer } from '@app/stream';
import type { AnsweredDeliveries } from './answered-deliveries.js';
import type { DeliveryAnswer } from './smpp-session.js';

/** What {@link acceptDeliverSm} works with. */
export interface AcceptParts {
  readonly stream: StreamProducer;
  readonly parts: PartTaker;
  readonly senderHmacKey: Buffer;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What came of a delivery; `part` when it is a message or a part of one. */
export interface Accepted {
  readonly answer: DeliveryAnswer;
  readonly part?: Omit<MessagePart, 'isAnother'>;
}

const APPEND_TIMEOUT_MS = 8_000;

/**
 * Makes a delivery durable: a message by its parts, a receipt on the stream, what cannot be read as a dead letter.
 *
 * @returns `later` when the stream or the store is away: the centre delivers again
 */
export async function acceptDeliverSm(
  pdu: DeliverSm,
  account: ChannelAccount,
  answered: AnsweredDeliveries,
  parts: AcceptParts,
): Promise<Accepted> {
  const now = parts.clock.now();
  const mapped = mapDeliverSm(pdu, account, now);
  try {
    if ('part' in mapped) {
      await parts.parts.take([{ ...mapped.part, isAnother: answered.has(mapped.part, now) }]);
      return { answer: 'kept', part: mapped.part };
    }
    await parts.stream.append([recordOf(mapped, account, now, parts)], { timeoutMs: APPEND_TIMEOUT_MS });
    return { answer: 'kept' };
  } catch (error) {
    const passing = error instanceof AppError && error.retryable;
    const level = passing ? 'warn' : 'error';
    parts.logger[level](
      { account: account.id, error: describeError(error) },
      'A delivery was not kept; it comes again',
    );
    return { answer: 'later' };
  }
}

function recordOf(
  mapped: Exclude<ReturnType<typeof mapDeliverSm>, { part: unknown }>,
  account: ChannelAccount,
  now: Date,
  { senderHmacKey, metrics }: AcceptParts,
): OutgoingRecord {
  if ('receipt' in mapped) {
    const { event, senderId } = mapped.receipt;
    metrics.eventsAccepted.inc({ channel: account.channel, account: account.id });
    return toRecord(event, account, senderId, { senderHmacKey, correlationId: uuidV7(now) });
  }
  const service = CONNECTOR_OF_CHANNEL.sms;
  metrics.deadLetters.inc({ service, account: account.id, code: mapped.rejected.code });
  return toDeadLetter(mapped.rejected, { service, account, mediaType: 'application/json', failedAt: now });
}
