import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { zaloBotAdapter } from './zalo-bot.adapter.js';

const account: ChannelAccount = {
  id: 'bot-shop',
  channel: 'zalo',
  provider: 'zalo_bot',
  externalId: '123456789',
  settings: {},
  secrets: { secret_token: 'Made_up-token-0123' },
};
const request = (body: Buffer, token?: string): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/zalo/bot-shop',
  query: new URLSearchParams(),
  headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-bot-api-secret-token': token }) },
  body,
  remoteAddress: '192.0.2.1',
});
const message = (text: string, index: number) => ({
  event_name: 'message.text.received',
  message: {
    message_id: `zb-${index}`,
    date: 1_767_600_000_123,
    text,
    from: { id: 'b-user-01', display_name: 'Bưởi', is_bot: false },
    chat: { id: 'b-user-01', chat_type: 'PRIVATE' },
  },
});

describeChannelAdapter({
  adapter: zaloBotAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: (body, { secrets }) => request(body, secrets['secret_token']),
  signatureHeader: 'x-bot-api-secret-token',
  signsBody: false,
  required: ['secrets.secret_token'],
  handshakes: [['by GET, as somebody who looks', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }]],
  messages: {
    many: false,
    nul: 'replace',
    body: ([element]) => Buffer.from(JSON.stringify({ ok: true, result: element })),
    element: message,
    longId: (digits) => Buffer.from(JSON.stringify({ ok: true, result: message('alo', 0) }).replace('"zb-0"', digits)),
  },
});
