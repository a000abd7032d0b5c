import { readImapSettings, type ImapSettings, type OAuthSettings } from '@app/channels';
import {
  Metrics,
  ProviderUnavailableError,
  type Credential,
  type CredentialSlot,
  type CredentialStore,
  type RenewedCredential,
} from '@app/kernel';
import { TokenServer } from '@app/simulators';
import { mailLogins, type MailLogins } from './mailbox-login.js';
import { requestToken } from './request-token.js';

/** One credential in memory, as the store keeps it. */
class OneCredential implements CredentialStore {
  stored: Credential | undefined;

  current({ seed }: CredentialSlot): Promise<Credential> {
    return Promise.resolve((this.stored ??= { value: seed, version: 1, expiresAt: undefined }));
  }

  async refresh(
    slot: CredentialSlot,
    seen: number,
    exchange: (current: Credential) => Promise<RenewedCredential>,
  ): Promise<Credential> {
    const current = await this.current(slot);
    if (current.version > seen) return current;
    this.stored = { ...(await exchange(current)), version: current.version + 1 };
    return this.stored;
  }
}

describe('logging in with access tokens', () => {
  let server: TokenServer;
  let store: OneCredential;
  let metrics: Metrics;
  let now: Date;

  const settings = (over: Record<string, unknown> = {}): ImapSettings =>
    readImapSettings({
      id: 'hotro',
      channel: 'email',
      provider: 'imap',
      externalId: 'hotro@shop.example.vn',
      settings: {
        imap: { host: '127.0.0.1', port: 1143 },
        oauth: { token_url: server.url, scopes: ['https://mail.example/', 'offline_access'], ...over },
      },
      secrets: { user: 'hotro', client_id: 'ung-dung', client_secret: 'bi-mat', refresh_token: 'refresh-0' },
    });
  const logins = (over?: Record<string, unknown>): MailLogins =>
    mailLogins('hotro', settings(over), { credentials: store, clock: { now: () => now }, metrics });

  beforeEach(async () => {
    server = await TokenServer.start('refresh-0');
    store = new OneCredential();
    metrics = new Metrics();
    now = new Date('2026-03-03T03:00:00Z');
  });
  afterEach(async () => {
    await server.stop();
  });

  it('exchanges the refresh token of the accounts file and says the scopes', async () => {
    expect(await logins().current()).toEqual({ accessToken: 'token-1', isCached: false, version: 2 });
    expect(Object.fromEntries(server.requests[0]!)).toEqual({
      grant_type: 'refresh_token',
      client_id: 'ung-dung',
      client_secret: 'bi-mat',
      refresh_token: 'refresh-0',
      scope: 'https://mail.example/ offline_access',
    });
  });

  it('asks with the credentials of the client alone when the account says so', async () => {
    expect((await logins({ grant: 'client_credentials' }).current()).accessToken).toBe('token-1');
    expect(server.requests[0]!.get('grant_type')).toBe('client_credentials');
    expect(server.requests[0]!.has('refresh_token')).toBe(false);
    expect(JSON.stringify(store.stored)).not.toContain('bi-mat');
  });

  it('keeps an access token until five minutes before it ends, then uses the new refresh token', async () => {
    const mine = logins();
    await mine.current();
    now = new Date('2026-03-03T03:54:59Z');
    expect(await mine.current()).toEqual({ accessToken: 'token-1', isCached: true, version: 2 });
    now = new Date('2026-03-03T03:55:01Z');
    expect((await mine.current()).accessToken).toBe('token-2');
    expect(server.requests.map((form) => form.get('refresh_token'))).toEqual(['refresh-0', 'refresh-1']);
  });

  it('asks once for all the folders of an account', async () => {
    const mine = logins();
    const all = await Promise.all([mine.current(), mine.current(), mine.current()]);
    expect(all.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-1', 'token-1']);
    expect(server.requests).toHaveLength(1);
  });

  it('replaces a token that the mail server refused, unless another copy has done so', async () => {
    const mine = logins();
    const refused = await mine.current();
    const other = await logins().renewed(refused);
    expect(other.accessToken).toBe('token-2');
    expect((await mine.renewed(refused)).accessToken).toBe('token-2');
    expect(server.requests).toHaveLength(2);
  });

  it('tells a refused token from a server that is away', async () => {
    server.mood = 'fails';
    await expect(logins().current()).rejects.toBeInstanceOf(ProviderUnavailableError);
    server.mood = 'refuses';
    await expect(logins().current()).rejects.toMatchObject({
      reason: 'token refused: invalid_grant',
      refusesLogin: true,
    });
    server.mood = 'gives';
    expect((await logins().current()).accessToken).toBe('token-3');
    const { values } = await metrics.tokenRefreshes.get();
    expect(values.map(({ labels, value }) => [labels.outcome, value])).toEqual([
      ['unavailable', 1],
      ['refused', 1],
      ['renewed', 1],
    ]);
  });

  it('takes a server that does not answer for one that is away, and tells no secret', async () => {
    const oauth: OAuthSettings = settings().oauth!;
    await server.stop();
    const failure = await requestToken(oauth, 'refresh-0').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderUnavailableError);
    expect(String(failure)).not.toMatch(/refresh-0|bi-mat/);
  });

  it('asks nobody for an account with a password', async () => {
    const { oauth: _none, ...byPassword } = settings();
    const mine = mailLogins('hotro', byPassword, {
      credentials: store,
      clock: { now: () => now },
      metrics,
    });
    expect(await mine.current()).toMatchObject({ accessToken: undefined, isCached: false });
  });
});
