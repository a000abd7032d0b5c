import { createHash } from 'node:crypto';
import { idOf, objectOf } from '../shared/fields.js';
import { decodeHex, equalBytes } from '../shared/hmac.js';
import { readJson } from '../shared/read-json.js';

/** What the digest is made of besides the bytes of the body. */
export interface ZaloSignatureParts {
  /** App ID, not the id of the official account. */
  readonly appId: string;
  /** OA Secret Key from the webhook page of the app, not the App Secret. */
  readonly oaSecretKey: string;
  /** `timestamp` of the body as text. */
  readonly timestamp: string;
}

/**
 * The digest that Zalo sends with an event: plain SHA-256 of four texts joined with nothing in between, no HMAC.
 *
 * @returns 32 bytes
 * @see docs/channels/zalo.md, "Signature"
 */
export function zaloDigest(body: Uint8Array, { appId, oaSecretKey, timestamp }: ZaloSignatureParts): Buffer {
  return createHash('sha256').update(appId).update(body).update(timestamp).update(oaSecretKey).digest();
}

/** The digest in an `X-ZEvent-Signature` header, with or without `mac=`, in any case; undefined when it is none. */
export function readSignatureHeader(header: string): Buffer | undefined {
  return decodeHex(header.trim().replace(/^mac=/i, ''), 32);
}

/**
 * The body's `timestamp`, the only field that may be used before the body is trusted.
 *
 * @returns empty when there is none: only who knows the key can sign such a body, and it becomes a dead letter
 */
export function readTimestamp(body: Buffer): string {
  const reading = readJson(body);
  return (reading.ok ? idOf(objectOf(reading.value)?.['timestamp']) : undefined) ?? '';
}

/** Index of the first key under which the digest is right, so that a key can be replaced without loss; -1 when none is. */
export function matchingKey(
  given: Buffer,
  body: Buffer,
  appId: string,
  timestamp: string,
  keys: readonly string[],
): number {
  return keys.findIndex((oaSecretKey) => equalBytes(given, zaloDigest(body, { appId, oaSecretKey, timestamp })));
}
