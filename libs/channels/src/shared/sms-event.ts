import {
  inboundEventId,
  INBOUND_TYPES,
  MAX_TEXT_CHARS,
  type Attachment,
  type Content,
  type DeliveryStatus,
  type InboundEvent,
  type MessageReceived,
  type Raw,
} from '@app/contracts';
import { phoneIdentity } from '@app/identity';
import { chooseOccurredAt, cleanIdentifier, cleanText, type ChannelAccount } from '@app/kernel';
import type { ParseContext, ParsedEvent } from '../channel-adapter.js';

const MAX_OPT_OUT_CHARS = 60;

/** What is the same for every event of an SMS provider, as the provider wrote it. */
export interface SmsFrame {
  readonly account: ChannelAccount;
  readonly context: ParseContext;
  /** Provider as in the accounts file. */
  readonly providerName: string;
  /** The customer's number or name as written, whichever way the message went. */
  readonly customer: string;
  /** Provider's id of the message, or the tuple that stands for it. */
  readonly messageId: string;
  /** Provider's id of this delivery. */
  readonly eventId?: string | undefined;
  /** Provider's time as sent. */
  readonly timestamp?: string | undefined;
  /** The same in milliseconds since 1970; undefined when the provider states none that can be read. */
  readonly timeMs?: number | undefined;
  readonly raw: Raw;
}

/** What an incoming text says. */
export interface SmsMessage {
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Parts of the content besides text and type. */
  readonly content?: Omit<Content, 'type' | 'text'>;
  readonly repliesTo?: string | undefined;
  /** What its reading earned, for example `unreadable`. */
  readonly flags?: readonly string[];
}

/** What became of a message that we sent. */
export interface SmsReceipt {
  readonly status: DeliveryStatus;
  readonly error?: { readonly code: string; readonly title?: string } | undefined;
}

function frameOf(frame: SmsFrame, messageId: string, flags: readonly string[]) {
  const { account, context } = frame;
  const { claims, ...identity } = phoneIdentity(frame.customer, { accountId: account.id, authenticity: 'A2' });
  const time = chooseOccurredAt(frame.timeMs, context.receivedAt);
  const allFlags = [...(time.clockAdjusted ? ['clock_adjusted'] : []), ...flags];
  return {
    channel: 'sms' as const,
    account_id: account.id,
    identity,
    provider: {
      name: frame.providerName,
      message_id: messageId,
      conversation_id: identity.value,
      ...(frame.eventId === undefined ? {} : { event_id: cleanIdentifier(frame.eventId) }),
      ...(frame.timestamp === undefined ? {} : { timestamp: cleanIdentifier(frame.timestamp) }),
    },
    occurred_at: time.occurredAt.toISOString(),
    received_at: context.receivedAt.toISOString(),
    verification: {
      method: context.verification.method,
      ...(context.verification.keyId === undefined ? {} : { key_id: context.verification.keyId }),
    },
    raw: frame.raw,
    ...(claims.length === 0 ? {} : { claims: [...claims] }),
    ...(allFlags.length === 0 ? {} : { flags: allFlags }),
  };
}

type MessageEvent = Extract<InboundEvent, { data: { identity: object } }>;

const parsed = (frame: SmsFrame, event: MessageEvent): ParsedEvent => ({
  event,
  account: frame.account,
  senderId: event.data.identity.value,
});

function contentType(text: string, attachments: readonly Attachment[], content: SmsMessage['content']): string {
  if (content?.location !== undefined) return 'location';
  if (content?.interactive !== undefined) return 'interactive';
  const first = attachments[0];
  return text === '' && first !== undefined ? (first.kind === 'other' ? 'file' : first.kind) : 'text';
}

/** What a whole message consists of when somebody wants no more: the words of Vietnamese and international gateways. */
const OPT_OUT = new Set(['STOP', 'UNSUBSCRIBE', 'HUY', 'TC', 'KHONG NHAN']);

