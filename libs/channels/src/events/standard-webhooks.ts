import { createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookRequest } from '../channel-adapter.js';
import { equalTokens } from '../shared/hmac.js';
import { secretsInForce } from '../shared/signed-body.js';

const PREFIX = 'whsec_';

/** Shortest key in bytes: the specification asks for 192 bits. */
const MIN_KEY_BYTES = 24;

/**
 * The key of a secret: `whsec_` and base64, or any other text, which is the key itself (`raw` in the libraries).
 *
 * @returns undefined when it is no secret, or shorter than 24 bytes
 */
export function keyOf(secret: string): Buffer | undefined {
  const bare = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : undefined;
  if (bare !== undefined && !/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) return undefined;
  const key = bare === undefined ? Buffer.from(secret) : Buffer.from(bare, 'base64');
  return key.length >= MIN_KEY_BYTES ? key : undefined;
}

/** Base64 of the HMAC-SHA-256 over id, timestamp and body, joined by dots. */
export function standardSignature(key: Buffer, id: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
}

/** Signatures of version 1 among those that a header lists, apart by blanks; none when it holds anything else. */
function signaturesOf(header: string): readonly string[] {
  const parts = header.split(' ');
  if (!parts.every((part) => /^v\d+a?,[A-Za-z0-9+/]+={0,2}$/.test(part))) return [];
  return parts.filter((part) => /^v1,[A-Za-z0-9+/]{43}=$/.test(part)).map((part) => part.slice('v1,'.length));
}

/**
 * Checks a request signed as Standard Webhooks prescribes: `webhook-id`, `webhook-timestamp` in seconds,
 * `webhook-signature`.
 *
 * @param toleranceMs how far the sender's clock, or its queue, may be away from ours
 * @see the Standard Webhooks specification, "Webhook signature"
 */
export function verifyStandardWebhook(
  { headers, body }: WebhookRequest,
  account: ChannelAccount,
  { receivedAt, toleranceMs }: { readonly receivedAt: Date; readonly toleranceMs: number },
): Verification {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers;
  if (!id || !timestamp || !given) return { ok: false, reason: 'missing' };
  const signatures = signaturesOf(given);
  if (signatures.length === 0 || !/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'malformed' };
  if (Math.abs(receivedAt.getTime() - Number(timestamp) * 1000) > toleranceMs) return { ok: false, reason: 'stale' };
  for (const [index, secret] of secretsInForce(account, 'signing_secret').entries()) {
    const key = keyOf(secret);
    if (key === undefined) continue;
    const wanted = standardSignature(key, id, timestamp, body);
    if (signatures.some((signature) => equalTokens(signature, wanted))) {
      return { ok: true, method: 'hmac', keyId: String(index) };
    }
  }
  return { ok: false, reason: 'mismatch' };
}
