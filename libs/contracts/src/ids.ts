import { hash, randomUUID } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base32, lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  return base32OfChars(Buffer.from(bytes).toString('latin1'));
}

/** The same of bytes that come as characters, one for each: as text a digest costs half of what it does as a buffer. */
function base32OfChars(chars: string): string {
  let out = '';
  let buffer = 0;
  let bits = 0;
  for (let at = 0; at < chars.length; at += 1) {
    buffer = (buffer << 8) | chars.charCodeAt(at);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? out + BASE32[(buffer << (5 - bits)) & 31] : out;
}

/**
 * SHA-256 over parts that cannot run into each other: the parts are hashed as one JSON array, so `["a|b"]` and
 * `["a","b"]` differ whatever characters a provider puts into its ids.
 */
function hashParts(parts: readonly string[], encoding: 'hex' | 'binary'): string {
  return hash('sha256', JSON.stringify(parts), encoding);
}

/** What makes an inbound event that event; equal parts are one event, however often it is delivered. */
export interface InboundEventKey {
  /** Our account id, as in the accounts file. */
  accountId: string;
  /** Kind of occurrence, for example `message`, `edit`, `delete`, `reaction`, `receipt`. */
  eventKind: string;
  /** The provider's id of the message concerned, or the tuple that stands for it. */
  messageId: string;
  /** Distinguishes several occurrences on one message, for example the number of the edit. */
  revision?: string;
}

/**
 * Deterministic id of an inbound event: a provider's retry has the same id.
 *
 * @returns `in_` and 32 base32 characters
 * @see stream contract, section 3.1 (without the tenant)
 */
export function inboundEventId(key: InboundEventKey): string {
  const digest = hashParts([key.accountId, key.eventKind, key.messageId, key.revision ?? ''], 'binary');
  return `in_${base32OfChars(digest.slice(0, 20))}`;
}

/** Lays 16 bytes of a hash out as a UUID of version 8 (RFC 9562, section 5.8). @param hex at least 32 digits */
function uuidV8(hex: string): string {
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * A new UUID of version 7: milliseconds since 1970, then random bits (RFC 9562, section 5.7). The bits are those of a
 * UUID of version 4, of which Node keeps a stock; asking for 16 random bytes costs ten times as much.
 */
export function uuidV7(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/**
 * Id of the entry that a provider's message makes. It holds no time, so an edit, a receipt or a reaction can compute
 * the id of the entry it names before that entry exists.
 *
 * @param messageKind `message`, `comment` or `event`: the name space of the provider's id within the account
 * @returns UUID of version 8
 * @see identity design, decision 6
 */
export function entryId(accountId: string, messageKind: string, messageId: string): string {
  return uuidV8(hashParts(['entry', accountId, messageKind, messageId], 'hex'));
}

/**
 * Id of the conversation between one identity and one account within one provider thread.
 *
 * @param identityKey the identity's key hash in hexadecimal, so that no personal data enters the hash input order
 */
export function conversationId(accountId: string, identityKey: string, providerThreadId: string): string {
  return uuidV8(hashParts(['conversation', accountId, identityKey, providerThreadId], 'hex'));
}
