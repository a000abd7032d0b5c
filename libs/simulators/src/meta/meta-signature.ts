import { createHmac } from 'node:crypto';

/**
 * Value of `X-Hub-Signature-256`.
 *
 * @param appSecret as shown in the dashboard; its characters are the key, they are not decoded
 * @param body the raw bytes
 */
export function metaSignature(appSecret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}
