import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookReply, WebhookRequest } from '../channel-adapter.js';
import { secretsInForce } from '../shared/signed-body.js';
import { decodeHex, equalBytes, equalTokens, hmacSha256 } from '../shared/index.js';

const SCHEME = 'sha256=';
const DIGEST_BYTES = 32;
/** A challenge comes from whoever knows the public address: only harmless characters are sent back. */
const CHALLENGE = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * The body as Meta writes it: every UTF-16 unit beyond ASCII as `\u` and four lower-case hexadecimal digits. A proxy
 * that unescapes bodies breaks the signature of every Vietnamese message and of no English one; this mends it.
 *
 * @returns undefined when the body is already in that form
 */
function escapedAgain(body: Buffer): string | undefined {
  if (!body.some((byte) => byte >= 0x80)) return undefined;
  return body
    .toString('utf8')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Checks `X-Hub-Signature-256`: HMAC-SHA-256 of the raw body under the app secret, in constant time. The key is the
 * secret's text as the dashboard shows it, not the bytes that its hexadecimal digits would stand for. A header sent
 * twice arrives joined by a comma and is malformed.
 *
 * @returns `keyId` 0 for `app_secret`, 1 for `previous_app_secret`
 * @see Meta for Developers, "Webhooks: Getting Started", validating payloads
 */
export function verifyMetaSignature({ headers, body }: WebhookRequest, account: ChannelAccount): Verification {
  const header = headers['x-hub-signature-256'];
  if (header === undefined || header === '') return { ok: false, reason: 'missing' };
  const claimed = header.startsWith(SCHEME) ? decodeHex(header.slice(SCHEME.length), DIGEST_BYTES) : undefined;
  if (claimed === undefined) return { ok: false, reason: 'malformed' };
  // The one before stays valid at least for the 36 hours during which Meta repeats deliveries.
  const secrets = secretsInForce(account, 'app_secret');
  const keyOf = (message: string | Buffer): number =>
    secrets.findIndex((secret) => equalBytes(hmacSha256(secret, message), claimed));
  const key = keyOf(body);
  if (key !== -1) return { ok: true, method: 'hmac', keyId: String(key) };
  const escaped = escapedAgain(body);
  const second = escaped === undefined ? -1 : keyOf(escaped);
  return second === -1 ? { ok: false, reason: 'mismatch' } : { ok: true, method: 'hmac', keyId: String(second) };
}

const text = (status: number, body: string): WebhookReply => ({ status, contentType: 'text/plain', body });

/**
 * Answers the request by which Meta checks the address, each time that the callback is saved: the challenge as it came,
 * or 403. Every GET is such a request; deliveries are POST.
 */
export function answerMetaHandshake(
  { method, query }: WebhookRequest,
  { secrets }: ChannelAccount,
): WebhookReply | undefined {
  if (method !== 'GET') return undefined;
  const token = query.get('hub.verify_token');
  const challenge = query.get('hub.challenge');
  const expected = secrets.verify_token;
  const genuine =
    query.get('hub.mode') === 'subscribe' &&
    token !== null &&
    expected !== undefined &&
    expected !== '' &&
    equalTokens(token, expected);
  if (!genuine || challenge === null || !CHALLENGE.test(challenge)) return text(403, 'forbidden');
  return text(200, challenge);
}
