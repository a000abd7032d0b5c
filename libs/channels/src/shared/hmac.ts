import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 of bytes. @returns 32 bytes */
export function hmacSha256(key: string | Uint8Array, message: string | Uint8Array): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

/** SHA-256 in lower-case hexadecimal, for ids and keys of which only equality matters. */
export function sha256Hex(message: string | Uint8Array): string {
  return hash('sha256', message);
}

/** Compares digests without telling by its duration where they differ; unequal lengths are unequal, never an error. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Compares tokens of any length without telling by its duration how much of them agrees, nor how long ours is. */
export function equalTokens(a: string, b: string): boolean {
  const digest = (token: string): Buffer => hash('sha256', token, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Decodes hexadecimal of an exact length. `Buffer.from(x, 'hex')` alone stops in silence at the first other character.
 *
 * @returns undefined unless `text` is exactly `byteLength` bytes in hexadecimal
 */
export function decodeHex(text: string, byteLength: number): Buffer | undefined {
  return text.length === byteLength * 2 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}
