import type { InboundEvent, InboundIdentity, MessageReceived, Raw } from '@app/contracts';
import { chooseOccurredAt, withPresent, type ChannelAccount } from '@app/kernel';
import type { ParseContext } from '../channel-adapter.js';

/** What an event says besides its content, as its provider wrote it. */
export interface Framing {
  readonly context: ParseContext;
  /** Whose event it is; absent: the account of the context. */
  readonly account?: ChannelAccount;
  readonly direction: MessageReceived['direction'];
  readonly identity: InboundIdentity;
  readonly messageKind: 'message' | 'event' | 'comment';
  readonly messageId: string;
  /** The provider's own thread. */
  readonly conversationId: string;
  /** Provider's id of this delivery. */
  readonly eventId?: string | undefined;
  /** Tells several occurrences on one message apart. */
  readonly revision?: string | undefined;
  /** Provider's time as sent. */
  readonly timestamp?: string | undefined;
  /** The same in milliseconds since 1970; undefined when it states none that can be read. */
  readonly timeMs: number | undefined;
  /** First instant that such an event may truthfully bear, in milliseconds since 1970. */
  readonly earliestMs?: number;
  readonly flags?: readonly string[];
  readonly raw: Raw;
}

/** What every event of an adapter has. */
export type EventFrame = Omit<Extract<InboundEvent, { type: 'omni.inbound.message.deleted' }>['data'], 'action'>;

/** How the request was proved, as events say it. */
export function verificationOf({ verification: { method, keyId } }: ParseContext): EventFrame['verification'] {
  return keyId === undefined ? { method } : { method, key_id: keyId };
}

/**
 * Builds what every event has, to which its type adds the rest. A time that cannot be true gives way to the time of receipt
 * and is flagged.
 */
export function eventFrame(framing: Framing): EventFrame {
  const { context, account = context.account, flags: given = [], raw } = framing;
  const { receivedAt } = context;
  const { occurredAt, clockAdjusted } = chooseOccurredAt(framing.timeMs, receivedAt, framing.earliestMs);
  const flags = clockAdjusted ? ['clock_adjusted', ...given] : [...given];
  const provider: EventFrame['provider'] = withPresent(
    { name: account.provider, message_id: framing.messageId, conversation_id: framing.conversationId },
    { event_id: framing.eventId, revision: framing.revision, timestamp: framing.timestamp },
  );
  const frame: EventFrame = {
    channel: account.channel,
    account_id: account.id,
    direction: framing.direction,
    identity: framing.identity,
    provider,
    message_kind: framing.messageKind,
    occurred_at: occurredAt.toISOString(),
    received_at: receivedAt.toISOString(),
    verification: verificationOf(context),
    raw,
  };
  if (flags.length > 0) frame.flags = flags;
  return frame;
}

/** How an event names the message that it answers. @param messageId the provider's id of it; undefined: it answers none */
export function repliedMessage(messageId: string | undefined): MessageReceived['reply_to'] {
  return messageId === undefined ? undefined : { message_kind: 'message', provider_message_id: messageId };
}
