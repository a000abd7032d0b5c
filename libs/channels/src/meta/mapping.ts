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
  readonly claims?: readonly Claim[];
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
  const id = inboundEventId({ accountId: subject.account.id, ...occurrence.key });
  return { event: build(id, frameOf(subject, occurrence)), senderId: occurrence.identity.value };
}

function frameOf({ element, account, receivedAt, verification }: Subject, occurrence: Occurrence): Frame {
  const { occurredAt, clockAdjusted } = chooseOccurredAt(occurrence.time, receivedAt, EARLIEST_CHAT_MS);
  const { timestamp, claims = [] } = occurrence;
  const flags = [
    ...(clockAdjusted ? ['clock_adjusted'] : []),
    ...(element.list === 'standby' ? ['standby'] : []),
    ...(occurrence.flags ?? []),
  ];
  return {
    channel: account.channel,
    account_id: account.id,
    direction: occurrence.direction,
    identity: occurrence.identity,
    provider: {
      name: account.provider,
      message_id: occurrence.messageId,
      conversation_id: occurrence.conversationId,
      ...(occurrence.key.revision === undefined ? {} : { revision: occurrence.key.revision }),
      ...(typeof timestamp === 'number' || typeof timestamp === 'string' ? { timestamp: String(timestamp) } : {}),
    },
    message_kind: occurrence.messageKind,
    occurred_at: occurredAt.toISOString(),
    received_at: receivedAt.toISOString(),
    verification,
    raw: rawElement(element.bytes, 'application/json', element.context),
    ...(claims.length === 0 ? {} : { claims: [...claims] }),
    ...(flags.length === 0 ? {} : { flags }),
  };
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
