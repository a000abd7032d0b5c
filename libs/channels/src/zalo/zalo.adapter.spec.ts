import { createHash, createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { ParseContext, WebhookRequest } from '../channel-adapter.js';
import { zaloAdapter } from './zalo.adapter.js';
import { readTimestamp } from './zalo.signature.js';

const OA = '2870000000000000001';
const USER = '6400000000000000011';
const APP = '3900000000000000033';

const account: ChannelAccount = {
  id: 'oa-shop',
  channel: 'zalo',
  provider: 'zalo',
  externalId: OA,
  settings: { app_id: APP },
  secrets: { oa_secret_key: 'OAsk-made-up-9f2' },
};
const otherAccount: ChannelAccount = { ...account, id: 'oa-shop-2', externalId: '2870000000000000002' };

const request = (body: Buffer, signature?: string): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/zalo/oa-shop',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/json',
    ...(signature === undefined ? {} : { 'x-zevent-signature': signature }),
  },
  body,
  remoteAddress: '192.0.2.1',
});

const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const signed = (body: Buffer, { settings, secrets }: ChannelAccount): WebhookRequest =>
  request(body, `mac=${sha256(String(settings['app_id']), body, readTimestamp(body), secrets['oa_secret_key']!)}`);

const textEvent = (text: string, index = 0) => ({
  app_id: APP,
  event_name: 'user_send_text',
  timestamp: '1767225600123',
  sender: { id: USER },
  recipient: { id: OA },
  message: { msg_id: `m-${index}`, text },
});
const bytesOf = (event: unknown): Buffer => Buffer.from(JSON.stringify(event));

const probe: WebhookRequest = { ...request(Buffer.alloc(0)), method: 'GET' };

describeChannelAdapter({
  adapter: zaloAdapter,
  account,
  otherAccounts: [otherAccount],
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-zevent-signature',
  required: ['settings.app_id', 'secrets.oa_secret_key'],
  handshakes: [['by GET, which some consoles send', probe, { status: 200 }]],
  messages: {
    body: ([element]) => bytesOf(element),
    element: textEvent,
    many: false,
    nul: 'replace',
    longId: (digits) =>
      Buffer.from(
        `{"event_name":"user_send_text","timestamp":"1767225600123","sender":{"id":"${USER}"},"recipient":{"id":"${OA}"},"message":{"msg_id":${digits},"text":"a"}}`,
      ),
  },
  countElements: () => 1,
});

