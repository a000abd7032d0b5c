import { createHmac } from 'node:crypto';
import type { CallUpdated } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { genericCallsAdapter } from './generic-calls.adapter.js';

const account: ChannelAccount = {
  id: 'pbx',
  channel: 'voice',
  provider: 'http',
  externalId: '+842871000001',
  settings: {},
  secrets: { signing_secret: 'made-up-secret-0123456789' },
};

const signed = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/voice/pbx',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/json',
    'x-omniline-signature': `sha256=${createHmac('sha256', secrets['signing_secret']!).update(body).digest('hex')}`,
  },
  body,
  remoteAddress: '192.0.2.1',
});

const report = (fields: Record<string, unknown>): Buffer =>
  Buffer.from(
    JSON.stringify({ call_id: 'pbx-1', customer: '0912345678', status: 'ringing', time: 1767236400, ...fields }),
  );

describeChannelAdapter({
  adapter: genericCallsAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-omniline-signature',
  required: ['secrets.signing_secret'],
  sample: report({}),
  countElements: (document) => (Array.isArray(document) && document.length > 0 ? document.length : 1),
});

describe('calls of an exchange', () => {
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'hmac' } as const,
  };
  const parse = (body: Buffer) => genericCallsAdapter.parse(signed(body, account), context);
  const dataOf = (fields: Record<string, unknown>): CallUpdated =>
    parse(report(fields)).events[0]!.event.data as CallUpdated;

  it('refuse a secret that could be guessed', () => {
    const weak = { ...account, secrets: { signing_secret: 'short' } };
    expect(genericCallsAdapter.checkAccount(weak)).toHaveLength(1);
  });

  it.each([
    ['NOANSWER', 'missed', 'no_answer'],
    ['NO ANSWER', 'missed', 'no_answer'],
    ['BUSY', 'missed', 'busy'],
    ['CANCEL', 'missed', 'canceled'],
    ['CHANUNAVAIL', 'failed', 'failed'],
    ['CONGESTION', 'failed', 'failed'],
    ['ANSWERED', 'answered', 'answered'],
    ['voicemail', 'voicemail', 'voicemail'],
  ])('read the outcome %s as a customer and as we see it', (outcome, inbound, outbound) => {
    expect(dataOf({ status: 'ended', outcome }).call.outcome).toBe(inbound);
    expect(dataOf({ status: 'ended', outcome, direction: 'out' }).call.outcome).toBe(outbound);
  });

  it('tell reports apart by their bytes, or by an id of their own', () => {
    const id = (fields: Record<string, unknown>): string => parse(report(fields)).events[0]!.event.id;
    expect(id({ time: 1 })).not.toBe(id({ time: 2 }));
    expect(id({ time: 1, event_id: 'e' })).toBe(id({ time: 2, event_id: 'e' }));
  });

  it('call back who was dialled with more trust than who shows a number', () => {
    expect(dataOf({}).identity?.authenticity).toBe('A1');
    expect(dataOf({ direction: 'out' }).identity?.authenticity).toBe('A2');
  });

  it('name nobody in a report of an agent’s leg', () => {
    const body = Buffer.from(JSON.stringify({ call_id: 'pbx-1', status: 'answered', agent: '101', time: 1767236405 }));
    const data = parse(body).events[0]!.event.data as CallUpdated;
    expect(data.identity).toBeUndefined();
    expect(data.call.leg).toEqual({ id: '101', agent: '101', answered_at: '2026-01-01T03:00:05.000Z' });
  });
});
