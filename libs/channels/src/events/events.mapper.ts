import {
  inboundEventId,
  INBOUND_TYPES,
  MAX_TEXT_CHARS,
  ORDER_STATUS_RANK,
  type Channel,
  type Claim,
  type Form,
  type InboundEvent,
  type InboundIdentity,
  type OrderStatus,
} from '@app/contracts';
import { chooseOccurredAt, cleanIdentifier, cleanText, type ChannelAccount } from '@app/kernel';
import type { z } from 'zod';
import type { ParseContext, ParsedEvent } from '../channel-adapter.js';
import { customerOf, type NamedCustomer } from '../shared/customer-of.js';
import { rawElement } from '../shared/element.js';
import { fieldsToShow } from '../shared/form-fields.js';
import { instantOf } from '../shared/instant-of.js';
import type { CloudEventParts, ReceivedEvent } from './cloud-events.js';
import { formData, orderData, visitData, type FormData } from './events.schema.js';

/** Why an element makes no event; without its content. */
export interface EventProblem {
  readonly problem: string;
}

/** What is the same for every event of a body. */
interface Frame {
  readonly element: ReceivedEvent;
  readonly event: CloudEventParts;
  readonly context: ParseContext;
}

const unnamed: InboundIdentity = { kind: 'sender_label', scope: '', value: '', authenticity: 'A0' };

/** One account serves several channels, and a conversation is on one. */
const threadOf = (channel: Channel, { value }: InboundIdentity): string => `${channel}:${value}`;

function frameOf(
  { element, event, context }: Frame,
  channel: Channel,
  customer: NamedCustomer | undefined,
  messageId: string,
) {
  const account: ChannelAccount = { ...context.account, channel };
  const time = chooseOccurredAt(instantOf(event.time), context.receivedAt);
  const identity = customer?.identity ?? { ...unnamed, scope: account.id, value: 'unnamed' };
  const claims: readonly Claim[] = customer?.claims ?? [];
  const { method, keyId } = context.verification;
  return {
    account,
    data: {
      channel,
      account_id: account.id,
      direction: 'inbound' as const,
      identity,
      provider: {
        name: 'cloudevents',
        message_id: messageId,
        conversation_id: threadOf(channel, identity),
        event_id: cleanIdentifier(event.id),
        ...(event.time === undefined ? {} : { timestamp: cleanIdentifier(event.time) }),
      },
      occurred_at: time.occurredAt.toISOString(),
      received_at: context.receivedAt.toISOString(),
      verification: { method, ...(keyId === undefined ? {} : { key_id: keyId }) },
      raw: rawElement(element.bytes, 'application/json', element.context),
      ...(claims.length === 0 ? {} : { claims: [...claims] }),
      ...(time.clockAdjusted ? { flags: ['clock_adjusted'] } : {}),
    },
  };
}

/** A CloudEvent is told from others by source and id; whatever repeats it has the same ones. */
const idOf = ({ event, context }: Frame, messageId: string): string =>
  inboundEventId({
    accountId: context.account.id,
    eventKind: 'cloudevent',
    messageId,
    revision: JSON.stringify([event.source, event.id]),
  });

function toOrder(frame: Frame, status: OrderStatus): ParsedEvent | EventProblem {
  const read = orderData.safeParse(frame.event.data);
  if (!read.success) return problemOf(read.error);
  const { customer, ...order } = read.data;
  const named = customer === undefined ? undefined : customerOf(customer, frame.context.account, 'shop');
  const messageId = `order:${order.number}`;
  const { account, data } = frameOf(frame, 'order', named, messageId);
  const { identity, ...rest } = data;
  const event: InboundEvent = {
    id: idOf(frame, messageId),
    type: INBOUND_TYPES.order,
    data: {
      ...rest,
      ...(named === undefined ? {} : { identity }),
      provider: { ...rest.provider, conversation_id: named === undefined ? messageId : threadOf('order', identity) },
      message_kind: 'event',
      order: { ...withoutGaps(order), status },
    },
  };
  return { event, account, senderId: messageId };
}

function toVisit(frame: Frame): ParsedEvent | EventProblem {
  const read = visitData.safeParse(frame.event.data);
  if (!read.success) return problemOf(read.error);
  const { visit_id: visitId, customer, note, ...visit } = read.data;
  const messageId = visitId === undefined ? sourceId('visit', frame.event) : `visit:${visitId}`;
  const { account, data } = frameOf(frame, 'visit', customerOf(customer, frame.context.account, 'shop'), messageId);
  const text = [`Ghé ${visit.place}`, visit.purpose, note].filter((part) => part !== undefined).join(': ');
  const event: InboundEvent = {
    id: idOf(frame, messageId),
    type: INBOUND_TYPES.received,
    data: { ...data, message_kind: 'event', content: { type: 'system', text }, visit: withoutGaps(visit) },
  };
  return { event, account, senderId: data.identity.value };
}

function toForm(frame: Frame): ParsedEvent | EventProblem {
  const read = formData.safeParse(frame.event.data);
  if (!read.success) return problemOf(read.error);
  const messageId = sourceId('form', frame.event);
  const { account, data } = frameOf(
    frame,
    'webform',
    customerOf(read.data.customer, frame.context.account, 'visitor'),
    messageId,
  );
  const { text, truncated } = cleanText(read.data.message ?? '', { nul: 'remove', maxChars: MAX_TEXT_CHARS });
  const flags = [...(data.flags ?? []), ...(truncated ? ['truncated'] : [])];
  const event: InboundEvent = {
    id: idOf(frame, messageId),
    type: INBOUND_TYPES.received,
    data: {
      ...data,
      message_kind: 'message',
      content: { type: 'text', text },
      form: formOf(read.data),
      ...(flags.length === 0 ? {} : { flags }),
    },
  };
  return { event, account, senderId: data.identity.value };
}

const sourceId = (kind: string, { source, id }: CloudEventParts): string => cleanIdentifier(`${kind}:${source}#${id}`);

/** Parts that are there. */
function withoutGaps<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return JSON.parse(JSON.stringify(parts)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function formOf({ form: name, page, fields, marketing_consent }: FormData): Form {
  const listed = Object.entries(fields ?? {}).map(([field, value]) => ({ name: field, value: String(value) }));
  return withoutGaps({ name, page, fields: fieldsToShow(listed), marketing_consent });
}

function problemOf(error: z.ZodError): EventProblem {
  const [issue] = error.issues;
  return { problem: `data/${issue?.path.join('/') ?? ''}: ${issue?.code ?? 'invalid'}` };
}

const isOrderStatus = (word: string): word is OrderStatus => Object.hasOwn(ORDER_STATUS_RANK, word);

/** Makes the canonical event of a CloudEvent; what each type means is in docs/channels/events.md. */
export function mapCloudEvent(element: ReceivedEvent, context: ParseContext): ParsedEvent | EventProblem {
  const { event } = element;
  if ('problem' in event) return event;
  const frame: Frame = { element, event, context };
  const status = /^omni\.order\.([a-z]+)$/.exec(event.type)?.[1];
  if (status !== undefined && isOrderStatus(status)) return toOrder(frame, status);
  if (event.type === 'omni.visit.recorded') return toVisit(frame);
  if (event.type === 'omni.form.submitted') return toForm(frame);
  return { problem: 'a type that is not documented' };
}
