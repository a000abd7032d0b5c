import type { DeliveryStatus } from '@app/contracts';
import { present } from '@app/kernel';
import type { DeliverSm } from './deliver-sm.js';
import type { SmppSettings } from './smpp.settings.js';
import { receiptText } from './smpp.text.js';

/** What became of a message that we sent. */
export interface SmppReport {
  readonly messageId: string;
  readonly status: DeliveryStatus;
  /** The centre's own code. */
  readonly error?: string;
  /** Milliseconds since 1970. */
  readonly doneAt?: number;
}

const STATUS_OF_WORD: Readonly<Record<string, DeliveryStatus>> = {
  ENROUTE: 'accepted',
  ACCEPTD: 'accepted',
  DELIVRD: 'delivered',
  EXPIRED: 'expired',
  DELETED: 'failed',
  UNDELIV: 'failed',
  REJECTD: 'failed',
};
const WORDS = ['', 'ENROUTE', 'DELIVRD', 'EXPIRED', 'DELETED', 'UNDELIV', 'ACCEPTD', 'UNKNOWN', 'REJECTD'] as const;

/** `name:value`, the value up to the next name; names may hold a blank. */
const FIELD =
  /(?:^|\s)(id|sub|dlvrd|submit date|done date|stat|err|text)\s*:\s*(.*?)(?=\s(?:id|sub|dlvrd|submit date|done date|stat|err|text)\s*:|$)/gis;

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of text.slice(0, 1_000).matchAll(FIELD)) {
    if (!found.has(name!.toLowerCase())) found.set(name!.toLowerCase(), value!.trim());
  }
  return found;
}

function canonicalId(id: string, ids: SmppSettings['receiptIds']): string {
  const bare = id.toLowerCase().replace(/^0+(?=.)/, '');
  if (ids === 'hex_to_decimal' && /^[0-9a-f]{1,32}$/.test(bare)) return BigInt(`0x${bare}`).toString();
  if (ids === 'decimal_to_hex' && /^\d{1,38}$/.test(bare)) return BigInt(bare).toString(16);
  return bare;
}

/** `YYMMDDhhmm`, with seconds or without. */
function timeOf(value: string | undefined, zone: string): number | undefined {
  const parts = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?$/.exec(value ?? '');
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second = '00'] = parts;
  const time = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Reads a delivery receipt: parameters where the centre sends them, else its words. Ids are compared without case and leading
 * zeros, because receipts write them otherwise than answers do.
 *
 * @returns undefined when it names no message, or a state that says nothing
 * @see SMPP 3.4, appendix B and section 5.2.28
 */
export function readReceipt(
  pdu: DeliverSm,
  settings: Pick<SmppSettings, 'receiptIds' | 'receiptZone'>,
): SmppReport | undefined {
  const fields = fieldsOf(receiptText(pdu.message));
  const id = pdu.receiptedMessageId ?? fields.get('id');
  const word =
    (pdu.messageState === undefined ? undefined : WORDS[pdu.messageState]) ?? fields.get('stat')?.toUpperCase();
  const status = Object.hasOwn(STATUS_OF_WORD, word ?? '') ? STATUS_OF_WORD[word!] : undefined;
  if (id === undefined || id === '' || status === undefined) return undefined;
  const error = fields.get('err');
  const doneAt = timeOf(fields.get('done date'), settings.receiptZone);
  const named = error === undefined || /^0*$/.test(error) ? undefined : error.slice(0, 32);
  return { messageId: canonicalId(id, settings.receiptIds), status, ...present({ error: named, doneAt }) };
}
