import type { DeadLetterCode, DeliveryStatus, Raw } from '@app/contracts';
import { phoneIdentity } from '@app/identity';
import type { ChannelAccount } from '@app/kernel';
import type { MessagePart, ParseContext, ParsedEvent, ParseResult, PartSet } from '../channel-adapter.js';
import { exceedsRecord, rawElement, rejectElement } from '../shared/element.js';
import { objectOf, textOf } from '../shared/fields.js';
import { sha256Hex } from '../shared/hmac.js';
import { instantOf } from '../shared/instant-of.js';
import { MISSING_PART, smsJoined, smsReceipt, smsReceived, type SmsFrame } from '../shared/sms-event.js';
import type { VonageDelivery } from './vonage.request.js';

const STATUSES: Readonly<Record<string, DeliveryStatus>> = {
  accepted: 'accepted',
  buffered: 'accepted',
  submitted: 'sent',
  delivered: 'delivered',
  expired: 'expired',
  failed: 'failed',
  rejected: 'failed',
  undeliverable: 'failed',
  read: 'read',
};

/** A part as it is kept. */
interface Payload {
  readonly from: string;
  readonly text: string;
  readonly messageId: string;
  readonly timestamp: string | undefined;
  readonly raw: Raw;
}

/** `2025-03-03 03:00:00`, in UTC and without saying so; the Messages API says it. */
function timeOf(text: string | undefined): number | undefined {
  const plain = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/.exec(text ?? '');
  return plain === null ? instantOf(text) : instantOf(`${plain[1]}T${plain[2]}Z`);
}

/** Numbers come without the plus. */
const international = (number: string): string => (/^[1-9]\d{6,14}$/.test(number) ? `+${number}` : number);

interface Sms {
  readonly context: ParseContext;
  readonly raw: Raw;
  readonly customer: string;
  readonly messageId: string;
  readonly timestamp: string | undefined;
}

const frameOf = ({ context, raw, customer, messageId, timestamp }: Sms): SmsFrame => ({
  account: context.account,
  context,
  providerName: context.account.provider,
  customer: international(customer),
  messageId,
  timestamp,
  timeMs: timeOf(timestamp),
  raw,
});

/** A text of one message, or a part of it: `concat-ref` is used again after some hundred messages. */
function partOf(fields: VonageDelivery['fields'], sms: Sms, text: string): MessagePart | undefined {
  const [number, total] = [Number(fields.get('concat-part')), Number(fields.get('concat-total'))];
  const isPart = fields.get('concat') === 'true' && Number.isInteger(total) && total >= 2 && total <= 255;
  if (!isPart || !Number.isInteger(number) || number < 1 || number > total) return undefined;
  const from = international(sms.customer);
  const payload: Payload = { from, text, messageId: sms.messageId, timestamp: sms.timestamp, raw: sms.raw };
  const { account } = sms.context;
  return {
    account,
    setKey: sha256Hex(JSON.stringify([from, fields.get('to'), fields.get('concat-ref'), total])),
    number,
    total,
    senderId: phoneIdentity(from, { accountId: account.id, authenticity: 'A2' }).value,
    payload: JSON.stringify(payload),
  };
}

const NOTHING: ParseResult = { events: [], rejected: [], ignored: [] };

/** Reads a delivery of either API: a text, a part of one, or a receipt. */
export function mapDelivery(delivery: VonageDelivery, context: ParseContext): ParseResult {
  const { fields, bytes, mediaType, message } = delivery;
  const raw = rawElement(bytes, mediaType);
  const reject = (code: DeadLetterCode, detail: string): ParseResult => ({
    ...NOTHING,
    rejected: [rejectElement(code, detail, { accountId: context.account.id, bytes })],
  });
  const fit = (event: ParsedEvent): ParseResult =>
    exceedsRecord(event.event, bytes.length)
      ? reject('too_large', 'larger than a record')
      : { ...NOTHING, events: [event] };

  const messageId = fields.get(message === undefined ? 'messageId' : 'message_uuid') || undefined;
  if (messageId === undefined) return reject('schema_invalid', 'no id of a message');
  const timestamp = fields.get(message === undefined ? 'message-timestamp' : 'timestamp');
  const status = fields.get('status');
  const customer = fields.get(message === undefined ? 'msisdn' : status === undefined ? 'from' : 'to') ?? '';
  if (customer === '') return reject('schema_invalid', 'no number');
  const sms: Sms = { context, raw, customer, messageId, timestamp };

  if (status !== undefined) {
    const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
    if (known === undefined) return reject('unsupported_content', 'a status that is not documented');
    const code = fields.get('err-code') ?? textOf(objectOf(message?.['error'])?.['title']);
    const error = code === undefined || code === '0' ? undefined : { code };
    return fit(smsReceipt(frameOf(sms), { status: known, error }));
  }
  const type = fields.get(message === undefined ? 'type' : 'message_type') ?? 'text';
  const text = fields.get('text');
  if (text === undefined && type !== 'binary') return reject('unsupported_content', 'a message without text');
  const part = partOf(fields, sms, text ?? '');
  if (part !== undefined) return { ...NOTHING, parts: [part] };
  return fit(smsReceived(frameOf(sms), { text: text ?? '', ...(type === 'binary' ? { flags: ['unreadable'] } : {}) }));
}

/** Makes the message of the parts that are there; its time is that of the first of them. */
export function joinVonage({ id, total, firstAt, told, parts: stored }: PartSet, account: ChannelAccount): ParsedEvent {
  const parts = stored.map(({ number, payload }) => ({ number, ...(JSON.parse(payload) as Payload) }));
  const verification = { ok: true, method: 'hmac' } as const;
  const [first] = parts;
  const frame = frameOf({
    context: { account, accounts: [account], receivedAt: firstAt, verification },
    raw: { media_type: 'application/json', encoding: 'utf8', data: JSON.stringify(parts.map(({ raw }) => raw)) },
    customer: first!.from,
    messageId: `set:${id}`,
    timestamp: parts.map(({ timestamp }) => timestamp).sort()[0],
  });
  const words: string[] = [];
  let next = 1;
  for (const { number, text } of parts) {
    words.push(number > next ? MISSING_PART : '', text);
    next = number + 1;
  }
  return smsJoined(
    frame,
    { text: `${words.join('')}${next <= total ? MISSING_PART : ''}` },
    { present: parts.length, total, told },
  );
}
