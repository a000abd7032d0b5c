import type { DeadLetterCode } from '@app/contracts';
import { toE164 } from '@app/identity';
import type { ChannelAccount } from '@app/kernel';
import type { ParseContext, ParsedEvent, RejectedElement } from '../channel-adapter.js';
import { exceedsRecord, rawElement, rejectElement } from '../shared/element.js';
import { decodeHex, sha256Hex } from '../shared/hmac.js';
import { smsReceipt, smsReceived, type SmsFrame } from '../shared/sms-event.js';
import { gatewayTime } from './gateway-time.js';
import type { GatewayElement } from './http-sms.element.js';
import type { HttpSmsSettings, MessageFields, ReceiptFields } from './http-sms.settings.js';

/** What became of one element. */
export type MappedElement =
  | { readonly event: ParsedEvent; readonly rejected?: undefined }
  | { readonly event?: undefined; readonly rejected: RejectedElement };

/** What an element is read with. */
export interface ElementContext {
  readonly context: ParseContext;
  readonly settings: HttpSmsSettings;
}

function reject(element: GatewayElement, account: ChannelAccount, code: DeadLetterCode, detail: string): MappedElement {
  return { rejected: rejectElement(code, detail, { accountId: account.id, bytes: element.bytes }) };
}

/** A field that is there and not empty. */
function filled(element: GatewayElement, path: string | undefined): string | undefined {
  const value = path === undefined ? undefined : element.get(path);
  return value === undefined || value.trim() === '' ? undefined : value;
}

const sameNumber = (a: string, b: string): boolean => a === b || (toE164(a) ?? a) === (toE164(b) ?? b);

/** Our account that a message names. Others count only with the same secrets: a gateway vouches for its own numbers. */
function accountNamed({ account, accounts }: ParseContext, to: string | undefined): ChannelAccount | undefined {
  if (to === undefined || sameNumber(to, account.externalId)) return account;
  const secrets = JSON.stringify(account.secrets);
  return accounts.find(
    (other) =>
      other.channel === account.channel &&
      other.provider === account.provider &&
      JSON.stringify(other.secrets) === secrets &&
      sameNumber(to, other.externalId),
  );
}

/** UTF-16 with the high byte first, in hexadecimal. */
function decodeUcs2(text: string): string | undefined {
  const bytes = text.length % 4 === 0 ? decodeHex(text, text.length / 2) : undefined;
  return bytes === undefined ? undefined : Buffer.from(bytes).swap16().toString('utf16le');
}

function decodeBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return decoded.includes('\uFFFD') ? undefined : decoded;
}

/** The text, or as it came when it is not in the encoding that the settings name. */
function readText(text: string, encoding: MessageFields['text_encoding']): { text: string; flags: readonly string[] } {
  const decoded = encoding === 'base64' ? decodeBase64(text) : encoding === 'ucs2_hex' ? decodeUcs2(text) : text;
  return decoded === undefined ? { text, flags: ['unreadable'] } : { text: decoded, flags: [] };
}

/**
 * What stands for the id of a message that has none: a digest over sender, recipient, time and text. Without a time the
 * whole element is digested, so that only an exact repeat counts as a redelivery.
 */
function tupleId(element: GatewayElement, parts: readonly (string | undefined)[], hasTime: boolean): string {
  return `h_${hasTime ? sha256Hex(JSON.stringify(parts.map((part) => part ?? ''))) : sha256Hex(element.bytes)}`;
}

function frameOf(
  element: GatewayElement,
  account: ChannelAccount,
  { context, settings }: ElementContext,
  time?: string,
) {
  return {
    account,
    context,
    providerName: settings.preset ?? 'http',
    timestamp: time,
    timeMs: time === undefined ? undefined : gatewayTime(time, settings.time),
    raw: rawElement(element.bytes, element.mediaType),
  } satisfies Partial<SmsFrame>;
}

function toMessage(element: GatewayElement, fields: MessageFields, parts: ElementContext): MappedElement {
  const { context } = parts;
  const [from, body] = [element.get(fields.from), element.get(fields.text)];
  const [to, time] = [filled(element, fields.to), filled(element, fields.time)];
  if (from === undefined) return reject(element, context.account, 'schema_invalid', `missing: ${fields.from}`);
  if (body === undefined) return reject(element, context.account, 'schema_invalid', `missing: ${fields.text}`);
  const account = accountNamed(context, to);
  if (account === undefined) {
    return reject(element, context.account, 'unknown_account', `${fields.to} names none of our numbers`);
  }
  const messageId = filled(element, fields.id) ?? tupleId(element, [from, to, time, body], time !== undefined);
  const frame: SmsFrame = { ...frameOf(element, account, parts, time), customer: from, messageId };
  const event = smsReceived(frame, readText(body, fields.text_encoding));
  if (exceedsRecord(event.event, element.bytes.length)) {
    return reject(element, account, 'too_large', 'larger than a record');
  }
  return { event };
}

function toReceipt(element: GatewayElement, fields: ReceiptFields, parts: ElementContext): MappedElement {
  const { account } = parts.context;
  const [messageId, to] = [filled(element, fields.id), filled(element, fields.to)];
  if (messageId === undefined) return reject(element, account, 'schema_invalid', `missing: ${fields.id}`);
  if (to === undefined) return reject(element, account, 'schema_invalid', `missing: ${fields.to}`);
  const value = element.get(fields.status);
  const rule = fields.statuses.find(
    (candidate) =>
      candidate.value === value &&
      (candidate.positive === undefined || Number(element.get(candidate.positive) ?? 0) > 0),
  );
  if (rule === undefined) return reject(element, account, 'unsupported_content', 'a status without a rule');
  const code = filled(element, fields.error);
  const frame = { ...frameOf(element, account, parts, filled(element, fields.time)), customer: to, messageId };
  const failed = rule.status === 'failed' || rule.status === 'expired';
  return {
    event: smsReceipt(frame, { status: rule.status, error: failed && code !== undefined ? { code } : undefined }),
  };
}

/** Reads one element: a report when it has a status and no text, else a message. */
export function mapElement(element: GatewayElement, parts: ElementContext): MappedElement {
  const { message, receipt } = parts.settings;
  const hasText = message !== undefined && element.get(message.text) !== undefined;
  if (receipt !== undefined && !hasText && filled(element, receipt.status) !== undefined) {
    return toReceipt(element, receipt, parts);
  }
  if (message !== undefined) return toMessage(element, message, parts);
  return reject(element, parts.context.account, 'schema_invalid', 'neither a message nor a report');
}
