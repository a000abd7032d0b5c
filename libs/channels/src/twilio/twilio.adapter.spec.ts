import twilio from 'twilio/lib/webhooks/webhooks.js';
import { INBOUND_TYPES } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { twilioAdapter } from './twilio.adapter.js';
import { twilioSignature } from './twilio.signature.js';
import { STATUS_TABLE } from './twilio.statuses.js';

const PUBLIC_URL = 'https://cs.example.vn/webhooks/sms/hotline-sms';
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

const account: ChannelAccount = {
  id: 'hotline-sms',
  channel: 'sms',
  provider: 'twilio',
  externalId: '+842871000001',
  settings: { public_url: PUBLIC_URL },
  secrets: { account_sid: 'AC-made-up-sid', auth_token: '0123456789abcdef0123456789abcdef' },
};
const otherAccount: ChannelAccount = { ...account, id: 'hotline-2', externalId: '+842871000002' };

const sidOf = (index: number): string => `SM${String(index).padStart(32, '0')}`;

function request(body: Buffer, more: Partial<WebhookRequest> = {}): WebhookRequest {
  const originalUrl = more.originalUrl ?? '/webhooks/sms/hotline-sms';
  const question = originalUrl.indexOf('?');
  return {
    method: 'POST',
    originalUrl,
    query: new URLSearchParams(question === -1 ? '' : originalUrl.slice(question + 1)),
    body,
    remoteAddress: '192.0.2.1',
    ...more,
    headers: { 'content-type': FORM, ...more.headers },
  };
}

function signed(body: Buffer, { secrets, settings }: ChannelAccount): WebhookRequest {
  const pairs = [...new URLSearchParams(body.toString('utf8'))];
  const signature = twilioSignature(secrets['auth_token']!, String(settings['public_url']), pairs);
  return request(body, { headers: { 'x-twilio-signature': signature } });
}

const messageForm = (fields: Record<string, string>): Buffer =>
  Buffer.from(
    new URLSearchParams({ MessageSid: sidOf(1), From: '+84912345678', To: '+842871000001', ...fields }).toString(),
  );

const statusForm = (status: string): Buffer =>
  messageForm({ From: '+842871000001', To: '+84912345678', MessageStatus: status });

describeChannelAdapter({
  adapter: twilioAdapter,
  account,
  otherAccounts: [otherAccount],
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-twilio-signature',
  required: ['settings.public_url', 'secrets.account_sid', 'secrets.auth_token'],
  messages: {
    body: ([element]) => messageForm(element as Record<string, string>),
    element: (text, index) => ({ MessageSid: sidOf(index + 1), Body: text }),
    many: false,
    isForm: true,
    nul: 'remove',
  },
  statuses: [
    ...Object.entries(STATUS_TABLE).map(([word, status]) => [word, statusForm(word), status] as const),
    ['teleported', statusForm('teleported'), 'none'] as const,
    ['constructor', statusForm('constructor'), 'none'] as const,
  ],
});

