import type { ChannelAccount } from '@app/kernel';
import { profileAccessOf } from './registry.js';

const account = (channel: ChannelAccount['channel'], provider: string, externalId: string): ChannelAccount => ({
  id: 'a',
  channel,
  provider,
  externalId,
  settings: {},
  secrets: { access_token: 'made-up' },
});
const LINE_USER = 'U0000000000000000000000000000000b';
const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const ACCOUNTS = {
  messenger: account('messenger', 'meta', '106000000000001'),
  instagram: account('instagram', 'meta', '17841400000000077'),
  zalo: account('zalo', 'zalo', '2870000000000000001'),
  line: account('line', 'line', 'U0000000000000000000000000000000a'),
} as const;
type Name = keyof typeof ACCOUNTS;
const access = (name: Name) => profileAccessOf(ACCOUNTS[name])!;

describe('asking a provider about a person', () => {
  it.each<[Name, string, string, Record<string, string>]>([
    [
      'messenger',
      '7400000000000101',
      'https://graph.facebook.com/v25.0/7400000000000101?fields=first_name,last_name,locale,profile_pic',
      { authorization: 'Bearer made-up' },
    ],
    [
      'instagram',
      '9900000000000077',
      'https://graph.facebook.com/v25.0/9900000000000077?fields=name,username,profile_pic',
      { authorization: 'Bearer made-up' },
    ],
    [
      'zalo',
      '6400000000000000011',
      'https://openapi.zalo.me/v3.0/oa/user/detail?data=%7B%22user_id%22%3A%226400000000000000011%22%7D',
      { access_token: 'made-up' },
    ],
    ['line', LINE_USER, `https://api.line.me/v2/bot/profile/${LINE_USER}`, { authorization: 'Bearer made-up' }],
  ])('on %s goes by number, with the token in a header', (name, userId, url, headers) => {
    const { requestFor, hosts } = access(name);
    expect(requestFor(userId, ACCOUNTS[name])).toEqual({ url, headers });
    expect(hosts).toContain(new URL(url).hostname);
    expect(requestFor(userId, { ...ACCOUNTS[name], secrets: {} })).toBeUndefined();
    expect(requestFor('../me?fields=accounts', ACCOUNTS[name])).toBeUndefined();
  });

  it.each<[Name, unknown, object | undefined]>([
    [
      'messenger',
      { first_name: 'Bưởi', last_name: 'Trần Thị', locale: 'vi_VN' },
      { name: 'Trần Thị Bưởi', locale: 'vi_VN' },
    ],
    ['messenger', { first_name: 'Bưởi' }, { name: 'Bưởi' }],
    [
      'messenger',
      { first_name: 'Bưởi', profile_pic: 'https://scontent.fbcdn.net/p.jpg' },
      { name: 'Bưởi', avatar: 'https://scontent.fbcdn.net/p.jpg' },
    ],
    ['messenger', { error: { code: 100 } }, undefined],
    ['instagram', { name: 'Lan', username: 'lan.do' }, { name: 'Lan', username: 'lan.do' }],
    ['instagram', { username: 'lan.do' }, { username: 'lan.do' }],
    [
      'zalo',
      { error: 0, data: { display_name: 'Lan', avatar: 'https://a.zdn.vn/x' } },
      { name: 'Lan', avatar: 'https://a.zdn.vn/x' },
    ],
    ['zalo', { error: -216, message: 'Access token has expired' }, undefined],
    ['zalo', { data: { display_name: 'Lan' } }, undefined],
    ['line', { displayName: 'Lan', language: 'vi' }, { name: 'Lan', locale: 'vi' }],
    ['line', { message: 'Not found' }, undefined],
    ['line', '<html>', undefined],
    ['messenger', 'null', undefined],
  ])('reads the answer of %s: %j', (name, answer, profile) => {
    expect(access(name).read(bytes(answer))).toEqual(profile);
  });

  it('takes a person of LINE for known within the provider when that is set', () => {
    const settings = { provider_id: '1600000001' };
    expect(access('line').scopeOf({ ...ACCOUNTS.line, settings })).toBe('1600000001');
    expect(access('line').scopeOf(ACCOUNTS.line)).toBe(ACCOUNTS.line.externalId);
  });
});
