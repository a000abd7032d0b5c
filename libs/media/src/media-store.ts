/** Digest of some bytes: SHA-256 as 64 hexadecimal digits in lower case. */
export type Digest = string;

/** The one shape of such a name; nothing else ever becomes a part of a path or an address. */
export const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Keeps bytes under their digest. Writing the same bytes twice is writing them once; what was written is durable when
 * `put` resolves, and is there whole or not at all.
 *
 * @throws Error of the file system, or `ProviderUnavailableError`, when the store is away
 */
export interface MediaStore {
  put(digest: Digest, bytes: Buffer): Promise<void>;
  /** @returns undefined when there are none */
  get(digest: Digest): Promise<Buffer | undefined>;
  /** Nothing happens when there are none. */
  delete(digest: Digest): Promise<void>;
}

/** @throws RangeError for what is no digest, which only a fault of ours can cause */
export function checkDigest(digest: string): Digest {
  if (!DIGEST.test(digest)) throw new RangeError('not a SHA-256 digest');
  return digest;
}

/** Injection token of the store that the configuration names. */
export const MEDIA_STORE = Symbol('MEDIA_STORE');
