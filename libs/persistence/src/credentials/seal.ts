import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CredentialUnreadableError } from '@app/kernel';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed text belongs: it opens nowhere else. */
export interface SealContext {
  readonly accountId: string;
  readonly name: string;
  readonly version: number;
}

const associated = ({ accountId, name, version }: SealContext): Buffer =>
  Buffer.from(JSON.stringify([accountId, name, version]));

/**
 * Encrypts a text with AES-256-GCM under a fresh random nonce.
 *
 * @param key 32 bytes
 * @returns nonce (12 bytes), tag (16 bytes), ciphertext
 */
export function seal(key: Buffer, context: SealContext, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Opens what {@link seal} made. @throws CredentialUnreadableError under another key, in another place, or altered */
export function unseal(key: Buffer, context: SealContext, sealed: Buffer): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(context));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new CredentialUnreadableError(
      'A stored credential cannot be opened: the installation secret is another, or the row was altered. ' +
        'Bring the secret back, or put a new value into the accounts file',
      { cause: error, details: { account: context.accountId, name: context.name } },
    );
  }
}
