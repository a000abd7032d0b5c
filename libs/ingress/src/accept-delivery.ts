import { CONNECTOR_OF_CHANNEL, uuidV7 } from '@app/contracts';
import type { KeptBytes, MessagePart, ParseResult, WebhookAdapter, WebhookReply, WebhookRequest } from '@app/channels';
import {
  AppError,
  PermanentRecordError,
  type ChannelAccount,
  type Clock,
  type Logger,
  type Metrics,
} from '@app/kernel';
import type { OutgoingRecord, StreamProducer } from '@app/stream';
import { toDeadLetter, toRecord } from './to-record.js';

/** Where bytes go to which events refer. */
export interface ByteStore {
  /** Durable when it resolves; equal bytes are stored once. */
  putAll(bytes: readonly KeptBytes[]): Promise<void>;
}

/** Whoever joins messages that come in parts. */
export interface PartTaker {
  /** Durable when it resolves: told on the stream, or kept until the rest is there. @throws as an append does */
  take(parts: readonly MessagePart[]): Promise<void>;
}

/** What {@link acceptDelivery} works with. */
export interface DeliveryParts {
  /** Absent in connectors whose channels keep no bytes apart. */
  readonly bytes?: ByteStore | undefined;
  /** Absent in connectors whose messages come whole. */
  readonly partTaker?: PartTaker | undefined;
  readonly stream: StreamProducer;
  readonly accounts: readonly ChannelAccount[];
  readonly senderHmacKey: Buffer;
  readonly appendTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** An answer, with seconds to wait when waiting helps. */
export interface DeliveryReply extends WebhookReply {
  readonly retryAfterSeconds?: number;
}

const TOO_LARGE: DeliveryReply = { status: 413 };
const AWAY: DeliveryReply = { status: 503, retryAfterSeconds: 5 };

/** Everything that a parsed body puts on the stream; an event that is too large for a record becomes a dead letter. */
function recordsOf(
  parsed: ParseResult,
  frame: { account: ChannelAccount; mediaType: string; receivedAt: Date },
  { senderHmacKey, metrics }: DeliveryParts,
): readonly OutgoingRecord[] {
  const service = CONNECTOR_OF_CHANNEL[frame.account.channel];
  const rejection = { service, ...frame, failedAt: frame.receivedAt };
  const correlationId = uuidV7(frame.receivedAt);
  const records: OutgoingRecord[] = [];
  for (const { event, account, senderId } of parsed.events) {
    try {
      records.push(toRecord(event, account, senderId, { senderHmacKey, correlationId }));
    } catch (error) {
      if (!(error instanceof PermanentRecordError)) throw error;
      const { raw } = event.data;
      const bytes = Buffer.from(raw.data, raw.encoding === 'base64' ? 'base64' : 'utf8');
      records.push(
        toDeadLetter({ code: error.code, detail: error.message, bytes, key: event.id }, { ...rejection, account }),
      );
      metrics.deadLetters.inc({ service, account: account.id, code: error.code });
    }
  }
  for (const element of parsed.rejected) {
    records.push(toDeadLetter(element, rejection));
    metrics.deadLetters.inc({ service, account: frame.account.id, code: element.code });
  }
  return records;
}

function count(parsed: ParseResult, account: ChannelAccount, metrics: Metrics): void {
  for (const event of parsed.events) {
    metrics.eventsAccepted.inc({ channel: event.account.channel, account: event.account.id });
  }
  if (parsed.ignored.length > 0) {
    metrics.elementsIgnored.inc({ channel: account.channel, account: account.id }, parsed.ignored.length);
  }
}

/** Bytes first: an event never refers to what is not there. */
async function keep({ kept = [] }: ParseResult, { bytes }: DeliveryParts): Promise<void> {
  if (kept.length === 0) return;
  if (bytes === undefined) throw new Error('This connector has no place for bytes');
  await bytes.putAll(kept);
}

async function join({ parts: pieces = [] }: ParseResult, { partTaker }: DeliveryParts): Promise<void> {
  if (pieces.length === 0) return;
  if (partTaker === undefined) throw new Error('This connector joins no messages');
  await partTaker.take(pieces);
}

/**
 * Takes one delivery of a provider: verify the raw bytes, parse, append, and only then accept.
 *
 * Nothing else happens here: no call to a provider, no download, and no database but for the bytes of mail and of forms with files, and for messages in parts. Accepted means that every element of the
 * body is durable: as an event, as a dead letter with its bytes, or counted as carrying nothing.
 *
 * @returns what the provider wants to hear; 503 when the stream did not take it, 413 above the adapter's limit
 */
export async function acceptDelivery(
  request: WebhookRequest,
  account: ChannelAccount,
  adapter: WebhookAdapter,
  parts: DeliveryParts,
): Promise<DeliveryReply> {
  const { metrics, logger } = parts;
  const labels = { channel: account.channel, account: account.id };
  const outcome = (name: string): void => metrics.webhookRequests.inc({ ...labels, outcome: name });

  if (request.body.length > adapter.maxBodyBytes) {
    outcome('too_large');
    return TOO_LARGE;
  }
  const handshake = adapter.handshake(request, account);
  if (handshake !== undefined) {
    outcome(handshake.status < 300 ? 'handshake' : 'handshake_refused');
    return handshake;
  }
  const receivedAt = parts.clock.now();
  const verification = adapter.verify(request, account, receivedAt);
  if (!verification.ok) {
    outcome('refused');
    logger.warn({ ...labels, reason: verification.reason, peer: request.remoteAddress }, 'A delivery was refused');
    return (adapter.repliesFor?.(account) ?? adapter).refused;
  }
  const parsed = await adapter.parse(request, { account, accounts: parts.accounts, receivedAt, verification });
  const mediaType = request.headers['content-type'] ?? 'application/octet-stream';
  const records = recordsOf(parsed, { account, mediaType, receivedAt }, parts);
  const finish = metrics.appendSeconds.startTimer();
  try {
    await keep(parsed, parts);
    await join(parsed, parts);
    await parts.stream.append(records, { timeoutMs: Math.min(parts.appendTimeoutMs, adapter.answerWithinMs) });
  } catch (error) {
    // Any other error is a fault of ours and is answered 500, which makes providers try again as well.
    if (!(error instanceof AppError && error.retryable)) throw error;
    outcome('unavailable');
    logger.warn({ ...labels, code: error.code }, 'The stream did not take a delivery');
    return AWAY;
  } finally {
    finish();
  }
  count(parsed, account, metrics);
  outcome('accepted');
  return (adapter.repliesFor?.(account) ?? adapter).accepted;
}