describe('verification of Twilio requests', () => {
  const body = messageForm({ Body: 'Chào shop ạ', A: '2' });
  const token = account.secrets['auth_token']!;
  const verify = (candidate: WebhookRequest, of = account) => twilioAdapter.verify(candidate, of);
  const withSignature = (signature: string, more: Partial<WebhookRequest> = {}, bytes = body) =>
    request(bytes, { ...more, headers: { ...more.headers, 'x-twilio-signature': signature } });

  it('accepts what the official library signs', () => {
    const params = Object.fromEntries(new URLSearchParams(body.toString()));
    const signature = twilio.getExpectedTwilioSignature(token, PUBLIC_URL, params);
    expect(verify(withSignature(signature))).toEqual({ ok: true, method: 'hmac', keyId: '0' });
  });

  it('signs what the official library accepts', () => {
    const { headers } = signed(body, account);
    const params = Object.fromEntries(new URLSearchParams(body.toString()));
    expect(twilio.validateRequest(token, headers['x-twilio-signature']!, PUBLIC_URL, params)).toBe(true);
  });

  it('takes the address from the settings and the query from the request, whatever the proxy says', () => {
    const signature = twilioSignature(token, `${PUBLIC_URL}?kenh=cskh`, [...new URLSearchParams(body.toString())]);
    const headers = { host: '127.0.0.1:3000', 'x-forwarded-host': 'evil.example' };
    expect(verify(withSignature(signature, { originalUrl: '/internal?kenh=cskh', headers }))).toMatchObject({
      ok: true,
    });
    expect(verify(withSignature(signature, { headers }))).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('accepts the token before the last rotation and says which one matched', () => {
    const rotated = {
      ...account,
      secrets: { ...account.secrets, auth_token: 'f'.repeat(32), previous_auth_token: token },
    };
    expect(verify(signed(body, account), rotated)).toEqual({ ok: true, method: 'hmac', keyId: '1' });
  });

  it.each([
    ['a parameter added', messageForm({ Body: 'Chào shop ạ', A: '2', B: '1' })],
    ['a parameter repeated', Buffer.concat([body, Buffer.from('&A=3')])],
    ['a parameter taken away', messageForm({ Body: 'Chào shop ạ' })],
  ])('refuses %s', (_label, changed) => {
    const { headers } = signed(body, account);
    expect(verify(request(changed, { headers }))).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('checks JSON by its digest in the address', () => {
    const json = Buffer.from('{"EventType":"test","Body":"Chào"}');
    const digest = twilio.getExpectedBodyHash(json.toString());
    const originalUrl = `/webhooks/sms/hotline-sms?bodySHA256=${digest}`;
    const signature = twilioSignature(token, `${PUBLIC_URL}?bodySHA256=${digest}`, []);
    const headers = { 'content-type': 'application/json' };
    expect(verify(withSignature(signature, { originalUrl, headers }, json))).toMatchObject({ ok: true });
    const changed = Buffer.from('{"EventType":"test","Body":"Chao"}');
    expect(verify(withSignature(signature, { originalUrl, headers }, changed))).toEqual({
      ok: false,
      reason: 'body_not_signed',
    });
  });

  it('refuses a body of another type that nothing covers', () => {
    const signature = twilioSignature(token, PUBLIC_URL, []);
    const headers = { 'content-type': 'application/json' };
    expect(verify(withSignature(signature, { headers }, Buffer.from('{"a":1}')))).toEqual({
      ok: false,
      reason: 'body_not_signed',
    });
  });

  it('reads a message that comes by GET', () => {
    const originalUrl = `/webhooks/sms/hotline-sms?${body.toString()}`;
    const signature = twilioSignature(token, `${PUBLIC_URL}?${body.toString()}`, []);
    const get = withSignature(signature, { method: 'GET', originalUrl }, Buffer.alloc(0));
    const verification = verify(get);
    expect(verification).toMatchObject({ ok: true });
    const context = {
      account,
      accounts: [account],
      receivedAt: new Date(),
      verification: { ok: true, method: 'hmac' } as const,
    };
    const [first] = twilioAdapter.parse(get, context).events;
    expect(first?.event.data).toMatchObject({
      content: { type: 'text', text: 'Chào shop ạ' },
      raw: { data: body.toString() },
    });
  });
});

describe('what only Twilio does', () => {
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'hmac' } as const,
  };
  const parse = (body: Buffer, headers: Record<string, string> = {}) =>
    twilioAdapter.parse(request(body, { headers }), context);

  it('keeps one order for one person, however the number is written', () => {
    const senders = ['+84912345678', '84912345678', 'whatsapp:+84912345678'].map(
      (From) => parse(messageForm({ From, Body: 'a' })).events[0]?.senderId,
    );
    expect(new Set(senders)).toEqual(new Set(['+84912345678']));
  });

  it('gives each status of one message its own id, and a repeat the same', () => {
    const ids = ['sent', 'delivered', 'sent'].map((status) => parse(statusForm(status)).events[0]?.event.id);
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('keeps the id of the delivery', () => {
    const { events } = parse(messageForm({ Body: 'a' }), { 'i-twilio-idempotency-token': 'once-1' });
    expect(events[0]?.event.data.provider.event_id).toBe('once-1');
  });

  it('answers with an empty reply in XML, so that nothing is sent to the customer', () => {
    expect(twilioAdapter.accepted).toEqual({
      status: 200,
      contentType: 'text/xml',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    });
    expect(twilioAdapter.refused.status).toBe(401);
  });

  it('names the customer of a report, who is its recipient', () => {
    const { event } = parse(statusForm('delivered')).events[0]!;
    expect(event.type).toBe(INBOUND_TYPES.receipt);
    expect(event.data).toMatchObject({ direction: 'echo', identity: { kind: 'phone', value: '+84912345678' } });
  });

  it.each([
    ['settings.public_url', { settings: { public_url: 'cs.example.vn' } }],
    ['external_id', { externalId: 'số máy' }],
  ])('reports a wrong %s', (path, change) => {
    const problems = twilioAdapter.checkAccount({ ...account, ...change });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([path]);
  });
});
