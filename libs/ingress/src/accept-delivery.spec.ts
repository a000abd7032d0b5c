import { CONNECTOR_OF_CHANNEL, deadLetterTopic, fromHeaders, inboundTopic, receiptsTopic } from '@app/contracts';
import type { ChannelAdapter, ParseResult, WebhookRequest } from '@app/channels';
import { createLogger, deriveKey, Metrics, StreamUnavailableError, type ChannelAccount } from '@app/kernel';
import type { OutgoingRecord } from '@app/stream';
import { anInboundMessage, aReceipt } from '@app/testkit';
import { acceptDelivery, type DeliveryParts } from './accept-delivery.js';

const account: ChannelAccount = {
  id: 'fb-shop',
  channel: 'messenger',
  provider: 'meta',
  externalId: '106000000000001',
  settings: {},
  secrets: { app_secret: 'hush' },
};
const received = new Date('2026-11-20T05:00:01.000Z');

const request = (body = '{}'): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/messenger/fb-shop',
  query: new URLSearchParams(),
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(body),
  remoteAddress: '127.0.0.1',
});

const nothing: ParseResult = { events: [], rejected: [], ignored: [] };

function adapterThat(behaviour: Partial<ChannelAdapter> & { readonly result?: ParseResult }): ChannelAdapter {
  const { result = nothing, ...rest } = behaviour;
  return {
    channel: 'messenger',
    provider: 'meta',
    abilities: ['message'],
    maxBodyBytes: 1_000,
    answerWithinMs: 5_000,
    accepted: { status: 200, body: 'EVENT_RECEIVED' },
    refused: { status: 401 },
    checkAccount: () => [],
    handshake: () => undefined,
    verify: () => ({ ok: true, method: 'hmac' }),
    parse: () => result,
    ...rest,
  };
}

function partsThat(append: (records: readonly OutgoingRecord[], timeoutMs?: number) => Promise<void>) {
  const metrics = new Metrics();
  const parts: DeliveryParts = {
    stream: { append: (records, options) => append(records, options?.timeoutMs) },
    accounts: [account],
    senderHmacKey: deriveKey('a secret of an installation, long enough', 'sender-key'),
    appendTimeoutMs: 2_000,
    clock: { now: () => received },
    metrics,
    logger: createLogger({ level: 'silent', service: 'test' }),
  };
  return { parts, metrics };
}

