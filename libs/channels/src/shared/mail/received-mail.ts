import { hash } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';

import type { KeptBytes, ParsedEvent, Verification } from '../../channel-adapter.js';
import type { MailCheck } from './mail-check.js';

/**
 * How much of a mail was fetched: of one over the limit its beginning; of one that the server could not deliver its head,
 * or nothing.
 */
export type MailExtent = 'whole' | 'beginning' | 'head' | 'nothing';

/** A mail, however it came. */
export interface ReceivedMail {
  /** The original bytes, as far as they were fetched. */
  readonly source: Buffer;
  readonly extent: MailExtent;
  /** Size on the server, in bytes. */
  readonly sizeBytes: number;
  /** When the server received it. */
  readonly internalDate?: Date;
  /** Names this delivery. */
  readonly deliveryId: string;
  /** It lies where nobody but us can put anything. */
  readonly sentByUs: boolean;
  /** What stood around the bytes and is needed to parse them again, as JSON. */
  readonly surroundings: string;
  /** Fetched as history at the first sync. */
  readonly backfill: boolean;
  /** What we found out about its signatures; absent when nobody looked, or could not. */
  readonly check?: MailCheck;
}

/** What a parser may know besides the bytes. */
export interface MailContext {
  readonly account: ChannelAccount;
  /** When we fetched it. */
  readonly receivedAt: Date;
  /** Longest time for one mail, in milliseconds. */
  readonly timeoutMs: number;
  /** How its delivery was proved; absent: it was pulled. */
  readonly verification?: Extract<Verification, { ok: true }>;
}

/** An event and the bytes that it refers to. */
export interface ParsedMail extends ParsedEvent {
  /** What the mail reports on others that we sent; its own event stands besides. */
  readonly reports: readonly ParsedEvent[];
  readonly blobs: readonly KeptBytes[];
  readonly outcome: 'parsed' | 'unreadable' | 'size_limited';
  /** Why it is unreadable; without content of the mail. */
  readonly fault?: string;
}

/** Bytes under the digest by which they are found. */
export function toBlob(bytes: Buffer, mediaType: string): KeptBytes {
  return { id: `sha256:${hash('sha256', bytes)}`, mediaType, bytes };
}

/** How an event refers to stored bytes. */
export const referenceTo = (blob: KeptBytes): string => `blob:${blob.id}`;
