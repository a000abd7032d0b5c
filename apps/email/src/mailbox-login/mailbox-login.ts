import { createHash } from 'node:crypto';
import type { ImapSettings, OAuthSettings } from '@app/channels';
import type { Clock, CredentialStore, Metrics } from '@app/kernel';
import { AccessTokens, type AccessToken, type TokenAnswer } from '@app/runtime';
import { MailServerError } from '../pull-mailbox/pull-errors.js';
import { requestToken } from './request-token.js';

/** What a connection logs in with. */
export interface MailLogin extends Omit<AccessToken, 'accessToken'> {
  /** Undefined for an account with a password. */
  readonly accessToken: string | undefined;
}

/** Gives the logins of one account; all its folders share them. */
export interface MailLogins {
  /** @throws MailServerError `token refused`, ProviderUnavailableError, StoreUnavailableError, CredentialUnreadableError */
  current(): Promise<MailLogin>;
  /** A new login in place of one that the mail server refused. @throws as `current` */
  renewed(refused: MailLogin): Promise<MailLogin>;
}

/** What logins are made with. */
export interface LoginParts {
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** A token is replaced this long before it ends. */
const MARGIN_MS = 300_000;

const PASSWORD: MailLogin = { accessToken: undefined, isCached: false, version: 0 };
const BY_PASSWORD: MailLogins = { current: () => Promise.resolve(PASSWORD), renewed: () => Promise.resolve(PASSWORD) };

/** A changed client begins anew, as a changed refresh token does. */
function seedOf({ grant, refreshToken, clientId, clientSecret }: OAuthSettings): string {
  if (grant === 'refresh_token') return JSON.stringify({ refresh_token: refreshToken });
  const client = createHash('sha256')
    .update(JSON.stringify([clientId, clientSecret]))
    .digest('hex');
  return JSON.stringify({ client });
}

/** Logins of an account by password or by access token, as its settings say. */
export function mailLogins(accountId: string, { oauth }: ImapSettings, parts: LoginParts): MailLogins {
  if (oauth === undefined) return BY_PASSWORD;
  const { credentials, clock, metrics } = parts;
  const count = (outcome: 'renewed' | 'refused' | 'unavailable'): void =>
    metrics.tokenRefreshes.inc({ account: accountId, outcome });
  const exchange = async (refreshToken: string): Promise<TokenAnswer> => {
    try {
      const answer = await requestToken(oauth, refreshToken);
      count('renewed');
      return answer;
    } catch (error) {
      count(error instanceof MailServerError ? 'refused' : 'unavailable');
      throw error;
    }
  };
  const slot = { accountId, name: 'oauth', seed: seedOf(oauth) };
  const tokens = new AccessTokens(slot, { credentials, clock, marginMs: MARGIN_MS, exchange });
  return { current: () => tokens.current(), renewed: ({ version }) => tokens.renew(version) };
}
