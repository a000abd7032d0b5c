import { createHmac } from 'node:crypto';
import { isToBeFetched, type MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { mediaAccessOf } from '../registry.js';
import { viberAdapter } from './viber.adapter.js';

const account: ChannelAccount = {
  id: 'viber-shop',
  channel: 'viber',
  provider: 'viber',
  externalId: 'pa:5300000000000000001',
  settings: {},
  secrets: { auth_token: '50aa11bb22cc33dd-44ee55ff66001122-3344556677889900' },
};

const request = (body: Buffer, signature?: string, query = ''): WebhookRequest => ({
  method: 'POST',
  originalUrl: `/webhooks/viber/viber-shop${query}`,
  query: new URLSearchParams(query),
  headers: {
    'content-type': 'application/json',
    ...(signature === undefined ? {} : { 'x-viber-content-signature': signature }),
  },
  body,
  remoteAddress: '192.0.2.1',
});
const signatureOf = (body: Buffer, token: string): string => createHmac('sha256', token).update(body).digest('hex');
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const message = (text: string, index = 0) => ({
  event: 'message',
  timestamp: 1767600000000,
  message_token: 5741311803571 + index,
  sender: { id: 'bGFuLW1hZGUtdXAtMDAwMQ==', name: 'Lan' },
  message: { type: 'text', text },
});
const receipt = (event: string): Buffer =>
  bytesOf({ event, timestamp: 1767600000000, message_token: 1, user_id: 'bGFuLW1hZGUtdXAtMDAwMQ==' });

describeChannelAdapter({
  adapter: viberAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: (body, { secrets }) => request(body, signatureOf(body, secrets['auth_token']!)),
  signatureHeader: 'x-viber-content-signature',
  required: ['secrets.auth_token'],
  handshakes: [['by GET, as somebody who looks', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }]],
  messages: {
    body: ([element]) => bytesOf(element),
    element: message,
    many: false,
    nul: 'replace',
    longId: (digits) =>
      Buffer.from(
        `{"event":"message","timestamp":1767600000000,"message_token":7,"user":{"id":${digits}},"message":{"type":"text","text":"a"}}`,
      ),
  },
  statuses: [
    ['delivered', receipt('delivered'), 'delivered'],
    ['seen', receipt('seen'), 'read'],
    ['failed', receipt('failed'), 'failed'],
    ['one that is not documented', receipt('client_status'), 'none'],
  ],
  countElements: () => 1,
});

describe('the signature of Viber', () => {
  const of = { ...account, secrets: { auth_token: '44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3' } };
  const published: readonly (readonly [string, string])[] = [
    [
      '{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}',
      'd21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef',
    ],
    [
      '{"event":"message","timestamp":1767225600123,"chat_hostname":"SN-CHAT-01_","message_token":5741311803571721087,"sender":{"id":"mN0pQ1rS2tU3vW4xY5zA6Q==","name":"Bưởi","avatar":"https://avatar.example/1.jpg","country":"VN","language":"vi","api_version":10},"message":{"text":"Shop ơi 👋","type":"text","tracking_data":""},"silent":false}',
      '328bbfe44873f9e15a61fc5809135817a648f76c41bdc830b5a70a6022c4e69e',
    ],
  ];

  it.each(published)('agrees with the vector %#', (text, signature) => {
    const body = Buffer.from(text);
    expect(viberAdapter.verify(request(body, signature), of)).toEqual({ ok: true, method: 'hmac', keyId: '0' });
    expect(viberAdapter.verify(request(body, undefined, `?sig=${signature}`), of)).toMatchObject({ ok: true });
    body[10]! ^= 1;
    expect(viberAdapter.verify(request(body, signature), of)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('keeps every digit of the token, which is the key of the message', () => {
    const body = Buffer.from(published[1]![0]);
    const verification = { ok: true, method: 'hmac' } as const;
    const context = { account: of, accounts: [of], receivedAt: new Date('2026-02-01'), verification };
    const { events } = viberAdapter.parse(request(body), context);
    expect(events.map(({ event }) => ('provider' in event.data ? event.data.provider.message_id : ''))).toEqual([
      '5741311803571721087',
    ]);
  });
});

describe('files of messages', () => {
  const withHosts = (hosts: unknown): ChannelAccount => ({ ...account, settings: { media_hosts: hosts } });

  it('are fetched from Viber alone, and from what an account names besides', () => {
    expect(mediaAccessOf(account)?.hosts).toEqual(['viber.com']);
    expect(mediaAccessOf(withHosts(['cdn.viber.example']))?.hosts).toEqual(['viber.com', 'cdn.viber.example']);
  });

  it.each([
    ['everything that ends alike', ['com'], ['settings.media_hosts.0']],
    ['an address', ['https://cdn.viber.example/'], ['settings.media_hosts.0']],
    ['numbers', ['203.0.113.7'], ['settings.media_hosts.0']],
    ['all names', ['*.viber.example'], ['settings.media_hosts.0']],
    ['no list', 'viber.example', ['settings.media_hosts']],
    ['a domain', ['viber.example', 'cdn.viber.example'], []],
  ])('named as %s are checked', (_label, hosts, problems) => {
    expect(viberAdapter.checkAccount(withHosts(hosts)).map((problem) => problem.split(':')[0])).toEqual(problems);
  });

  it.each([
    ['picture', 'pending', true],
    ['video', 'pending', true],
    ['file', 'pending', true],
    ['sticker', 'pending', true],
    // Also a moving picture of the keyboard: nobody can tell it from an address that a person typed.
    ['url', 'blocked', false],
  ])('of type %s', (type, state, isFetched) => {
    const media = { type, media: 'https://dl-media.viber.com/1/a.gif' };
    const body = bytesOf({ ...message('x'), message: media });
    const context = {
      account,
      accounts: [account],
      receivedAt: new Date(),
      verification: { ok: true, method: 'hmac' },
    } as const;
    const [parsed] = viberAdapter.parse(request(body), context).events;
    const [attachment] = (parsed!.event.data as MessageReceived).attachments!;
    expect([attachment!.state, isToBeFetched(attachment!)]).toEqual([state, isFetched]);
  });
});
