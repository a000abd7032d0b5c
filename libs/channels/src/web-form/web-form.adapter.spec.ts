import { createHmac } from 'node:crypto';
import type { MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { webFormAdapter } from './web-form.adapter.js';

const account: ChannelAccount = {
  id: 'lien-he',
  channel: 'webform',
  provider: 'http',
  externalId: 'shop-web',
  settings: { system: 'shop-web', honeypot: 'website' },
  secrets: { token: 'ma-bi-mat-tu-nghi-ra-01' },
};
const signing: ChannelAccount = {
  ...account,
  settings: { ...account.settings, signature: { header: 'X-Form-Signature', encoding: 'base64', prefix: 'sha256=' } },
  secrets: { signing_secret: 'khoa-ky-tu-nghi-ra-0123' },
};

const typeOf = (body: Buffer): string => {
  const start = body.toString('latin1', 0, 2);
  if (start === '--') return 'multipart/form-data; boundary=bien';
  return /^[[{]/.test(start) || !body.includes('=') ? 'application/json' : 'application/x-www-form-urlencoded';
};

function request(body: Buffer, headers: Readonly<Record<string, string>>, query = ''): WebhookRequest {
  return {
    method: 'POST',
    originalUrl: `/webhooks/webform/lien-he${query}`,
    query: new URLSearchParams(query),
    headers: { 'content-type': typeOf(body), ...headers },
    body,
    remoteAddress: '192.0.2.1',
  };
}

const withToken = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest =>
  request(body, { authorization: `Bearer ${secrets['token']}` });
const withSignature = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest =>
  request(body, {
    'x-form-signature': `sha256=${createHmac('sha256', secrets['signing_secret']!).update(body).digest('base64')}`,
  });

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const common = {
  adapter: webFormAdapter,
  fixtures: new URL('./fixtures/', import.meta.url),
  messages: {
    body: bytes,
    element: (message: string, index: number) => ({ phone: '0912345678', message, submission_id: `s-${index}` }),
    many: true,
    nul: 'remove' as const,
    longId: (digits: string) => Buffer.from(`{"message":"alo","submission_id":${digits}}`),
  },
  countElements: (document: unknown) => (Array.isArray(document) && document.length > 0 ? document.length : 1),
};

describe('with a token', () => {
  describeChannelAdapter({
    ...common,
    account,
    signedRequest: withToken,
    signatureHeader: 'authorization',
    signsBody: false,
    required: ['settings.system', 'secrets.token'],
  });
});

describe('forms of web sites', () => {
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'token' } as const,
  };
  const parse = async (sent: WebhookRequest, owner = account) =>
    await webFormAdapter.parse(sent, { ...context, account: owner, accounts: [owner] });
  const dataOf = async (fields: object, owner = account): Promise<MessageReceived> => {
    const { events } = await parse(withToken(bytes(fields), owner), owner);
    return events[0]!.event.data as MessageReceived;
  };

  it.each<[string, Buffer, Readonly<Record<string, string>>, boolean]>([
    ['signed', bytes({ a: 1 }), withSignature(bytes({ a: 1 }), signing).headers as Record<string, string>, true],
    ['signed over other bytes', bytes({ a: 2 }), withSignature(bytes({ a: 1 }), signing).headers as never, false],
    ['signed in hexadecimal', bytes({ a: 1 }), { 'x-form-signature': `sha256=${'0'.repeat(64)}` }, false],
    ['without the prefix', bytes({ a: 1 }), { 'x-form-signature': 'A'.repeat(43) + '=' }, false],
    ['with nothing', bytes({ a: 1 }), {}, false],
    ['with a token instead', bytes({ a: 1 }), { authorization: 'Bearer khoa-ky-tu-nghi-ra-0123' }, false],
  ])('take one %s as they should', (_label, body, headers, ok) => {
    expect(webFormAdapter.verify(request(body, headers), signing).ok).toBe(ok);
  });

  it('take the token from a header, and from the address only when told to', () => {
    const token = account.secrets['token']!;
    const inHeader = request(bytes({}), { 'x-omniline-token': token });
    const inAddress = request(bytes({}), {}, `?token=${token}`);
    const open = { ...account, settings: { ...account.settings, token_in_address: true } };
    expect(webFormAdapter.verify(inHeader, account)).toMatchObject({ ok: true, method: 'token' });
    expect(webFormAdapter.verify(inAddress, account)).toEqual({ ok: false, reason: 'missing' });
    expect(webFormAdapter.verify(inAddress, open)).toMatchObject({ ok: true });
    expect(webFormAdapter.verify(request(bytes({}), {}, `?token=${token}&token=${token}`), open).ok).toBe(false);
    expect(webFormAdapter.verify(request(bytes({}), {}, '?token=khac'), open)).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  it('take the token before this one while it is replaced', () => {
    const replaced = {
      ...account,
      secrets: { token: 'ma-bi-mat-moi-tinh-0002', previous_token: 'ma-bi-mat-tu-nghi-ra-01' },
    };
    expect(webFormAdapter.verify(withToken(bytes({}), account), replaced).ok).toBe(true);
  });

  it.each([
    ['secrets.token', { ...account, secrets: { token: 'short' } }],
    ['secrets.signing_secret', { ...signing, secrets: { token: 'ma-bi-mat-tu-nghi-ra-01' } }],
    ['settings.fields', { ...account, settings: { system: 'shop-web', fields: { sdt: 'x' } } }],
    ['settings.system', { ...account, settings: { system: 'Shop Web' } }],
  ])('refuse an account whose %s cannot work', (path, wrong) => {
    expect(webFormAdapter.checkAccount(wrong).join()).toContain(path);
  });

  it('are one when they say the same, whatever the boundary or the order of retries, and two under two ids', async () => {
    const part = (name: string, mark: string) =>
      `--${mark}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`;
    const sent = (mark: string) => {
      const body = Buffer.from(`${part('message', mark)}${part('b', mark)}--${mark}--\r\n`);
      return { ...request(body, {}), headers: { 'content-type': `multipart/form-data; boundary=${mark}` } };
    };
    const idOf = async (one: WebhookRequest): Promise<string> => (await parse(one)).events[0]!.event.id;
    expect(await idOf(sent('mot'))).toBe(await idOf(sent('hai')));
    const again = (id: string) => request(bytes({ message: 'alo' }), { 'webhook-id': id });
    expect(await idOf(again('1'))).toBe(await idOf(again('1')));
    expect(await idOf(again('1'))).not.toBe(await idOf(again('2')));
    expect(await idOf(request(bytes({ message: 'alo' }), {}))).not.toBe(
      await idOf(request(bytes({ message: 'a lo' }), {})),
    );
  });

  it('prove nothing: what a visitor types is claimed by an identity of its own', async () => {
    const { identity, claims } = await dataOf({ sdt: '0912345678', email: 'nan.nhan@khach.example', message: 'alo' });
    expect(identity).toEqual({ kind: 'external', scope: 'shop-web.typed', value: '+84912345678', authenticity: 'A1' });
    expect(claims?.map(({ kind, level }) => [kind, level])).toEqual([
      ['phone', 1],
      ['email', 1],
    ]);
  });

  it('know the fields that the account names, and guess none besides for the same', async () => {
    const owner = { ...account, settings: { system: 'shop-web', fields: { message: 'q9', phone: 'lien_lac' } } };
    const { content, identity } = await dataOf(
      { q9: 'Giá?', message: 'khác', lien_lac: '0912345678', phone: '0900111222' },
      owner,
    );
    expect([content.text, identity.value]).toEqual(['Giá?', '+84912345678']);
  });

  it.each([
    ['{"form":{"name":"Tư vấn"},"name":"Bưởi"}', 'Bưởi', 'Tư vấn'],
    ['{"product":{"name":"Áo"},"customer":{"name":"Bưởi"}}', 'Bưởi', undefined],
    ['{"product":{"name":"Áo"},"sdt":"0912345678"}', undefined, undefined],
    ['{"Họ":"Trần","Tên":"Bưởi"}', 'Trần Bưởi', undefined],
    ['{"hoTen":"Bưởi"}', 'Bưởi', undefined],
  ])('tell the person from other names in %s', async (text, person, form) => {
    const { events } = await parse(request(Buffer.from(text), {}));
    const data = events[0]!.event.data as MessageReceived;
    expect([data.identity.display_name, data.form?.name]).toEqual([person, form]);
  });

  it.each([
    ['on', true],
    ['Đồng ý', true],
    ['0', false],
    ['không', false],
  ])('take %s for what it says about offers', async (value, consent) => {
    expect((await dataOf({ message: 'a', marketing_consent: value })).form?.marketing_consent).toBe(consent);
  });

  it('are read however they nest, to a depth', async () => {
    const deep = JSON.parse('{"a":'.repeat(500) + '"x"' + '}'.repeat(500)) as object;
    const { events, rejected } = await parse(withToken(bytes(deep), account));
    expect([events.length, rejected.map(({ code }) => code)]).toEqual([0, ['unsupported_content']]);
    const names = Array.from({ length: 400 }, (_, index) => [`c${index}`, 'x']);
    expect((await dataOf({ ...Object.fromEntries(names), sdt: '0912345678' })).form?.fields).toHaveLength(100);
  });

  it.each([
    ['a[b]=1&a=2', ['1', '2']],
    ['a=1&a[b]=2', ['1', '2']],
    ['__proto__[x]=1&constructor=2', ['1', '2']],
    ['a[]=1&a[]=2', ['1, 2']],
    ['[=1&]=2&a[[b]]=3', ['1', '2', '3']],
  ])('keep every value of %s', async (text, values) => {
    const { events } = await parse(
      request(Buffer.from(`${text}&message=x`), { 'content-type': 'application/x-www-form-urlencoded' }),
    );
    expect((events[0]!.event.data as MessageReceived).form?.fields?.map(({ value }) => value)).toEqual(values);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });
});
