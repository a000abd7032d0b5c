import type { ChannelAccount } from '@app/kernel';
import type { WebhookRequest } from '../channel-adapter.js';
import { httpSmsAdapter } from './http-sms.adapter.js';
import { PRESETS } from './http-sms.presets.js';

const TOKEN = 'tok-0123456789abcdef';
const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');

const accountWith = (
  settings: Record<string, unknown>,
  secrets: Record<string, string> = { token: TOKEN },
): ChannelAccount => ({
  id: 'tong-dai',
  channel: 'sms',
  provider: 'http',
  externalId: '7068',
  settings,
  secrets,
});

function request(more: Partial<WebhookRequest> & { readonly search?: string } = {}): WebhookRequest {
  const { search = '', ...rest } = more;
  return {
    method: 'POST',
    originalUrl: `/webhooks/sms/tong-dai${search}`,
    query: new URLSearchParams(search),
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '192.0.2.7',
    ...rest,
  };
}

const verify = (delivery: WebhookRequest, account: ChannelAccount) => httpSmsAdapter.verify(delivery, account);

function parse(delivery: WebhookRequest, account: ChannelAccount, receivedAt = RECEIVED_AT) {
  const verification = verify(delivery, account);
  if (!verification.ok) throw new Error(`refused: ${verification.reason}`);
  return httpSmsAdapter.parse(delivery, { account, accounts: [account], receivedAt, verification });
}

const problemsOf = (settings: Record<string, unknown>, secrets?: Record<string, string>): readonly string[] =>
  httpSmsAdapter.checkAccount(accountWith(settings, secrets)).map((problem) => problem.split(': ')[0]!);

