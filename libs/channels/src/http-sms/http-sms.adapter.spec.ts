import { createHmac } from 'node:crypto';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { httpSmsAdapter } from './http-sms.adapter.js';

const account: ChannelAccount = {
  id: 'tong-dai',
  channel: 'sms',
  provider: 'http',
  externalId: '+842871000001',
  settings: {
    body: 'json',
    items: 'data',
    message: { from: 'phone', to: 'shortcode', text: 'content', id: 'msgid', time: 'received' },
    receipt: {
      id: 'msgid',
      to: 'phone',
      status: 'state',
      time: 'received',
      error: 'reason',
      statuses: [
        { value: 'ACCEPTD', status: 'accepted' },
        { value: 'DELIVRD', status: 'delivered' },
        { value: 'UNDELIV', status: 'failed' },
        { value: 'EXPIRED', status: 'expired' },
      ],
    },
    auth: [{ kind: 'hmac', algorithm: 'sha256', header: 'X-Gateway-Signature', prefix: 'sha256=' }],
  },
  secrets: { hash_key: 'gateway-key-made-up' },
};
const sibling = { ...account, id: 'tong-dai-2', externalId: '+842871000002' };
const stranger = { ...account, id: 'tong-dai-3', externalId: '+842871000003', secrets: { hash_key: 'another' } };

const signed = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/sms/tong-dai?probe=0',
  query: new URLSearchParams('probe=0'),
  headers: {
    'content-type': 'application/json',
    'x-gateway-signature': `sha256=${createHmac('sha256', secrets['hash_key']!).update(body).digest('hex')}`,
  },
  body,
  remoteAddress: '192.0.2.1',
});

const bodyOf = (data: readonly unknown[]): Buffer => Buffer.from(JSON.stringify({ data }));
const report = (state: string): Buffer => bodyOf([{ msgid: 'mt-1', phone: '0912345678', state }]);

describeChannelAdapter({
  adapter: httpSmsAdapter,
  account,
  otherAccounts: [sibling, stranger],
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-gateway-signature',
  required: ['secrets.hash_key'],
  messages: {
    body: bodyOf,
    element: (text, index) => ({ msgid: `mo-${index}`, phone: '0912345678', content: text }),
    many: true,
    nul: 'remove',
    longId: (digits) => Buffer.from(`{"data":[{"msgid":${digits},"phone":"0912345678","content":"a"}]}`),
  },
  statuses: [
    ['ACCEPTD', report('ACCEPTD'), 'accepted'],
    ['DELIVRD', report('DELIVRD'), 'delivered'],
    ['UNDELIV', report('UNDELIV'), 'failed'],
    ['EXPIRED', report('EXPIRED'), 'expired'],
    ['MAYBE', report('MAYBE'), 'none'],
  ],
  countElements: (document) => {
    const data = (document as { data?: unknown } | null)?.data;
    return Array.isArray(data) ? data.length : 1;
  },
});