describe('the signature of Zalo', () => {
  const appId = '4200000000000000001';
  const key = 'Zk9vM2xQw7Rt5YbN1cD8';
  const body = Buffer.from(
    '{"app_id":"4200000000000000001","user_id_by_app":"5500000000000000002","event_name":"user_send_text","timestamp":"1767225600123","sender":{"id":"6600000000000000003"},"recipient":{"id":"7700000000000000004"},"message":{"msg_id":"a1b2c3d4e5f60718293a","text":"Chào shop, còn size M không ạ? 😊"}}',
  );
  const digest = '17e6ec0ef88c28d3c0ca299e8e3851b983a317df719a83357de6c5f7496fd3a5';
  const owner = {
    ...account,
    externalId: '7700000000000000004',
    settings: { app_id: appId },
    secrets: { oa_secret_key: key },
  };
  const verify = (signature: string | undefined, of: ChannelAccount = owner) =>
    zaloAdapter.verify(request(body, signature), of);

  it('has the length that the published vector says', () => expect(body).toHaveLength(302));

  it.each([
    ['as documented', `mac=${digest}`],
    ['without its prefix', digest],
    ['in capitals', `MAC=${digest.toUpperCase()}`],
    ['between blanks', ` mac=${digest} `],
  ])('accepts it %s', (_label, signature) => {
    expect(verify(signature)).toEqual({ ok: true, method: 'hash', keyId: '0' });
  });

  it('accepts the second published vector', () => {
    const follow = Buffer.from(
      '{"event_name":"follow","app_id":"3900000000000000033","oa_id":"2870000000000000001","user_id_by_app":"8100000000000000022","follower":{"id":"6400000000000000011"},"source":"oa_profile","timestamp":"1767225601000"}',
    );
    const signature = 'mac=6e140795da7137b542a74e350f22fff87f5f5a900e56c3a80d6ce2c7441feaec';
    expect(zaloAdapter.verify(request(follow, signature), account)).toMatchObject({ ok: true });
  });

  const escaped = body
    .toString()
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  it.each([
    [
      'HMAC over the body',
      '90a5da519dd10d970f42aabbb22868b173db13559b2abc38a73aa6c7200d2e3b',
      createHmac('sha256', key).update(body).digest('hex'),
    ],
    [
      'HMAC over everything',
      '6e13d488d40a806138bd19761122935e4f87a09f36708f4a330c2a18d7555fdf',
      createHmac('sha256', key).update(`${appId}${body.toString()}1767225600123`).digest('hex'),
    ],
    ['no timestamp', '58db5f6bb17f791539a1fa8c5314ef07743c13bea1737cc17256859842b96063', sha256(appId, body, key)],
    [
      'the account for the app',
      '7669bacdb31b540ca337b4ae211a7cba8795a8f33ef20def33cfe3d93f8f0768',
      sha256('7700000000000000004', body, '1767225600123', key),
    ],
    [
      'a body written again',
      'b213e050c44b2183faa29066af14cdcc40750b1db77801cf862c69f84ac7e4bb',
      sha256(appId, escaped, '1767225600123', key),
    ],
  ])('refuses the wrong recipe "%s"', (_label, published, computed) => {
    expect(computed).toBe(published);
    expect(verify(`mac=${published}`)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('accepts the key before the last change and says which one matched', () => {
    const changed = { ...owner, secrets: { oa_secret_key: 'another-key', previous_oa_secret_key: key } };
    expect(verify(`mac=${digest}`, changed)).toEqual({ ok: true, method: 'hash', keyId: '1' });
  });

  it('uses the digits of a timestamp that comes as a number', () => {
    const numeric = Buffer.from(body.toString().replace('"1767225600123"', '1767225600123'));
    const signature = `mac=${sha256(appId, numeric, '1767225600123', key)}`;
    expect(zaloAdapter.verify(request(numeric, signature), owner)).toMatchObject({ ok: true });
  });

  it('answers 200 whatever comes, because any other answer ends with a disabled webhook', () => {
    expect([zaloAdapter.accepted.status, zaloAdapter.refused.status]).toEqual([200, 200]);
    expect(zaloAdapter.answerWithinMs).toBeLessThan(2000);
  });
});

describe('what only Zalo does', () => {
  const context: ParseContext = {
    account,
    accounts: [account, otherAccount],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'hash', keyId: '0' },
  };
  const parse = (event: unknown) => zaloAdapter.parse(request(bytesOf(event)), context);

  it('gives an event to no account of another app', () => {
    const foreign = { ...otherAccount, settings: { app_id: '4000000000000000000' } };
    const event = { ...textEvent('Alo'), recipient: { id: foreign.externalId } };
    const { events, rejected } = zaloAdapter.parse(request(bytesOf(event)), {
      ...context,
      accounts: [account, foreign],
    });
    expect(events).toEqual([]);
    expect(rejected.map(({ code }) => code)).toEqual(['unknown_account']);
  });

  it('keeps the same event on the same account under one id, through whichever account it came', () => {
    const event = { ...textEvent('Alo'), recipient: { id: otherAccount.externalId } };
    const here = parse(event);
    const there = zaloAdapter.parse(request(bytesOf(event)), { ...context, account: otherAccount });
    expect(here.events[0]?.account.id).toBe('oa-shop-2');
    expect(there.events[0]?.event.id).toBe(here.events[0]?.event.id);
  });

  it('tells two follows of one person apart, and a retry not', () => {
    const follow = (timestamp: string) =>
      parse({ event_name: 'follow', oa_id: OA, follower: { id: USER }, timestamp }).events[0]?.event.id;
    expect(follow('1767225620000')).toBe(follow('1767225620000'));
    expect(follow('1767225620000')).not.toBe(follow('1767225690000'));
  });

  it('lets a message and what reacts to it name the same message', () => {
    const reaction = parse({
      ...textEvent(''),
      event_name: 'user_reacted_message',
      message: { msg_id: 'm-0', react_icon: ':>' },
    }).events[0]?.event;
    const message = parse(textEvent('Alo')).events[0]?.event;
    expect(reaction?.data).toMatchObject({ message_kind: 'message', actor: USER, emoji: '😆', reaction: ':>' });
    expect(reaction?.data.provider.message_id).toBe(message?.data.provider.message_id);
    expect(reaction?.id).not.toBe(message?.id);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'reads what is named %s as anything that it does not know',
    (name) => {
      const attachments = [
        { type: name, payload: {} },
        { type: 'file', payload: { type: name } },
      ];
      const message = { msg_id: 'm-0', text: 'a', attachments };
      const [file] = parse({ ...textEvent(''), message }).events;
      expect(file?.event.data).toMatchObject({ attachments: [{ kind: 'other' }, { kind: 'file' }] });
      const [event] = parse({ ...textEvent('a'), event_name: `user_send_${name}` }).events;
      expect(event?.event.data).toMatchObject({ content: { type: 'unsupported' } });
    },
  );

  it('takes a telephone number from a form for a mere claim', () => {
    const { events } = parse({
      event_name: 'user_submit_info',
      timestamp: '1767225621000',
      sender: { id: USER },
      recipient: { id: OA },
      info: { phone: '0901234567', verified: true, level: 5 },
    });
    expect(events[0]?.event.data.claims).toEqual([
      { kind: 'phone', value: '0901234567', level: 1, source: 'zalo.user_submit_info' },
    ]);
    expect(events[0]?.event.data.provider.message_id).toBe(`submit:${USER}:1767225621000`);
  });

  it.each([
    ['settings.app_id', { settings: { app_id: 4310000000000000001n } }],
    ['settings.app_id', { settings: { app_id: 4.31e18 } }],
    ['settings.app_id', { settings: { app_id: OA } }],
    ['external_id', { externalId: 'oa-shop' }],
  ])('reports a wrong %s', (path, change) => {
    const problems = zaloAdapter.checkAccount({ ...account, ...change });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([path]);
  });
});
