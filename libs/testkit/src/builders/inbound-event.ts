import {
  dataSchemaOf,
  INBOUND_TYPES,
  inboundEventId,
  toHeaders,
  type CallReport,
  type CallUpdated,
  type InboundEvent,
  type InboundIdentity,
  type MessageReceived,
  type OrderReport,
  type OrderUpdated,
} from '@app/contracts';
import type { StreamBatch, StreamRecord } from '@app/stream';

/** What a test may say about a message; everything else has an honest default. */
export interface MessageTraits {
  readonly id?: string;
  readonly text?: string;
  readonly account?: string;
  readonly channel?: string;
  readonly thread?: string;
  readonly identity?: Partial<InboundIdentity>;
  readonly direction?: 'inbound' | 'echo';
  readonly at?: Date;
}

const NOON = new Date('2026-11-20T05:00:00.000Z');

function frame(traits: MessageTraits, kind: string, revision?: string) {
  const { id = 'm_1', account = 'fb-shop', channel = 'messenger', thread = 'thread-1', at = NOON } = traits;
  const event = { accountId: account, eventKind: kind, messageId: id, ...(revision === undefined ? {} : { revision }) };
  return {
    id: inboundEventId(event),
    data: {
      channel,
      account_id: account,
      direction: traits.direction ?? ('inbound' as const),
      identity: {
        kind: 'messenger_psid',
        scope: '106000000000001',
        value: '7412345678900001',
        authenticity: 'A2' as const,
        ...traits.identity,
      },
      provider: { name: 'meta', message_id: id, conversation_id: thread },
      message_kind: 'message' as const,
      occurred_at: at.toISOString(),
      received_at: new Date(at.getTime() + 350).toISOString(),
      verification: { method: 'hmac' as const },
      raw: { media_type: 'application/json', encoding: 'utf8' as const, data: '{}' },
    },
  };
}

/** A message as a connector would append it. */
export function anInboundMessage(
  traits: MessageTraits & { readonly more?: Partial<MessageReceived> } = {},
): InboundEvent {
  const { id, data } = frame(traits, 'message');
  const content = { type: 'text', text: traits.text ?? 'Chào shop ạ' };
  return { id, type: INBOUND_TYPES.received, data: { ...data, content, ...traits.more } };
}

/** An edit of the message `id`. */
export function anEdit(traits: MessageTraits & { readonly rank?: number } = {}): InboundEvent {
  const { rank = 1, text = 'Chào shop ạ (sửa)' } = traits;
  const { id, data } = frame(traits, 'edit', String(rank));
  return { id, type: INBOUND_TYPES.edited, data: { ...data, content: { type: 'text', text }, edit_rank: rank } };
}

/** The message `id` is taken back. */
export function aDeletion(traits: MessageTraits = {}): InboundEvent {
  const { id, data } = frame(traits, 'delete');
  return { id, type: INBOUND_TYPES.deleted, data: { ...data, action: 'delete' } };
}

/** The customer reacts to the message `id`. */
export function aReaction(traits: MessageTraits & { readonly reaction?: string } = {}): InboundEvent {
  const { reaction = 'love' } = traits;
  const { id, data } = frame(traits, 'reaction', reaction);
  return { id, type: INBOUND_TYPES.reacted, data: { ...data, actor: data.identity.value, action: 'react', reaction } };
}

/** The message `id` was delivered, read or lost. */
export function aReceipt(
  traits: MessageTraits & { readonly status?: 'sent' | 'delivered' | 'read' | 'failed' } = {},
): InboundEvent {
  const { status = 'read' } = traits;
  const { id, data } = frame(traits, 'receipt', status);
  return {
    id,
    type: INBOUND_TYPES.receipt,
    data: { ...data, direction: 'echo', status, message_ids: [data.provider.message_id] },
  };
}

/** A report of the call `id`; without `identity` in `more` it names the customer. */
export function aCallReport(
  traits: MessageTraits & {
    readonly report?: string;
    readonly call: CallReport;
    readonly more?: Partial<CallUpdated>;
  },
): InboundEvent {
  const { id = 'CA1', report = JSON.stringify(traits.call) } = traits;
  const phone = { kind: 'phone', scope: '', value: '+84912345678', authenticity: 'A1' as const };
  const framed = frame({ account: 'tong-dai', channel: 'voice', ...traits, id, identity: phone }, 'call', report);
  const data = { ...framed.data, message_kind: 'call' as const, call: traits.call, ...traits.more };
  return { id: framed.id, type: INBOUND_TYPES.call, data };
}

/** A report of the order that `order.number` names. */
export function anOrderReport(
  traits: MessageTraits & { readonly order: OrderReport; readonly more?: Partial<OrderUpdated> },
): InboundEvent {
  const id = `order:${traits.order.number}`;
  const buyer = { kind: 'external', scope: 'shop', value: 'KH001', authenticity: 'A2' as const };
  const framed = frame(
    { account: 'cua-hang', channel: 'order', identity: buyer, ...traits, id },
    'order',
    JSON.stringify([traits.order, traits.at]),
  );
  const data = { ...framed.data, message_kind: 'event' as const, order: traits.order, ...traits.more };
  return { id: framed.id, type: INBOUND_TYPES.order, data };
}

/** The post `id` of ours begins like this. */
export function aPost(traits: MessageTraits & { readonly excerpt?: string } = {}): InboundEvent {
  const { id = '108_500', excerpt = 'Hàng mới về' } = traits;
  const { id: eventId, data } = frame({ channel: 'facebook_comment', ...traits, id, direction: 'echo' }, 'page_post');
  const { identity: _nobody, ...unaddressed } = data;
  const post = { provider_id: id, excerpt };
  return { id: eventId, type: INBOUND_TYPES.post, data: { ...unaddressed, message_kind: 'comment', post } };
}

/** Everything that the business sent in the thread until then was read. */
export function aReadWatermark(traits: MessageTraits & { readonly until: Date }): InboundEvent {
  const { id, data } = frame({ ...traits, id: `watermark-${traits.until.getTime()}` }, 'receipt');
  return {
    id,
    type: INBOUND_TYPES.receipt,
    data: { ...data, status: 'read', message_ids: [], watermark: traits.until.toISOString() },
  };
}

/** The record of an event as a consumer reads it. */
export function aRecord(event: InboundEvent, offset: number | bigint = 0n): StreamRecord {
  const key = event.data.identity?.value ?? event.data.provider.message_id;
  return {
    topic: `omni.inbound.${event.data.channel}.v1`,
    partition: 0,
    offset: BigInt(offset),
    key,
    value: Buffer.from(JSON.stringify(event.data)),
    headers: toHeaders({
      id: event.id,
      source: `/connectors/${event.data.channel}/${event.data.account_id}`,
      type: event.type,
      subject: key,
      time: event.data.occurred_at,
      recordedtime: event.data.received_at,
      dataschema: dataSchemaOf(event.type),
      partitionkey: key,
      correlationid: `corr-${event.id}`,
      dataclassification: 'confidential',
    }),
    timestamp: new Date(event.data.received_at),
  };
}

/** A batch of one partition that holds the events in this order. */
export function aBatch(events: readonly InboundEvent[]): StreamBatch {
  const records = events.map((event, index) => aRecord(event, index));
  return { topic: records[0]?.topic ?? 'omni.inbound.messenger.v1', partition: 0, records };
}
