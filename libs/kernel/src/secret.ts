import { hash, hkdfSync } from 'node:crypto';
import { base32 } from '@app/contracts';

/** What the installation's secret is used for; each use has a key of its own. */
export type SecretUse = 'sender-key' | 'identity-key' | 'cursor' | 'encryption' | 'credentials' | 'poll-quota';

/**
 * Derives a 32-byte key for one use from the installation's secret (HKDF-SHA-256, RFC 5869), so that a key that leaks
 * in one place opens nothing elsewhere.
 */
export function deriveKey(installationSecret: string, use: SecretUse): Buffer {
  return Buffer.from(hkdfSync('sha256', installationSecret, 'omniline', use, 32));
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** The two blocks that an HMAC puts before what it hashes, with room behind the outer one for the inner digest. */
interface HmacPads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const padsOf = new WeakMap<Buffer, HmacPads>();

function makePads(key: Buffer): HmacPads {
  if (key.length > BLOCK_BYTES) throw new RangeError('A derived key has at most 64 bytes');
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at]! ^= byte;
    outer[at]! ^= byte;
  }
  return { inner, outer };
}

/**
 * HMAC-SHA-256 (RFC 2104) of a short text by a derived key. It runs for every event, and two one-shot digests cost a
 * fifth of a `crypto.createHmac`.
 */
export function hmacSha256(key: Buffer, text: string): Buffer {
  let pads = padsOf.get(key);
  if (pads === undefined) padsOf.set(key, (pads = makePads(key)));
  const message = Buffer.allocUnsafe(BLOCK_BYTES + Buffer.byteLength(text));
  pads.inner.copy(message);
  message.write(text, BLOCK_BYTES);
  hash('sha256', message, 'buffer').copy(pads.outer, BLOCK_BYTES);
  return hash('sha256', pads.outer, 'buffer');
}

/**
 * Record key of everything that one person and one account say to each other. It is an HMAC, because keys live on in
 * logs, metrics and compacted topics and must not hold personal data.
 *
 * @param key from `deriveKey(secret, 'sender-key')`
 * @returns 26 base32 characters
 * @see stream contract, section 4.1
 */
export function senderKey(key: Buffer, accountId: string, providerSenderId: string): string {
  return base32(hmacSha256(key, JSON.stringify([accountId, providerSenderId]))).slice(0, 26);
}