const countOf = async (metrics: Metrics, outcome: string): Promise<number> =>
  (await metrics.webhookRequests.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;

describe('accepting a delivery', () => {
  it('answers only after every element is durable', async () => {
    const order: string[] = [];
    const { parts } = partsThat(async () => {
      await Promise.resolve();
      order.push('durable');
    });
    const result = { ...nothing, events: [{ event: anInboundMessage(), account, senderId: '741' }] };
    const reply = await acceptDelivery(request(), account, adapterThat({ result }), parts);
    order.push('answered');
    expect(reply).toEqual({ status: 200, body: 'EVENT_RECEIVED' });
    expect(order).toEqual(['durable', 'answered']);
  });

  it('puts messages and receipts on their topics, with one key for one sender', async () => {
    const stored: OutgoingRecord[] = [];
    const { parts } = partsThat(async (records) => void stored.push(...records));
    const events = [anInboundMessage(), aReceipt()].map((event) => ({ event, account, senderId: '741' }));
    await acceptDelivery(request(), account, adapterThat({ result: { ...nothing, events } }), parts);
    expect(stored.map(({ topic }) => topic)).toEqual([inboundTopic('messenger'), receiptsTopic('messenger')]);
    expect(stored[0]!.key).toBe(stored[1]!.key);
    expect(stored[0]!.key).toMatch(/^[a-z2-7]{26}$/);
    const attributes = fromHeaders(stored[0]!.headers);
    expect(attributes).toMatchObject({
      id: events[0]!.event.id,
      source: '/connectors/messenger/fb-shop',
      partitionkey: stored[0]!.key,
    });
    expect(JSON.parse(String(stored[0]!.value))).toEqual(events[0]!.event.data);
  });

  it('keeps the bytes of an element that makes no event, beside its neighbours', async () => {
    const stored: OutgoingRecord[] = [];
    const { parts, metrics } = partsThat(async (records) => void stored.push(...records));
    const bytes = Buffer.from('{"odd":\u0000}');
    const result: ParseResult = {
      events: [{ event: anInboundMessage(), account, senderId: '741' }],
      rejected: [{ code: 'schema_invalid', detail: '/entry/0: no id', bytes, key: 'k' }],
      ignored: [{ reason: 'page_post' }],
    };
    await acceptDelivery(request(), account, adapterThat({ result }), parts);
    const letter = stored.find(({ topic }) => topic === deadLetterTopic(CONNECTOR_OF_CHANNEL.messenger));
    expect(letter?.value).toEqual(bytes);
    expect(letter?.headers).toMatchObject({
      'content-type': 'application/json',
      dlq_service: 'chat',
      dlq_account: 'fb-shop',
      dlq_error_code: 'schema_invalid',
      dlq_replay_count: '0',
    });
    expect((await metrics.elementsIgnored.get()).values[0]?.value).toBe(1);
    expect((await metrics.deadLetters.get()).values).toEqual([
      { labels: { service: 'chat', account: 'fb-shop', code: 'schema_invalid' }, value: 1 },
    ]);
    expect((await metrics.eventsAccepted.get()).values[0]?.value).toBe(1);
  });

  it('sets an event aside that is too large for a record, with its original element', async () => {
    const stored: OutgoingRecord[] = [];
    const { parts } = partsThat(async (records) => void stored.push(...records));
    const data = `{"text":"${'x'.repeat(600_000)}"}`;
    const event = anInboundMessage({ more: { raw: { media_type: 'application/json', encoding: 'utf8', data } } });
    const events = [{ event, account, senderId: '741' }];
    await acceptDelivery(request(), account, adapterThat({ result: { ...nothing, events } }), parts);
    expect(stored.map(({ headers, value }) => [headers['dlq_error_code'], String(value)])).toEqual([
      ['too_large', data],
    ]);
  });

  it('answers 503 with a wait when the stream is away, and counts nothing as accepted', async () => {
    const { parts, metrics } = partsThat(async () => {
      throw new StreamUnavailableError('away');
    });
    const events = [{ event: anInboundMessage(), account, senderId: '741' }];
    const reply = await acceptDelivery(request(), account, adapterThat({ result: { ...nothing, events } }), parts);
    expect(reply).toEqual({ status: 503, retryAfterSeconds: 5 });
    expect(await countOf(metrics, 'accepted')).toBe(0);
    expect(await countOf(metrics, 'unavailable')).toBe(1);
    expect((await metrics.eventsAccepted.get()).values).toEqual([]);
  });

  it('waits for the broker no longer than the provider waits for us', async () => {
    const waits: (number | undefined)[] = [];
    const { parts } = partsThat(async (_records, timeoutMs) => void waits.push(timeoutMs));
    await acceptDelivery(request(), account, adapterThat({ answerWithinMs: 1_500 }), parts);
    await acceptDelivery(request(), account, adapterThat({ answerWithinMs: 20_000 }), parts);
    expect(waits).toEqual([1_500, 2_000]);
  });

  it('appends nothing of a request that does not prove its origin', async () => {
    const { parts, metrics } = partsThat(async () => {
      throw new Error('must not be called');
    });
    const adapter = adapterThat({ verify: () => ({ ok: false, reason: 'mismatch' }) });
    expect(await acceptDelivery(request(), account, adapter, parts)).toEqual({ status: 401 });
    expect(await countOf(metrics, 'refused')).toBe(1);
  });

  it('refuses a body over the limit before it looks at it', async () => {
    const { parts, metrics } = partsThat(async () => undefined);
    const adapter = adapterThat({
      verify: () => {
        throw new Error('must not be called');
      },
    });
    expect(await acceptDelivery(request('x'.repeat(1_001)), account, adapter, parts)).toEqual({ status: 413 });
    expect(await countOf(metrics, 'too_large')).toBe(1);
  });

  it('answers a handshake without appending', async () => {
    const { parts, metrics } = partsThat(async () => {
      throw new Error('must not be called');
    });
    const adapter = adapterThat({ handshake: () => ({ status: 200, body: '1158201444' }) });
    expect(await acceptDelivery(request(), account, adapter, parts)).toEqual({ status: 200, body: '1158201444' });
    expect(await countOf(metrics, 'handshake')).toBe(1);
  });
});