describe('the preset of V-COM', () => {
  const account = accountWith({ preset: 'vcom' }, { hash_key: 'secure-key-demo' });
  const sample = {
    type: 'new',
    client_id: 'demo',
    request_id: '1297875832',
    service_id: '7068',
    command_code: 'CH',
    message: 'CH con hang khong',
    telco: 'MB',
    phone: '84912345678',
    time: '1740970800',
    checksum: 'x/JDLobRldKGJZLh3wPEDaC6TbiMKve1S7q64KUvafE=',
  };
  const delivery = (change: Record<string, unknown> = {}) =>
    request({ body: Buffer.from(JSON.stringify({ ...sample, ...change })) });

  it('accepts the published vector', () => {
    expect(verify(delivery(), account)).toEqual({ ok: true, method: 'hash', keyId: '0' });
  });

  it.each(['client_id', 'request_id', 'phone', 'time'])('refuses a changed %s', (field) => {
    expect(verify(delivery({ [field]: '1' }), account)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it.each([
    ['absent', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['too short', sample.checksum.slice(1), 'mismatch'],
    ['no text', 7, 'mismatch'],
  ])('refuses a checksum that is %s', (_label, checksum, reason) => {
    expect(verify(delivery({ checksum }), account)).toEqual({ ok: false, reason });
  });

  it('reads the message, and its replay as the same', () => {
    const [first] = parse(delivery(), account).events;
    expect(first?.event.data).toMatchObject({
      identity: { kind: 'phone', value: '+84912345678', authenticity: 'A2' },
      provider: { name: 'vcom', message_id: '1297875832', timestamp: '1740970800' },
      occurred_at: '2025-03-03T03:00:00.000Z',
      content: { type: 'text', text: 'CH con hang khong' },
    });
    const [replay] = parse(delivery({ type: 'recovery' }), account).events;
    expect(replay?.event.id).toBe(first?.event.id);
  });

  it('answers 200 with what the gateway wants to hear, also when it refuses', () => {
    const { accepted, refused } = httpSmsAdapter.repliesFor!(account);
    expect(accepted).toEqual({
      status: 200,
      contentType: 'application/json',
      body: '{"data":{"code":200,"status":"success","message":""}}',
    });
    expect(refused.status).toBe(200);
    expect(JSON.parse(refused.body!)).toMatchObject({ data: { code: 108 } });
  });

  it('can be tied to addresses as well, because its checksum does not cover the text', () => {
    const tied = {
      ...account,
      settings: {
        preset: 'vcom',
        auth: [...(PRESETS['vcom']!['auth'] as unknown[]), { kind: 'addresses', allow: ['192.0.2.0/28'] }],
      },
    };
    expect(verify(delivery(), tied)).toMatchObject({ ok: true, method: 'hash' });
    expect(verify({ ...delivery(), remoteAddress: '198.51.100.1' }, tied)).toEqual({ ok: false, reason: 'address' });
  });
});

describe('the preset of eSMS', () => {
  const account = accountWith({ preset: 'esms' });
  const report = (fields: Record<string, string>, token = TOKEN) =>
    request({
      method: 'GET',
      search: `?${new URLSearchParams({ token, SMSID: 'd533459e', phonenumber: '0912345678', RequestId: 'ours-1', ...fields }).toString()}`,
    });

  it.each([
    [{ SendStatus: '1' }, 'queued'],
    [{ SendStatus: '2' }, 'queued'],
    [{ SendStatus: '4' }, 'failed'],
    [{ SendStatus: '5', SendSuccess: '1', SendFailed: '0' }, 'delivered'],
    [{ SendStatus: '5', SendSuccess: '0', SendFailed: '1' }, 'failed'],
    [{ SendStatus: '7' }, 'sent'],
  ])('maps %j to %s', (fields, status) => {
    const { events, rejected } = parse(report(fields as Record<string, string>), account);
    expect(rejected).toEqual([]);
    expect(events[0]?.event.data).toMatchObject({
      status,
      message_ids: ['d533459e'],
      identity: { kind: 'phone', value: '+84912345678' },
    });
  });

  it.each([{ SendStatus: '5', SendSuccess: '0', SendFailed: '0' }, { SendStatus: '99' }])(
    'does not guess %j',
    (fields) => {
      const { events, rejected } = parse(report(fields as Record<string, string>), account);
      expect(events).toEqual([]);
      expect(rejected.map(({ code }) => code)).toEqual(['unsupported_content']);
    },
  );

  it('keeps no token with what it keeps', () => {
    const { events } = parse(report({ SendStatus: '7' }), account);
    expect(events[0]?.event.data.raw.data).toContain('SMSID=d533459e');
    expect(JSON.stringify(events[0]?.event)).not.toContain(TOKEN);
  });

  it.each([
    ['another token', report({ SendStatus: '7' }, 'tok-0123456789abcdeX'), 'mismatch'],
    ['no token', report({ SendStatus: '7' }, ''), 'missing'],
    ['POST', { ...report({ SendStatus: '7' }), method: 'POST' as const }, 'method'],
  ])('refuses %s', (_label, delivery, reason) => {
    expect(verify(delivery, account)).toEqual({ ok: false, reason });
  });

  it('refuses a token that stands twice', () => {
    const delivery = report({ SendStatus: '7' });
    delivery.query.append('token', TOKEN);
    expect(verify(delivery, account)).toEqual({ ok: false, reason: 'malformed' });
  });

  it('answers a probe without a word', () => {
    expect(httpSmsAdapter.handshake(request({ method: 'GET', search: `?token=${TOKEN}` }), account)).toEqual({
      status: 200,
    });
    expect(httpSmsAdapter.handshake(report({ SendStatus: '7' }), account)).toBeUndefined();
  });
});

describe('the presets', () => {
  it.each(Object.keys(PRESETS))('%s is complete but for its secret', (preset) => {
    const problems = httpSmsAdapter.checkAccount(accountWith({ preset }, {}));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^secrets\.(?:token|hash_key): /);
  });

  it('give way to the settings of the account, name by name', () => {
    const account = accountWith({ preset: 'speedsms', message: { text: 'content' } });
    const delivery = request({
      search: `?token=${TOKEN}`,
      body: Buffer.from('{"phone":"0912345678","content":"Chào ạ","tranId":7}'),
    });
    expect(parse(delivery, account).events[0]?.event.data).toMatchObject({
      content: { text: 'Chào ạ' },
      provider: { name: 'speedsms', message_id: '7' },
    });
  });
});

describe('encodings of the text', () => {
  const message = { from: 'from', text: 'text', id: 'id' };
  const auth = [{ kind: 'basic' }];
  const secrets = { user: 'cong', password: 'mat-khau-made-up' };
  const headers = { authorization: `Basic ${Buffer.from('cong:mat-khau-made-up').toString('base64')}` };
  const read = (body: string | Buffer, encoding: string, kind = 'form') => {
    const account = accountWith({ body: kind, message: { ...message, text_encoding: encoding }, auth }, secrets);
    const [first] = parse(request({ headers, body: Buffer.from(body) }), account).events;
    const data = first!.event.data as { content?: { text?: string }; flags?: readonly string[] };
    return { text: data.content?.text, unreadable: data.flags?.includes('unreadable') ?? false };
  };
  const form = (text: string): string => new URLSearchParams({ from: '0912345678', id: '1', text }).toString();

  it.each([
    ['UTF-8', form('Còn hàng không ạ'), 'utf8', 'Còn hàng không ạ'],
    ['UTF-8 that is not escaped', 'from=0912345678&id=1&text=Còn hàng', 'utf8', 'Còn hàng'],
    ['ISO-8859-1', 'from=0912345678&id=1&text=Ch%E0o+shop', 'latin1', 'Chào shop'],
    ['base64', form(Buffer.from('Còn hàng không ạ').toString('base64')), 'base64', 'Còn hàng không ạ'],
    ['UCS-2', form(Buffer.from('Còn ạ 😊', 'utf16le').swap16().toString('hex')), 'ucs2_hex', 'Còn ạ 😊'],
  ])('reads %s', (_label, body, encoding, text) => {
    expect(read(body, encoding)).toEqual({ text, unreadable: false });
  });

  it.each([
    ['base64', 'không phải'],
    ['ucs2_hex', 'xin chào'],
    ['ucs2_hex', '004'],
  ])('keeps what is no %s as it came, and says so', (encoding, text) => {
    expect(read(form(text), encoding)).toEqual({ text, unreadable: true });
  });
});

describe('proofs', () => {
  const base = { body: 'form', message: { from: 'from', text: 'text', id: 'id' } };
  const body = Buffer.from('from=0912345678&text=Alo&id=1');

  it.each([
    ['a header', { kind: 'header', name: 'X-Token' }, { 'x-token': TOKEN }],
    [
      'a bearer token',
      { kind: 'header', name: 'Authorization', prefix: 'Bearer ' },
      { authorization: `Bearer ${TOKEN}` },
    ],
  ])('accepts %s', (_label, rule, headers) => {
    const account = accountWith({ ...base, auth: [rule] });
    expect(verify(request({ body, headers }), account)).toEqual({ ok: true, method: 'token', keyId: '0' });
    const [name, value] = Object.entries(headers)[0]!;
    for (const wrong of [undefined, '', value.slice(0, -1), `${value}, ${value}`, `${value.slice(0, -1)}X`]) {
      expect(verify(request({ body, headers: { [name]: wrong } }), account).ok).toBe(false);
    }
  });

  it('accepts the token before the last change', () => {
    const account = accountWith(
      { ...base, auth: [{ kind: 'header', name: 'x-token' }] },
      { token: 'another-token-made-up', previous_token: TOKEN },
    );
    expect(verify(request({ body, headers: { 'x-token': TOKEN } }), account)).toMatchObject({ ok: true, keyId: '1' });
  });

  it('demands every one of several', () => {
    const auth = [
      { kind: 'header', name: 'x-token' },
      { kind: 'addresses', allow: ['192.0.2.7', '2001:db8::/32'] },
    ];
    const account = accountWith({ ...base, auth });
    const headers = { 'x-token': TOKEN };
    expect(verify(request({ body, headers }), account)).toMatchObject({ ok: true, method: 'token' });
    expect(verify(request({ body, headers, remoteAddress: '2001:db8::5' }), account).ok).toBe(true);
    expect(verify(request({ body, headers, remoteAddress: '192.0.2.8' }), account)).toEqual({
      ok: false,
      reason: 'address',
    });
    expect(verify(request({ body }), account)).toEqual({ ok: false, reason: 'missing' });
  });

  it('lets no genuine element vouch for a forged neighbour', () => {
    const auth = [{ kind: 'hash', algorithm: 'md5', field: 'sig', parts: ['id', '$secret'] }];
    const account = accountWith({ body: 'json', message: base.message, auth }, { hash_key: 'k' });
    const genuine = { id: '1', from: '0912345678', text: 'a', sig: '3f14f0b2d5a4f2d2e9b4b8b3ba4d5a6f' };
    const list = Buffer.from(JSON.stringify([genuine, { ...genuine, id: '2' }]));
    expect(verify(request({ body: list }), account).ok).toBe(false);
    expect(verify(request({ body: Buffer.from('[]') }), account).ok).toBe(false);
  });
});

describe('identity of a message without an id', () => {
  const account = accountWith({
    body: 'form',
    message: { from: 'from', text: 'text', time: 'time' },
    auth: [{ kind: 'query', name: 'token' }],
  });
  const idOf = (fields: Record<string, string>) =>
    parse(
      request({
        search: `?token=${TOKEN}`,
        body: Buffer.from(new URLSearchParams({ from: '0912345678', text: 'ok', ...fields }).toString()),
      }),
      account,
    ).events[0]?.event.id;

  it('is the same for a redelivery, even with a changed count of tries', () => {
    expect(idOf({ time: '2026-01-01 07:00:00', retry: '1' })).toBe(idOf({ time: '2026-01-01 07:00:00', retry: '2' }));
  });

  it('differs for the same words at another time, or other words at the same', () => {
    const ids = [
      { time: '2026-01-01 07:00:00' },
      { time: '2026-01-01 07:00:05' },
      { time: '2026-01-01 07:00:00', text: 'ok ạ' },
    ];
    expect(new Set(ids.map((fields) => idOf(fields as Record<string, string>))).size).toBe(3);
  });
});

describe('the check of an account', () => {
  const good = { body: 'form', message: { from: 'f', text: 't', id: 'i' }, auth: [{ kind: 'query', name: 'token' }] };

  it('finds nothing wrong with a good one', () => expect(problemsOf(good)).toEqual([]));

  it.each([
    ['settings.preset', { preset: 'nobody' }],
    ['settings.method', { ...good, method: 'PUT' }],
    ['settings.message.from', { ...good, message: { text: 't', id: 'i' } }],
    ['settings.message.text_encoding', { ...good, message: { ...good.message, text_encoding: 'tcvn3' } }],
    ['settings.message.id', { ...good, message: { from: 'f', text: 't' } }],
    ['settings.message', { body: 'form', auth: good.auth }],
    ['settings.auth', { ...good, auth: [] }],
    ['settings.auth', { body: 'form', message: good.message }],
    ['settings.auth[0].kind', { ...good, auth: [{ kind: 'none' }] }],
    ['settings.auth[0].allow[0]', { ...good, auth: [{ kind: 'addresses', allow: ['not-an-address'] }] }],
    ['settings.auth[0]', { ...good, auth: [{ kind: 'hash', algorithm: 'md5', parts: ['f'] }] }],
    ['settings.time.zone', { ...good, time: { zone: 'Asia/Ho_Chi_Minh' } }],
    ['settings.body', { ...good, method: 'GET' }],
    ['settings.accepted.status', { ...good, accepted: { status: 99 } }],
    ['settings', { ...good, colour: 'red' }],
    ['secrets.token', good, { token: 'short' }],
    ['secrets.user', { ...good, auth: [{ kind: 'basic' }] }, { password: 'p' }],
    ['secrets.hash_key', { ...good, auth: [{ kind: 'hmac', algorithm: 'sha1', header: 'x-sig' }] }, {}],
  ] as [string, Record<string, unknown>, Record<string, string>?][])('names %s', (...[path, settings, secrets]) => {
    const problems = problemsOf(settings, secrets);
    expect(problems).toContain(path);
    expect(new Set(problems).size).toBe(1);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ method: 'PUT', body: 'xml', message: { from: '' }, auth: 'none' })).toEqual(
      expect.arrayContaining(['settings.method', 'settings.body', 'settings.message.from', 'settings.auth']),
    );
  });
});
