import type { IdentityKind } from '@app/contracts';
import { hmacSha256 } from '@app/kernel';

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
  return hmacSha256(hmacKey, JSON.stringify([kind, scope, value])).toString('hex', 0, 16);
}
