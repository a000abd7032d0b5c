import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { tokenAccessOf, type TokenAccess } from '@app/channels';
import {
  ACCOUNTS,
  AppError,
  CLOCK,
  CREDENTIALS,
  describeError,
  HealthRegistry,
  LOGGER,
  Metrics,
  ProviderUnavailableError,
  type ChannelAccount,
  type Clock,
  type CredentialStore,
  type Logger,
} from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import { AccessTokens, WorkLoop, type TokenAnswer } from '@app/runtime';

/** What calls the provider; it ends within half a minute, because a row is locked meanwhile. */
export const TOKEN_CLIENT = Symbol('TOKEN_CLIENT');

/** The guarded client, or a test's own. */
export interface TokenClient {
  download(request: DownloadRequest): Promise<Download>;
}

const LOOK_MS = 60_000;
/** Lifetimes are given with room already. */
const MARGIN_MS = 0;

/** The provider took a refresh token for none: the accounts file must bring a new one. */
export class TokenRefusedError extends AppError {
  readonly code = 'token_refused';
  readonly retryable = false;

  /** @param reason the provider's code */
  constructor(readonly reason: string) {
    super(`The provider refuses the refresh token (${reason})`);
  }
}

interface Kept {
  readonly account: ChannelAccount;
  readonly tokens: AccessTokens;
  state: string;
}

/**
 * Keeps the access tokens of accounts good whose refresh tokens work once, whether or not anybody needs them now: a refresh
 * token that is never used ends after some months.
 *
 * Guarantee: that of the {@link CredentialStore}: one of many copies calls the provider, and what it gave is durable before it
 * is used.
 */
@Injectable()
export class KeepTokensService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly kept: ReadonlyMap<string, Kept>;
  private readonly loop: WorkLoop;

  constructor(
    @Inject(CREDENTIALS) private readonly credentials: CredentialStore,
    @Inject(TOKEN_CLIENT) private readonly client: TokenClient,
    @Inject(ACCOUNTS) accounts: readonly ChannelAccount[],
    @Inject(HealthRegistry) health: HealthRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.kept = new Map(accounts.flatMap((account) => this.keep(account)).map((kept) => [kept.account.id, kept]));
    for (const { account } of this.kept.values()) {
      // A token that must be granted anew is told, but takes no work from this process: it stays ready.
      health.register(`token ${account.id}`, () => ({ ok: true, detail: this.kept.get(account.id)!.state }));
    }
    this.loop = new WorkLoop({ name: 'keep-tokens', work: () => this.keepAll(), idleMs: LOOK_MS, logger });
  }

  onApplicationBootstrap(): void {
    if (this.kept.size > 0) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.kept.size > 0) await this.loop.stop();
  }

  /**
   * The account with an access token that is good now.
   *
   * @throws TokenRefusedError, ProviderUnavailableError, StoreUnavailableError, CredentialUnreadableError
   */
  async withToken(account: ChannelAccount): Promise<ChannelAccount> {
    const kept = this.kept.get(account.id);
    if (kept === undefined) return account;
    const { accessToken } = await kept.tokens.current();
    return { ...account, secrets: { ...account.secrets, access_token: accessToken } };
  }

  /** Renews what is due. @returns false: the next look comes after a wait */
  async keepAll(): Promise<boolean> {
    for (const kept of this.kept.values()) await this.keepOne(kept);
    return false;
  }

  private async keepOne(kept: Kept): Promise<void> {
    let state = 'good';
    try {
      await kept.tokens.current();
    } catch (error) {
      state = error instanceof TokenRefusedError ? `refused: ${error.reason}` : `away (${describeError(error)})`;
    }
    if (state !== kept.state) {
      const say = state === 'good' ? 'info' : 'warn';
      this.logger[say]({ account: kept.account.id, state }, 'The token of an account is in another state');
    }
    kept.state = state;
  }

  private keep(account: ChannelAccount): readonly Kept[] {
    const access = tokenAccessOf(account);
    const refreshToken = access?.refreshTokenOf(account);
    if (access === undefined || refreshToken === undefined) return [];
    const slot = { accountId: account.id, name: 'oauth', seed: JSON.stringify({ refresh_token: refreshToken }) };
    const { credentials, clock } = this;
    const exchange = (used: string): Promise<TokenAnswer> => this.exchange(account, access, used);
    const tokens = new AccessTokens(slot, { credentials, clock, marginMs: MARGIN_MS, exchange });
    return [{ account, tokens, state: 'not asked yet' }];
  }

  private async exchange(account: ChannelAccount, access: TokenAccess, used: string): Promise<TokenAnswer> {
    const count = (outcome: string): void => this.metrics.tokenRefreshes.inc({ account: account.id, outcome });
    const answer = await this.client.download({ ...access.requestFor(used, account), hosts: access.hosts });
    const reading = answer.ok ? access.read(answer.bytes) : undefined;
    if (reading === undefined) {
      count('unavailable');
      throw new ProviderUnavailableError('The token server gave no token', { details: { answered: answer.ok } });
    }
    count(reading.ok ? 'renewed' : 'refused');
    if (!reading.ok) throw new TokenRefusedError(reading.reason);
    return reading;
  }
}
