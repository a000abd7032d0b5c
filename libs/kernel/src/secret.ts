import { createHmac, hkdfSync } from 'node:crypto';
import { base32 } from '@app/contracts';

/** What the installation's secret is used for; each use has a key of its own. */
export type SecretUse = 'sender-key' | 'identity-key' | 'cursor' | 'encryption';

/**
 * Derives a 32-byte key for one use from the installation's secret (HKDF-SHA-256, RFC 5869), so that a key that leaks
 * in one place opens nothing elsewhere.
 */
export function deriveKey(installationSecret: string, use: SecretUse): Buffer {
  return Buffer.from(hkdfSync('sha256', installationSecret, 'omniline', use, 32));
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
  const mac = createHmac('sha256', key)
    .update(JSON.stringify([accountId, providerSenderId]))
    .digest();
  return base32(mac).slice(0, 26);
}
