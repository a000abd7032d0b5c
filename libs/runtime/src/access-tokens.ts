import { z } from 'zod';
import type { Clock, Credential, CredentialSlot, CredentialStore, RenewedCredential } from '@app/kernel';

/** What a provider gave in exchange for a refresh token. */
export interface TokenAnswer {
  readonly accessToken: string;
  /** Replaces the one that was used; undefined when that one stays good. */
  readonly refreshToken: string | undefined;
  /** From the answer until it is to be replaced. */
  readonly lifetimeMs: number;
}

/** An access token in force. */
export interface AccessToken {
  readonly accessToken: string;
  /** It was there before: when it is refused, a new one may be accepted. */
  readonly isCached: boolean;
  readonly version: number;
}

/** What {@link AccessTokens} works with. */
export interface AccessTokenParts {
  readonly credentials: CredentialStore;
  readonly clock: Clock;
  /** A token is replaced this long before it ends, in milliseconds. */
  readonly marginMs: number;
  /** Calls the provider; ends by itself within half a minute. @param refreshToken empty when there is none */
  exchange(refreshToken: string): Promise<TokenAnswer>;
}

const valueSchema = z.object({ refresh_token: z.string().optional(), access_token: z.string().optional() });
type TokenValue = z.output<typeof valueSchema>;
const valueOf = ({ value }: Credential): TokenValue => valueSchema.parse(JSON.parse(value));

/**
 * Access tokens of one account. They and the refresh token lie in the {@link CredentialStore}, so that all copies of a
 * service share them, and one at a time asks for a new one. What `exchange` throws is thrown on.
 */
export class AccessTokens {
  private renewing: Promise<AccessToken> | undefined;

  constructor(
    private readonly slot: CredentialSlot,
    private readonly parts: AccessTokenParts,
  ) {}

  /** A token that is good for some time yet. @throws StoreUnavailableError, CredentialUnreadableError */
  async current(): Promise<AccessToken> {
    const credential = await this.parts.credentials.current(this.slot);
    const { access_token: accessToken } = valueOf(credential);
    const { expiresAt, version } = credential;
    const endsInMs = (expiresAt?.getTime() ?? 0) - this.parts.clock.now().getTime();
    if (accessToken !== undefined && endsInMs > this.parts.marginMs) return { accessToken, isCached: true, version };
    return await this.renew(version);
  }

  /**
   * A token in place of one that was refused. Callers of this process share one attempt, so that they do not all wait with
   * a connection to the database.
   *
   * @param seen version of the refused one
   */
  async renew(seen: number): Promise<AccessToken> {
    this.renewing ??= this.attempt(seen).finally(() => {
      this.renewing = undefined;
    });
    return await this.renewing;
  }

  private async attempt(seen: number): Promise<AccessToken> {
    const credential = await this.parts.credentials.refresh(this.slot, seen, (current) => this.exchange(current));
    return { accessToken: valueOf(credential).access_token ?? '', isCached: false, version: credential.version };
  }

  private async exchange(current: Credential): Promise<RenewedCredential> {
    const { refresh_token: used } = valueOf(current);
    const { accessToken, refreshToken, lifetimeMs } = await this.parts.exchange(used ?? '');
    const value: TokenValue = { refresh_token: refreshToken ?? used, access_token: accessToken };
    return { value: JSON.stringify(value), expiresAt: new Date(this.parts.clock.now().getTime() + lifetimeMs) };
  }
}
