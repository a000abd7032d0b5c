import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { infobipAdapter } from './infobip.adapter.js';

const account: ChannelAccount = {
  id: 'infobip-sms',
  channel: 'sms',
  provider: 'infobip',
  externalId: '+842871000003',
  settings: {},
  secrets: { user: 'omniline', password: 'made-up-password-0123' },
};

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const basic = ({ secrets }: ChannelAccount): string =>
  `Basic ${Buffer.from(`${secrets['user']}:${secrets['password']}`).toString('base64')}`;
const request = (body: Buffer, authorization?: string): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/sms/infobip-sms',
  query: new URLSearchParams(),
  headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
  body,
  remoteAddress: '192.0.2.1',
});
const message = (text: string, index = 0) => ({
  messageId: `suite-${index}`,
  from: '84907000011',
  to: '842871000003',
  text,
  receivedAt: '2026-01-05T08:00:00.000+0000',
});
const report = (groupName: string): Buffer =>
  bytesOf({
    results: [{ messageId: 'ours', to: '84907000011', doneAt: '2026-01-05T08:00:00.000+0000', status: { groupName } }],
  });

describeChannelAdapter({
  adapter: infobipAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: (body, of) => request(body, basic(of)),
  signatureHeader: 'authorization',
  signsBody: false,
  required: ['secrets.user', 'secrets.password'],
  handshakes: [['by GET, as somebody who looks', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }]],
  messages: {
    many: true,
    nul: 'remove',
    body: (results) => bytesOf({ results }),
    element: message,
    longId: (digits) =>
      Buffer.from(
        bytesOf({ results: [message('alo')] })
          .toString()
          .replace('"suite-0"', digits),
      ),
  },
  statuses: [
    ['PENDING', report('PENDING'), 'accepted'],
    ['DELIVERED', report('DELIVERED'), 'delivered'],
    ['UNDELIVERABLE', report('UNDELIVERABLE'), 'failed'],
    ['EXPIRED', report('EXPIRED'), 'expired'],
    ['REJECTED', report('REJECTED'), 'failed'],
    ['one that is not documented', report('HOVERING'), 'none'],
  ],
  countElements: (body) => {
    const results = typeof body === 'object' && body !== null ? (body as { results?: unknown }).results : undefined;
    return Array.isArray(results) ? Math.max(1, results.length) : 1;
  },
});

describe('the account of Infobip', () => {
  it('is refused with a password that could be guessed', () => {
    const secrets = { user: 'omniline', password: 'ngắn' };
    expect(infobipAdapter.checkAccount({ ...account, secrets })).toEqual([
      expect.stringMatching(/^secrets\.password:/),
    ]);
  });
});
