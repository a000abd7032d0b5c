import { createHmac } from 'node:crypto';
import type { IdentityKind } from '@app/contracts';

/**
 * Key under which an identity is found: the first 128 bits of an HMAC-SHA-256 over kind, scope and value. It stands for
 * the value in indexes and tombstones, so that the value itself can be erased.
 *
 * @param hmacKey from `deriveKey(secret, 'identity-key')`
 * @param value canonical value within the scope
 * @returns 32 hexadecimal digits
 * @see identity design, section 3.1
 */
export function identityKey(hmacKey: Buffer, kind: IdentityKind, scope: string, value: string): string {
  return createHmac('sha256', hmacKey)
    .update(JSON.stringify([kind, scope, value]))
    .digest('hex')
    .slice(0, 32);
}
