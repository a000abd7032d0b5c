import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** A token would travel in clear text otherwise. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && LOCAL.test(hostname)));
}

/** `settings.oauth` of an account. */
export const oauthSchema = z.strictObject({
  token_url: z
    .string({ error: 'the token endpoint, for example "https://oauth2.googleapis.com/token"' })
    .refine(isSafe, 'an https address without a user, for example "https://oauth2.googleapis.com/token"'),
  grant: z.enum(['refresh_token', 'client_credentials']).default('refresh_token'),
  scopes: z.array(z.string().min(1)).default([]),
});

/** How an account gets its access tokens (RFC 6749, sections 4.4 and 6). */
export interface OAuthSettings {
  readonly tokenUrl: string;
  readonly grant: 'refresh_token' | 'client_credentials';
  readonly scopes: readonly string[];
  readonly clientId: string;
  /** Empty for a public client. */
  readonly clientSecret: string;
  /** What the accounts file says; the provider may have replaced it since. Empty for client credentials. */
  readonly refreshToken: string;
}

/** Settings of an account with a valid `settings.oauth`. */
export function toOAuthSettings(
  { token_url: tokenUrl, grant, scopes }: z.output<typeof oauthSchema>,
  secrets: ChannelAccount['secrets'],
): OAuthSettings {
  return {
    tokenUrl,
    grant,
    scopes,
    clientId: secrets['client_id'] ?? '',
    clientSecret: secrets['client_secret'] ?? '',
    refreshToken: secrets['refresh_token'] ?? '',
  };
}

/** Secrets that an account must have, by the way it logs in. */
export function neededSecrets(grant: OAuthSettings['grant'] | undefined): readonly string[] {
  if (grant === undefined) return ['user', 'password'];
  return ['user', 'client_id', grant === 'refresh_token' ? 'refresh_token' : 'client_secret'];
}
