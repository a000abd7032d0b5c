import type { ChannelAccount } from '@app/kernel';
import { checkAccount } from '../registry.js';
import { historyStart, readImapSettings } from './imap-settings.js';

const account = (settings: Record<string, unknown>, over: Partial<ChannelAccount> = {}): ChannelAccount => ({
  id: 'hotro',
  channel: 'email',
  provider: 'imap',
  externalId: 'hotro@shop.example.vn',
  settings: { imap: { host: 'imap.example.vn' }, ...settings },
  secrets: { user: 'hotro', password: 'x' },
  ...over,
});

describe('an account of a mailbox', () => {
  it('needs no more than a host, a user and a password', () => {
    expect(checkAccount(account({}))).toEqual([]);
    expect(readImapSettings(account({}))).toMatchObject({
      port: 993,
      secure: true,
      requireStartTls: false,
      folders: ['INBOX'],
      history: '30d',
      pollMs: 120_000,
    });
  });

  it.each<[string, ChannelAccount, RegExp]>([
    ['no host', account({ imap: {} }), /^settings\.imap\.host: /],
    ['a port that is none', account({ imap: { host: 'x', port: 70_000 } }), /^settings\.imap\.port: /],
    ['a history that nobody understands', account({ history: 'mãi mãi' }), /^settings\.history: /],
    ['a date that does not exist', account({ history: '2026-13-45' }), /^settings\.history: /],
    ['an alias that is no address', account({ aliases: ['sales'] }), /^settings\.aliases\.0: /],
    ['no password', account({}, { secrets: { user: 'hotro' } }), /^secrets\.password: /],
    ['a mailbox that is no address', account({}, { externalId: 'INBOX' }), /^external_id: /],
  ])('with %s is refused', (_label, wrong, expected) => {
    const problems = checkAccount(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  const tokens = (oauth: unknown, secrets: Record<string, string>): ChannelAccount =>
    account({ oauth }, { secrets: { user: 'hotro', ...secrets } });
  const google = { token_url: 'https://oauth2.googleapis.com/token' };

  it.each<[string, ChannelAccount]>([
    ['a refresh token', tokens(google, { client_id: 'a', refresh_token: 'b' })],
    ['client credentials', tokens({ ...google, grant: 'client_credentials' }, { client_id: 'a', client_secret: 'b' })],
  ])('needs no password when it has %s', (_label, good) => {
    expect(checkAccount(good)).toEqual([]);
    expect(readImapSettings(good).oauth).toMatchObject({ tokenUrl: google.token_url, clientId: 'a' });
  });

  it.each<[string, ChannelAccount, RegExp]>([
    ['no refresh token', tokens(google, { client_id: 'a' }), /^secrets\.refresh_token: /],
    [
      'no client secret',
      tokens({ ...google, grant: 'client_credentials' }, { client_id: 'a' }),
      /^secrets\.client_sec/,
    ],
    [
      'tokens in clear text',
      tokens({ token_url: 'http://id.example/t' }, { client_id: 'a', refresh_token: 'b' }),
      /token_url/,
    ],
    [
      'a secret in an address',
      tokens({ token_url: 'https://a:b@id.example/t' }, { client_id: 'a', refresh_token: 'b' }),
      /token_url/,
    ],
    ['no token address', tokens({}, { client_id: 'a', refresh_token: 'b' }), /^settings\.oauth\.token_url: /],
    [
      'an unknown grant',
      tokens({ ...google, grant: 'password' }, { client_id: 'a', refresh_token: 'b' }),
      /^settings\.oauth\.grant: /,
    ],
  ])('that logs in by tokens with %s is refused', (_label, wrong, expected) => {
    const problems = checkAccount(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('demands encryption from a server that is not this machine', () => {
    const starttls = (imap: Record<string, unknown>) => readImapSettings(account({ imap })).requireStartTls;
    expect(starttls({ host: 'imap.example.vn', port: 143 })).toBe(true);
    expect(starttls({ host: '127.0.0.1', port: 1143 })).toBe(false);
    expect(starttls({ host: 'mail', port: 143, insecure: true })).toBe(false);
  });

  it('is read with the password that it has now, though its settings are checked once', () => {
    const { settings } = account({});
    readImapSettings(account({}, { settings }));
    const renewed = account({}, { settings, secrets: { user: 'hotro', password: 'mới' } });
    expect(readImapSettings(renewed).password).toBe('mới');
  });

  it('watches each folder once', () => {
    const { folders } = readImapSettings(account({ watch: ['Junk', 'INBOX'], sent_mailbox: 'Sent' }));
    expect(folders).toEqual(['INBOX', 'Junk', 'Sent']);
  });

  it.each([
    ['all', undefined],
    ['none', '2026-03-10T00:00:00.000Z'],
    ['30d', '2026-02-08T00:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ])('with history %s begins where it should', (history, expected) => {
    expect(historyStart(history, new Date('2026-03-10T00:00:00Z'))?.toISOString()).toBe(expected);
  });
});