/**
 * Whether a message says nothing but that its sender wants no more, perhaps with our own name behind it. "HUY DON" cancels an order
 * and is none.
 */
function isOptOut(text: string, { externalId }: ChannelAccount): boolean {
  if (text.length > MAX_OPT_OUT_CHARS) return false;
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/giu, 'd').toUpperCase();
  const words = bare.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const named = words.at(-1) === externalId.toUpperCase() ? words.slice(0, -1) : words;
  return OPT_OUT.has(named.join(' '));
}

/**
 * A text that reached one of our numbers. Its record key is the sender's canonical number, so that `0912…` and `+84912…`
 * stay in one order.
 */
export function smsReceived(frame: SmsFrame, message: SmsMessage): ParsedEvent {
  const messageId = cleanIdentifier(frame.messageId);
  const { text, truncated } = cleanText(message.text, { nul: 'remove', maxChars: MAX_TEXT_CHARS });
  const attachments = message.attachments ?? [];
  const data: MessageReceived = {
    ...frameOf(frame, messageId, [
      ...(message.flags ?? []),
      ...(truncated ? ['truncated'] : []),
      ...(isOptOut(text, frame.account) ? ['opt_out'] : []),
    ]),
    direction: 'inbound',
    message_kind: 'message',
    content: { type: contentType(text, attachments, message.content), text, ...message.content },
    ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    ...(message.repliesTo === undefined
      ? {}
      : { reply_to: { message_kind: 'message', provider_message_id: cleanIdentifier(message.repliesTo) } }),
  };
  const id = inboundEventId({ accountId: frame.account.id, eventKind: 'message', messageId });
  return parsed(frame, { id, type: INBOUND_TYPES.received, data });
}

/** A message in parts: which of them are there. */
export interface JoinedParts {
  readonly present: number;
  readonly total: number;
  /** As in the set. */
  readonly told: number;
}

/**
 * A message that came in parts. Told for the first time it is a message like any other, with the flag `partial` while
 * something is missing; a part that comes later makes an edit of it.
 *
 * @param frame `messageId` is the id of the set
 */
export function smsJoined(frame: SmsFrame, message: SmsMessage, { present, total, told }: JoinedParts): ParsedEvent {
  const flags = [...(message.flags ?? []), ...(present < total ? ['partial'] : [])];
  const { event, ...rest } = smsReceived(frame, { ...message, flags });
  if (told === 0 || event.type !== INBOUND_TYPES.received) return { event, ...rest };
  const { content, attachments, reply_to: _answered, ...data } = event.data;
  const revision = String(present);
  const id = inboundEventId({
    accountId: frame.account.id,
    eventKind: 'edit',
    messageId: data.provider.message_id,
    revision,
  });
  const provider = { ...data.provider, revision };
  const edited = {
    ...data,
    provider,
    content,
    edit_rank: present,
    ...(attachments === undefined ? {} : { attachments }),
  };
  return { event: { id, type: INBOUND_TYPES.edited, data: edited }, ...rest };
}

/** Stands where a part is missing. */
export const MISSING_PART = '[…]';

/**
 * A delivery report on a message that we sent. The tuple that stands for it is message id, recipient and status: a report
 * that is repeated is the same event, the next status another; one id may stand for several recipients.
 */
export function smsReceipt(frame: SmsFrame, receipt: SmsReceipt): ParsedEvent {
  const messageId = cleanIdentifier(frame.messageId);
  const data = frameOf(frame, messageId, []);
  const tuple = JSON.stringify([messageId, data.identity.value, receipt.status]);
  const id = inboundEventId({ accountId: frame.account.id, eventKind: 'receipt', messageId: tuple });
  return parsed(frame, {
    id,
    type: INBOUND_TYPES.receipt,
    data: {
      ...data,
      provider: { ...data.provider, message_id: tuple },
      direction: 'echo',
      message_kind: 'message',
      status: receipt.status,
      message_ids: [messageId],
      ...(receipt.error === undefined ? {} : { error: { ...receipt.error } }),
    },
  });
}
