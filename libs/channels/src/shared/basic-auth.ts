import type { ChannelAccount } from '@app/kernel';
import type { Verification } from '../channel-adapter.js';
import { equalTokens } from './hmac.js';

const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Checks HTTP basic authentication against the secrets `user` and `password` of an account.
 *
 * @see RFC 7617
 */
export function verifyBasic(authorization: string | undefined, { secrets }: ChannelAccount): Verification {
  if (authorization === undefined || authorization === '') return { ok: false, reason: 'missing' };
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return { ok: false, reason: 'malformed' };
  // The text itself is compared: decoding would forgive what stands behind it.
  const wanted = Buffer.from(`${secrets['user']}:${secrets['password']}`).toString('base64');
  return equalTokens(encoded, wanted) ? { ok: true, method: 'token' } : { ok: false, reason: 'mismatch' };
}
