import {
  inboundEventId,
  MAX_TEXT_CHARS,
  type Claim,
  type DeadLetterCode,
  type InboundEvent,
  type InboundIdentity,
  type MessageDeleted,
} from '@app/contracts';
import { chooseOccurredAt, cleanText, type ChannelAccount } from '@app/kernel';
import { EARLIEST_CHAT_MS, rawElement } from '../shared/index.js';
import type { PageElement } from './page-body.js';

/** What an element turned out to be. */
export type Mapped =
  | { readonly event: InboundEvent; readonly senderId: string }
  | { readonly ignore: string }
  | { readonly reject: DeadLetterCode; readonly detail: string };

/** Shorthand for an element whose shape we cannot read. */
export const unreadable = (detail: string): Mapped => ({ reject: 'schema_invalid', detail });

/** An element and whose it is. */
export interface Subject {
  readonly element: PageElement;
  readonly account: ChannelAccount;
  readonly pageId: string;
  readonly receivedAt: Date;
  /** The same as events hold it, made once for all elements. */
  readonly receivedText: string;
  readonly verification: Frame['verification'];
}

/** What all events have, as far as it differs between them. */
export interface Occurrence {
  /** Kind, message id and revision of the event's id. */
  readonly key: { readonly eventKind: string; readonly messageId: string; readonly revision?: string };
  readonly direction: 'inbound' | 'echo';
  readonly identity: InboundIdentity;
  readonly conversationId: string;
  readonly messageId: string;
  readonly messageKind: 'message' | 'comment' | 'event';
  /** Provider's time in milliseconds. */
  readonly time: number | undefined;
  /** The same as sent. */
  readonly timestamp?: unknown;
  readonly flags?: readonly string[];
  claims?: readonly Claim[];
}

/** What every event has. */
export type Frame = Omit<MessageDeleted, 'action'>;

/**
 * Builds an event: its id and its frame, to which the caller adds what its type asks for.
 *
 * @param build for example `(id, frame) => ({ id, type: INBOUND_TYPES.deleted, data: { ...frame, action: 'hide' } })`
 */
export function eventOf(
  subject: Subject,
  occurrence: Occurrence,
  build: (id: string, frame: Frame) => InboundEvent,
): Mapped {
  const { eventKind, messageId, revision } = occurrence.key;
  const id = inboundEventId({ accountId: subject.account.id, eventKind, messageId, revision });
  return { event: build(id, frameOf(subject, occurrence)), senderId: occurrence.identity.value };
}

/** Assigns what is optional instead of spreading it: this runs for every element, and a spread costs as much as a hash. */
function frameOf({ element, account, receivedAt, receivedText, verification }: Subject, occurrence: Occurrence): Frame {
  const { occurredAt, clockAdjusted } = chooseOccurredAt(occurrence.time, receivedAt, EARLIEST_CHAT_MS);
  const { claims = [] } = occurrence;
  const flags = clockAdjusted ? ['clock_adjusted'] : [];
  if (element.list === 'standby') flags.push('standby');
  if (occurrence.flags !== undefined) flags.push(...occurrence.flags);
  const frame: Frame = {
    channel: account.channel,
    account_id: account.id,
    direction: occurrence.direction,
    identity: occurrence.identity,
    provider: providerOf(account, occurrence),
    message_kind: occurrence.messageKind,
    occurred_at: clockAdjusted ? receivedText : occurredAt.toISOString(),
    received_at: receivedText,
    verification,
    raw: rawElement(element.bytes, 'application/json', element.context),
  };
  if (claims.length > 0) frame.claims = [...claims];
  if (flags.length > 0) frame.flags = flags;
  return frame;
}

function providerOf(account: ChannelAccount, { key, messageId, conversationId, timestamp }: Occurrence) {
  const provider: Frame['provider'] = {
    name: account.provider,
    message_id: messageId,
    conversation_id: conversationId,
  };
  if (key.revision !== undefined) provider.revision = key.revision;
  if (typeof timestamp === 'number' || typeof timestamp === 'string') provider.timestamp = String(timestamp);
  return provider;
}

/** Someone of whom the provider tells no id. The label keeps the words and identifies nobody. */
export function namelessIdentity(account: ChannelAccount, label: string): InboundIdentity {
  return { kind: 'sender_label', scope: account.id, value: label, authenticity: 'A0' };
}

/** A person's words, fit to be stored. */
export function messageText(text: string): { readonly text: string; readonly flags: readonly string[] } {
  const clean = cleanText(text, { nul: 'replace', maxChars: MAX_TEXT_CHARS });
  return { text: clean.text, flags: clean.truncated ? ['truncated'] : [] };
}

/** A short text such as a title or a name, fit to be stored; at most 1,000 characters. */
export const shortText = (text: string): string => cleanText(text, { nul: 'replace', maxChars: 1000 }).text;
