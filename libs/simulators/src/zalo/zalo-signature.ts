import { createHash } from 'node:crypto';

/** What goes into the signature of a Zalo event. */
export interface ZaloSignatureInput {
  readonly appId: string;
  /** The raw bytes. */
  readonly body: Buffer;
  /** The body's `timestamp`, as text. */
  readonly timestamp: string;
  readonly oaSecretKey: string;
}

/** Value of `X-ZEvent-Signature`: a plain SHA-256 over app id, body, timestamp and key, joined with nothing between. */
export function zaloSignature({ appId, body, timestamp, oaSecretKey }: ZaloSignatureInput): string {
  const hash = createHash('sha256').update(appId).update(body).update(timestamp).update(oaSecretKey);
  return `mac=${hash.digest('hex')}`;
}
