import { createHmac } from 'node:crypto';
import type { CallUpdated } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { stringeeVoiceAdapter } from './stringee.adapter.js';
import { stringeeToken } from './stringee.media.js';

const account: ChannelAccount = {
  id: 'tong-dai-vn',
  channel: 'voice',
  provider: 'stringee',
  externalId: '+842871000001',
  settings: { recordings: true },
  secrets: { signing_secret: 'stringee-signing-secret' },
};

function request(body: Buffer, more: Partial<WebhookRequest> = {}): WebhookRequest {
  return {
    method: 'POST',
    originalUrl: '/webhooks/voice/tong-dai-vn',
    query: new URLSearchParams(),
    headers: {},
    body,
    remoteAddress: '192.0.2.1',
    ...more,
  };
}

const signed = (body: Buffer, { secrets }: ChannelAccount): WebhookRequest =>
  request(body, {
    headers: {
      'content-type': 'application/json',
      'x-stringee-signature': createHmac('sha1', secrets['signing_secret']!).update(body).digest('base64'),
    },
  });

const event = (fields: Record<string, unknown>): Buffer =>
  Buffer.from(
    JSON.stringify({
      call_status: 'ringing',
      call_id: 'call-1',
      timestamp_ms: 1767225600000,
      from: { number: '84912345678', type: 'external' },
      to: { number: '842871000001', type: 'internal' },
      ...fields,
    }),
  );

describeChannelAdapter({
  adapter: stringeeVoiceAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'x-stringee-signature',
  required: ['secrets.signing_secret'],
  sample: event({}),
  countElements: () => 1,
});

describe('calls at Stringee', () => {
  const context = {
    account,
    accounts: [account],
    receivedAt: new Date('2026-02-01T00:00:00.000Z'),
    verification: { ok: true, method: 'hmac' } as const,
  };
  const dataOf = (fields: Record<string, unknown>, of = account): CallUpdated =>
    stringeeVoiceAdapter.parse(request(event(fields)), { ...context, account: of }).events[0]!.event
      .data as CallUpdated;

  it('are accepted by the documented vector of a POST', () => {
    const body = Buffer.from(
      '{"call_status":"ended","project_id":25,"call_id":"call-vn-1-DEMO000001-1740970800000","timestamp_ms":1740970860000,"duration":60,"answerDuration":42,"from":{"number":"84912345678","alias":"84912345678","is_online":false,"type":"external"},"to":{"number":"842473000000","alias":"842473000000","is_online":false,"type":"internal"},"type":"stringee_call"}',
    );
    const headers = { 'x-stringee-signature': 'nAc1b8iP0iZDr/buTw+s16CF+RQ=' };
    expect(stringeeVoiceAdapter.verify(request(body, { headers }), account)).toMatchObject({
      ok: true,
      method: 'hmac',
    });
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(stringeeVoiceAdapter.verify(request(again, { headers }), account)).toMatchObject({ ok: false });
  });

  it('are accepted by the documented vector of a GET, which asks for a route and carries nothing to keep', () => {
    const originalUrl =
      '/webhooks/stringee/answer?from=84912345678&to=842473000000&fromInternal=false&projectId=25&callId=call-vn-1-DEMO000001-1740970800000';
    const headers = { 'x-stringee-signature': 'ahYKl2m6GwFYN0yug8m6lxFyCvg=' };
    const get = request(Buffer.alloc(0), { method: 'GET', originalUrl, headers });
    expect(stringeeVoiceAdapter.verify(get, account)).toMatchObject({ ok: true });
    expect(stringeeVoiceAdapter.parse(get, context).ignored).toEqual([{ reason: 'answer_url' }]);
  });

  it('accept the secret before the last rotation', () => {
    const rotated = {
      ...account,
      secrets: { signing_secret: 'new', previous_signing_secret: 'stringee-signing-secret' },
    };
    expect(stringeeVoiceAdapter.verify(signed(event({}), account), rotated)).toMatchObject({ ok: true, keyId: '1' });
  });

  it.each([
    ['answered', { answerDuration: 42 }, 'answered'],
    ['unanswered', { answerDuration: 0, endCallCause: '486 Busy Here' }, 'missed'],
    ['unanswered without a count', {}, 'missed'],
  ])('that reach us are %s', (_label, fields, outcome) => {
    expect(dataOf({ call_status: 'ended', ...fields }).call).toMatchObject({ stage: 'ended', outcome });
  });

  it.each([
    ['486 Busy Here', 'busy'],
    ['480 Temporarily Unavailable', 'no_answer'],
    ['408 Request Timeout', 'no_answer'],
    ['487 Request Terminated', 'canceled'],
    ['503 Service Unavailable', 'failed'],
    ['4860', 'failed'],
  ])('that we make end by the cause %s', (endCallCause, outcome) => {
    const sides = {
      from: { number: '842871000001', type: 'internal' },
      to: { number: '0912345678', type: 'external' },
    };
    expect(dataOf({ call_status: 'ended', endCallCause, ...sides })).toMatchObject({
      direction: 'echo',
      identity: { value: '+84912345678' },
      call: { outcome, cause: endCallCause },
    });
  });

  it('name a recording only where the project records', () => {
    const ended = { call_status: 'ended', answerDuration: 5 };
    expect(dataOf(ended).call.recording?.locator).toBe('https://api.stringee.com/v1/call/recordfile/call-1');
    expect(dataOf(ended, { ...account, settings: {} }).call.recording).toBeUndefined();
  });
});

describe('a recording of Stringee', () => {
  const keys = { ...account.secrets, api_key_sid: 'SK.0.demo', api_key_secret: 'stringee-api-secret' };
  const now = new Date(1_740_970_800_000);
  const locator = 'https://api.stringee.com/v1/call/recordfile/call-1';
  const ask = (source: string, place: string, secrets = keys) =>
    stringeeVoiceAdapter.media!.requestFor!({ source, locator: place }, { ...account, secrets }, now);

  it('is asked for with the token of the reference', () => {
    expect(stringeeToken('SK.0.demo', 'stringee-api-secret', 1_740_970_800, 3_600)).toBe(
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImN0eSI6InN0cmluZ2VlLWFwaTt2PTEifQ.eyJqdGkiOiJTSy4wLmRlbW8tMTc0MDk3MDgwMCIsImlzcyI6IlNLLjAuZGVtbyIsImV4cCI6MTc0MDk3NDQwMCwicmVzdF9hcGkiOnRydWV9.oascw52bkRBaPTHy9-_wD7k_55OH3VJeLnBePGPGER0',
    );
    const request = ask('url', locator);
    expect(request?.url).toBe(locator);
    expect(request?.headers?.['x-stringee-auth']).toBe(
      stringeeToken('SK.0.demo', 'stringee-api-secret', 1_740_970_800),
    );
  });

  it('is asked for nowhere else, and not without a key', () => {
    expect(ask('url', 'https://api.stringee.com.evil.example/x')).toBeUndefined();
    expect(ask('provider', locator)).toBeUndefined();
    expect(ask('url', locator, { ...keys, api_key_secret: '' })).toBeUndefined();
    const half = { ...account, secrets: { ...account.secrets, api_key_sid: 'SK.0.demo' } };
    expect(stringeeVoiceAdapter.checkAccount(half)).toHaveLength(1);
  });
});
