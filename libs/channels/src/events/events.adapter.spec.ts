import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { INBOUND_SCHEMAS, type InboundEvent, type OrderUpdated } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { eventsAdapter } from './events.adapter.js';
import { keyOf, standardSignature } from './standard-webhooks.js';

const NOW = new Date('2026-02-01T00:00:00.000Z');
const SECRET = `whsec_${Buffer.from('mot-khoa-bi-mat-tu-nghi-ra-0001').toString('base64')}`;

const account: ChannelAccount = {
  id: 'cua-hang',
  channel: 'events',
  provider: 'cloudevents',
  externalId: 'haravan',
  settings: { system: 'haravan' },
  secrets: { signing_secret: SECRET },
};

interface Signing {
  readonly id?: string;
  readonly at?: Date;
  readonly headers?: Readonly<Record<string, string>>;
}

function signed(
  body: Buffer,
  { secrets }: ChannelAccount,
  { id = 'msg_1', at = NOW, headers = {} }: Signing = {},
): WebhookRequest {
  const timestamp = String(at.getTime() / 1000);
  return {
    method: 'POST',
    originalUrl: '/webhooks/events/cua-hang',
    query: new URLSearchParams(),
    headers: {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${standardSignature(keyOf(secrets['signing_secret']!) ?? Buffer.alloc(24), id, timestamp, body)}`,
      ...headers,
    },
    body,
    remoteAddress: '192.0.2.1',
  };
}

const event = (type: string, data: unknown, more: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  type,
  source: '/haravan',
  id: 'e1',
  time: '2026-01-01T03:00:00Z',
  data,
  ...more,
});
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describeChannelAdapter({
  adapter: eventsAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: signed,
  signatureHeader: 'webhook-signature',
  required: ['settings.system', 'secrets.signing_secret'],
  messages: {
    body: bytes,
    element: (message, index) =>
      event('omni.form.submitted', { customer: { phone: '0912345678' }, message }, { id: `f-${index}` }),
    many: true,
    nul: 'remove',
    longId: (digits) =>
      Buffer.from(
        JSON.stringify(event('omni.order.paid', { number: 'N', customer: { id: 'KH001' } })).replace('"N"', digits),
      ),
  },
  countElements: (document) => (Array.isArray(document) && document.length > 0 ? document.length : 1),
});

const context = (of = account) => ({
  account: of,
  accounts: [of],
  receivedAt: NOW,
  verification: { ok: true, method: 'hmac' } as const,
});
const parse = (request: WebhookRequest, of = account) => eventsAdapter.parse(request, context(of));
const only = (value: unknown, of = account): InboundEvent => parse(signed(bytes(value), of), of).events[0]!.event;

describe('the signature of an event', () => {
  const body = bytes(event('omni.order.paid', { number: '1' }));
  const verify = (request: WebhookRequest, of = account, at = NOW) => eventsAdapter.verify(request, of, at);

  it('is the one of the official library, both ways', () => {
    const library = new Webhook(SECRET);
    const { headers } = signed(body, account);
    expect(headers['webhook-signature']).toBe(library.sign('msg_1', NOW, body.toString()));
    const today = new Date();
    today.setMilliseconds(0);
    const fresh = signed(body, account, { at: today }).headers as Record<string, string>;
    expect(library.verify(body.toString(), fresh)).toMatchObject({ type: 'omni.order.paid' });
  });

  it('may stand among signatures with other keys and of other versions', () => {
    const { headers } = signed(body, account);
    const list = `v1a,AAAA v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature']}`;
    expect(verify(signed(body, account, { headers: { 'webhook-signature': list } }))).toMatchObject({ ok: true });
  });

  it.each([
    ['too old', 301, false],
    ['old', 300, true],
    ['ahead', -300, true],
    ['too far ahead', -301, false],
  ])('is judged by a timestamp that is %s', (_label, seconds, ok) => {
    const at = new Date(NOW.getTime() - seconds * 1000);
    expect(verify(signed(body, account, { at }))).toMatchObject(ok ? { ok } : { ok, reason: 'stale' });
  });

  it('may be older for a sender with a queue of its own', () => {
    const patient = { ...account, settings: { ...account.settings, tolerance_seconds: 86_400 } };
    const at = new Date(NOW.getTime() - 80_000_000);
    expect(verify(signed(body, account, { at }), patient)).toMatchObject({ ok: true });
  });

  it('covers the id and the time', () => {
    expect(verify(signed(body, account, { headers: { 'webhook-id': 'msg_2' } }))).toMatchObject({ reason: 'mismatch' });
    const later = String(NOW.getTime() / 1000 + 1);
    expect(verify(signed(body, account, { headers: { 'webhook-timestamp': later } }))).toMatchObject({
      reason: 'mismatch',
    });
  });

  it('accepts the secret before the last rotation', () => {
    const fresh = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const rotated = { ...account, secrets: { signing_secret: fresh, previous_signing_secret: SECRET } };
    expect(verify(signed(body, account), rotated)).toMatchObject({ ok: true, keyId: '1' });
  });

  it('takes a secret that is the key itself, as the library does', () => {
    const raw = 'mot-khoa-bi-mat-tu-nghi-ra-0002';
    const request = signed(body, { ...account, secrets: { signing_secret: raw } });
    expect(request.headers['webhook-signature']).toBe(
      new Webhook(raw, { format: 'raw' }).sign('msg_1', NOW, body.toString()),
    );
    expect(verify(request, { ...account, secrets: { signing_secret: raw } })).toMatchObject({ ok: true });
  });

  it.each(['plain', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'*'.repeat(40)}`])('takes no secret like %s', (secret) => {
    const weak = { ...account, secrets: { signing_secret: secret } };
    expect(eventsAdapter.checkAccount(weak)).toHaveLength(1);
  });
});

describe('an event in each form of the official SDK', () => {
  const made = new CloudEvent({
    ...event('omni.order.created', { number: 'DH-1', customer: { id: 'KH001' }, total: 350_000 }),
    id: 'msg_1',
    source: '/cua-hang',
  });
  const requestOf = ({ headers, body }: ReturnType<typeof HTTP.binary>): WebhookRequest =>
    signed(Buffer.from(body as string), account, {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    });

  it('is the same in structured, binary and batch form', () => {
    const shapes = [
      requestOf(HTTP.structured(made)),
      requestOf(HTTP.binary(made)),
      signed(bytes([JSON.parse(made.toString())]), account, {
        headers: { 'content-type': 'application/cloudevents-batch+json' },
      }),
    ];
    const read = shapes.map((request) => {
      const { events, rejected } = parse(request);
      expect(rejected).toEqual([]);
      const { raw: _raw, ...data } = events[0]!.event.data;
      return { id: events[0]!.event.id, data };
    });
    expect(read[0]!.data).toMatchObject({ order: { number: 'DH-1', status: 'created', total: 350_000 } });
    expect(read).toEqual([read[0], read[0], read[0]]);
  });

  it('in binary form keeps its attributes, and only under the id that is signed', () => {
    const request = requestOf(HTTP.binary(made));
    const { event: kept } = parse(request).events[0]!;
    expect(JSON.parse(kept.data.raw.context!)).toMatchObject({ type: 'omni.order.created', id: 'msg_1' });
    const again = { ...request, headers: { ...request.headers, 'ce-id': 'msg_2' } };
    expect(parse(again)).toMatchObject({ events: [], rejected: [{ detail: 'ce-id is not the signed webhook-id' }] });
  });

  it('has header values decoded', () => {
    const request = requestOf(HTTP.binary(made));
    const encoded = { ...request, headers: { ...request.headers, 'ce-source': '/c%E1%BB%ADa-h%C3%A0ng' } };
    const plain = { ...request, headers: { ...request.headers, 'ce-source': '/cửa-hàng' } };
    expect(parse(encoded).events[0]!.event.id).toBe(parse(plain).events[0]!.event.id);
    const odd = { ...request, headers: { ...request.headers, 'ce-source': '%E1%' } };
    expect(parse(odd).events).toHaveLength(1);
  });
});

describe('an event', () => {
  it('is one however often and however late it is sent, told apart by source and id', () => {
    const order = (more: object = {}) =>
      only(event('omni.order.paid', { number: '1' }, more as Record<string, unknown>)).id;
    expect(order()).toBe(order({ time: undefined }));
    expect(new Set([order(), order({ id: 'e2' }), order({ source: '/sapo' })]).size).toBe(3);
  });

  it('of one order has one message id, whoever reports', () => {
    const first = only(event('omni.order.created', { number: 'DH-1' }));
    const second = only(event('omni.order.shipped', { number: 'DH-1' }, { id: 'e2', source: '/ghn' }));
    expect(second.data.provider.message_id).toBe(first.data.provider.message_id);
    expect(INBOUND_SCHEMAS['omni.inbound.order.updated'].parse(first.data)).toBeDefined();
  });
});

describe('who an event is about', () => {
  const person = { id: 'KH001', phone: '0912345678', email: 'buoi@khach.example' };
  const ofRecord = { ...account, settings: { system: 'haravan', system_of_record: true } };
  const order = (customer: object, of = account) => only(event('omni.order.paid', { number: '1', customer }), of).data;
  const form = (customer: object) => only(event('omni.form.submitted', { customer, message: 'Alo' })).data;
  const levels = (data: InboundEvent['data']) =>
    (data.claims ?? []).map(({ kind, source, level }) => [kind, source, level]);

  it('is the customer of the system, whose number and address are claims of an order feed', () => {
    const data = order(person);
    expect(data.identity).toMatchObject({ kind: 'external', scope: 'haravan', value: 'KH001', authenticity: 'A2' });
    expect(levels(data)).toEqual([
      ['phone', 'order_feed', 2],
      ['email', 'order_feed', 2],
    ]);
  });

  it('joins only by the word of a system of record, which the account is set up to be', () => {
    expect(levels(order(person, ofRecord))).toEqual([
      ['phone', 'crm.import', 4],
      ['email', 'crm.import', 4],
    ]);
  });

  it('is the number of an order without an id, weakly', () => {
    expect(order({ phone: '0912345678' }).identity).toMatchObject({
      kind: 'phone',
      value: '+84912345678',
      authenticity: 'A1',
    });
  });

  it('is a twin of what a visitor typed: a stranger’s words stand on nobody’s timeline', () => {
    const data = form({ phone: '0912345678', email: 'buoi@khach.example' });
    expect(data.identity).toMatchObject({
      kind: 'external',
      scope: 'haravan.typed',
      value: '+84912345678',
      authenticity: 'A1',
    });
    expect(levels(data)).toEqual([
      ['phone', 'webform.fields', 1],
      ['email', 'webform.fields', 1],
    ]);
    expect(form({ email: 'buoi@khach.example' }).identity).toMatchObject({ kind: 'external', scope: 'haravan.typed' });
  });

  it('has a conversation on each channel: the channels of a customer do not lose one to the other', () => {
    const visit = only(event('omni.visit.recorded', { customer: person, place: '12 Nguyễn Trãi' })).data;
    const threads = [order(person), visit, form(person)].map(({ provider }) => provider.conversation_id);
    expect(threads).toEqual(['order:KH001', 'visit:KH001', 'webform:KH001']);
  });

  it('is nobody when nothing names a person', () => {
    expect((order({ phone: 'VIETCOMBANK' }) as OrderUpdated).identity).toBeUndefined();
    expect(form({ phone: '0000000000', email: 'x' }).identity).toMatchObject({
      kind: 'sender_label',
      authenticity: 'A0',
    });
  });
});
