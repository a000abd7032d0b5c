import { createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import type { Verification } from '../channel-adapter.js';
import { equalTokens } from './hmac.js';

/** A secret of the account and the one before it, so that it can be replaced without loss. Empty counts as absent. */
export function secretsInForce({ secrets }: ChannelAccount, name: string): readonly string[] {
  return [secrets[name], secrets[`previous_${name}`]].filter(
    (secret) => secret !== undefined && secret !== '',
  ) as string[];
}

/** How a provider signs. */
export interface BodySignature {
  readonly algorithm: 'sha1' | 'sha256';
  readonly encoding: 'hex' | 'base64';
  /** Name of the secret in the account; `previous_<name>` counts as well. */
  readonly secret: string;
  /** Form of the signature as given. */
  readonly form: RegExp;
  /** What stands before it, for example `sha256=`. */
  readonly prefix?: string;
}

/** Checks an HMAC over bytes. */
export function verifySigned(
  bytes: Buffer,
  given: string | undefined,
  account: ChannelAccount,
  { algorithm, encoding, secret, form, prefix = '' }: BodySignature,
): Verification {
  if (given === undefined || given === '') return { ok: false, reason: 'missing' };
  const bare = given.startsWith(prefix) ? given.slice(prefix.length) : '';
  if (!form.test(bare)) return { ok: false, reason: 'malformed' };
  for (const [index, key] of secretsInForce(account, secret).entries()) {
    if (equalTokens(bare, createHmac(algorithm, key).update(bytes).digest(encoding))) {
      return { ok: true, method: 'hmac', keyId: String(index) };
    }
  }
  return { ok: false, reason: 'mismatch' };
}

/** Checks a token that stands in a request as it was agreed; it proves who sent a body and not what it says. */
export function verifyToken(given: string | undefined, agreed: string | undefined): Verification {
  if (given === undefined || given === '') return { ok: false, reason: 'missing' };
  return equalTokens(given, agreed ?? '') ? { ok: true, method: 'token' } : { ok: false, reason: 'mismatch' };
}
