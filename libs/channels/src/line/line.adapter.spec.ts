import { createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { lineAdapter } from './line.adapter.js';

const BOT = 'U0000000000000000000000000000000a';
const USER = 'U0000000000000000000000000000000b';
const account: ChannelAccount = {
  id: 'line-shop',
  channel: 'line',
  provider: 'line',
  externalId: BOT,
  settings: {},
  secrets: { channel_secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', access_token: 'made-up-access-token' },
};

const request = (body: Buffer, signature?: string): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/line/line-shop',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/json',
    ...(signature === undefined ? {} : { 'x-line-signature': signature }),
  },
  body,
  remoteAddress: '192.0.2.1',
});
const signatureOf = (body: Buffer, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('base64');
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const message = (text: string, index = 0) => ({
  type: 'message',
  mode: 'active',
  timestamp: 1767600000000,
  source: { type: 'user', userId: USER },
  webhookEventId: `01SUITE${index}`,
  message: { id: `54000000000000${index}`, type: 'text', text },
});

describeChannelAdapter({
  adapter: lineAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: (body, { secrets }) => request(body, signatureOf(body, secrets['channel_secret']!)),
  signatureHeader: 'x-line-signature',
  required: ['secrets.channel_secret'],
  handshakes: [['by GET, as somebody who looks', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }]],
  messages: {
    many: true,
    nul: 'replace',
    body: (events) => bytesOf({ destination: BOT, events }),
    element: message,
    longId: (digits) =>
      Buffer.from(
        bytesOf({ destination: BOT, events: [message('alo')] })
          .toString()
          .replace('"540000000000000"', digits),
      ),
  },
  countElements: (body) => {
    const events = typeof body === 'object' && body !== null ? (body as { events?: unknown }).events : undefined;
    return Array.isArray(events) ? Math.max(1, events.length) : 1;
  },
});

describe('the signature of LINE', () => {
  const secret = '3d1f0a77c2b84e5f9a6610de42cb9f10';
  const of = { ...account, secrets: { channel_secret: secret } };

  it.each([
    [
      '{"destination":"U00000000000000000000000000000001","events":[{"type":"message","mode":"active","timestamp":1767225600123,"source":{"type":"user","userId":"U00000000000000000000000000000002"},"webhookEventId":"01JGFXVEC0000000000000001A","deliveryContext":{"isRedelivery":false},"replyToken":"00000000000000000000000000000003","message":{"id":"5400000000000000001","type":"text","quoteToken":"qt-vec","text":"Xin chào 😊"}}]}',
      'EP0rVKakGUpP8zM3kZBIjlwl4zqvMh43TSn7/Q0GDdo=',
    ],
    ['{"destination":"U00000000000000000000000000000001","events":[]}', 'olYoK6ZevOk02S/jM79KsF2CgxIPJXfj2cmn1PBF9+g='],
  ])('agrees with the computed vector %#', (body, signature) => {
    expect(lineAdapter.verify(request(Buffer.from(body), signature), of)).toEqual({
      ok: true,
      method: 'hmac',
      keyId: '0',
    });
    const flipped = Buffer.from(body);
    flipped[20]! ^= 1;
    expect(lineAdapter.verify(request(flipped, signature), of)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('still takes what was signed with the secret before', () => {
    const body = bytesOf({ destination: BOT, events: [] });
    const both = { ...account, secrets: { channel_secret: 'the new one', previous_channel_secret: secret } };
    expect(lineAdapter.verify(request(body, signatureOf(body, secret)), both)).toMatchObject({ ok: true, keyId: '1' });
  });
});

describe('content of LINE', () => {
  const ask = (locator: string, of = account) =>
    lineAdapter.media!.requestFor!({ locator, source: 'provider' }, of, new Date(0));

  it('is asked for by the number of its message, with the token', () => {
    expect(ask('540000000000000101')).toEqual({
      url: 'https://api-data.line.me/v2/bot/message/540000000000000101/content',
      headers: { authorization: 'Bearer made-up-access-token' },
    });
  });

  it('is not asked for by anything else, nor without a token', () => {
    expect(ask('../profile')).toBeUndefined();
    expect(ask('1', { ...account, secrets: {} })).toBeUndefined();
  });
});
