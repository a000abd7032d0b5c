import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ImapSettings, OAuthSettings } from '@app/channels';
import type { Clock, Credential, CredentialSlot, CredentialStore, Metrics, RenewedCredential } from '@app/kernel';
import { MailServerError } from '../pull-mailbox/pull-errors.js';
import { requestToken } from './request-token.js';

/** What a connection logs in with. */
export interface MailLogin {
  /** Undefined for an account with a password. */
  readonly accessToken: string | undefined;
  /** It was there before: when it is refused, a new one may be accepted. */
  readonly isCached: boolean;
  readonly version: number;
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
const valueSchema = z.object({ refresh_token: z.string().optional(), access_token: z.string().optional() });
type TokenValue = z.output<typeof valueSchema>;

const PASSWORD: MailLogin = { accessToken: undefined, isCached: false, version: 0 };
const BY_PASSWORD: MailLogins = { current: () => Promise.resolve(PASSWORD), renewed: () => Promise.resolve(PASSWORD) };

/** Logins of an account by password or by access token, as its settings say. */
export function mailLogins(accountId: string, { oauth }: ImapSettings, parts: LoginParts): MailLogins {
  return oauth === undefined ? BY_PASSWORD : new TokenLogins(accountId, oauth, parts);
}

/** A changed client begins anew, as a changed refresh token does. */
function seedOf({ grant, refreshToken, clientId, clientSecret }: OAuthSettings): TokenValue & { client?: string } {
  if (grant === 'refresh_token') return { refresh_token: refreshToken };
  return {
    client: createHash('sha256')
      .update(JSON.stringify([clientId, clientSecret]))
      .digest('hex'),
  };
}

/**
 * Access tokens of one account. They and the refresh token lie in the {@link CredentialStore}, so that all copies of the
 * service share them, and one at a time asks for a new one.
 */
class TokenLogins implements MailLogins {
  private readonly slot: CredentialSlot;
  private renewing: Promise<MailLogin> | undefined;

  constructor(
    accountId: string,
    private readonly oauth: OAuthSettings,
    private readonly parts: LoginParts,
  ) {
    this.slot = { accountId, name: 'oauth', seed: JSON.stringify(seedOf(oauth)) };
  }

  async current(): Promise<MailLogin> {
    const credential = await this.parts.credentials.current(this.slot);
    const { access_token: accessToken } = valueOf(credential);
    const { expiresAt, version } = credential;
    const endsInMs = (expiresAt?.getTime() ?? 0) - this.parts.clock.now().getTime();
    if (accessToken !== undefined && endsInMs > MARGIN_MS) return { accessToken, isCached: true, version };
    return await this.renewOnce(version);
  }

  async renewed(refused: MailLogin): Promise<MailLogin> {
    return await this.renewOnce(refused.version);
  }

  /** The folders of an account share one attempt, so that they do not all wait with a connection to the database. */
  private async renewOnce(seen: number): Promise<MailLogin> {
    this.renewing ??= this.renew(seen).finally(() => {
      this.renewing = undefined;
    });
    return await this.renewing;
  }

  private async renew(seen: number): Promise<MailLogin> {
    const credential = await this.parts.credentials.refresh(this.slot, seen, (current) => this.exchange(current));
    return { accessToken: valueOf(credential).access_token, isCached: false, version: credential.version };
  }

  private async exchange(current: Credential): Promise<RenewedCredential> {
    const { refresh_token: used } = valueOf(current);
    try {
      const { accessToken, refreshToken, lifetimeMs } = await requestToken(this.oauth, used ?? '');
      const value: TokenValue = { refresh_token: refreshToken ?? used, access_token: accessToken };
      this.count('renewed');
      return { value: JSON.stringify(value), expiresAt: new Date(this.parts.clock.now().getTime() + lifetimeMs) };
    } catch (error) {
      this.count(error instanceof MailServerError ? 'refused' : 'unavailable');
      throw error;
    }
  }

  private count(outcome: 'renewed' | 'refused' | 'unavailable'): void {
    this.parts.metrics.tokenRefreshes.inc({ account: this.slot.accountId, outcome });
  }
}

const valueOf = ({ value }: Credential): TokenValue => valueSchema.parse(JSON.parse(value));
