import { createHash } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import type { ParsedEvent } from '../channel-adapter.js';

/**
 * How much of a mail was fetched: of one over the limit its beginning; of one that the server could not deliver its head,
 * or nothing.
 */
export type MailExtent = 'whole' | 'beginning' | 'head' | 'nothing';

/** A mail as the server gave it. */
export interface PulledMail {
  /** The original bytes, as far as they were fetched. */
  readonly source: Buffer;
  readonly extent: MailExtent;
  /** Size on the server, in bytes. */
  readonly sizeBytes: number;
  /** When the server received it. */
  readonly internalDate?: Date;
  readonly folder: string;
  /** Decimal. */
  readonly uidValidity: string;
  readonly uid: number;
  /** Fetched as history at the first sync. */
  readonly backfill: boolean;
}

/** What a parser may know besides the bytes. */
export interface MailContext {
  readonly account: ChannelAccount;
  /** When we fetched it. */
  readonly receivedAt: Date;
  /** Longest time for one mail, in milliseconds. */
  readonly timeoutMs: number;
}

/** Bytes that must be stored before the event is appended. */
export interface MailBlob {
  /** `sha256:` and the digest in hexadecimal. */
  readonly id: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An event and the bytes that it refers to. */
export interface ParsedMail extends ParsedEvent {
  /** What the mail reports on others that we sent; its own event stands besides. */
  readonly reports: readonly ParsedEvent[];
  readonly blobs: readonly MailBlob[];
  readonly outcome: 'parsed' | 'unreadable' | 'size_limited';
  /** Why it is unreadable; without content of the mail. */
  readonly fault?: string;
}

/** Bytes under the digest by which they are found. */
export function toBlob(bytes: Buffer, mediaType: string): MailBlob {
  return { id: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, mediaType, bytes };
}

/** How an event refers to stored bytes. */
export const referenceTo = (blob: MailBlob): string => `blob:${blob.id}`;

/** Names one delivery: where the mail lies. */
export const transportIdOf = (accountId: string, { folder, uidValidity, uid }: PulledMail): string =>
  `imap:${accountId}:${folder}:${uidValidity}:${uid}`;
