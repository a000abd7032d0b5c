import type { Attachment, DeliveryStatus } from '@app/contracts';
import { cleanIdentifier } from '@app/kernel';
import type { IgnoredElement, ParseContext, ParsedEvent, ParseResult, RejectedElement } from '../channel-adapter.js';
import {
  exceedsRecord,
  idOf,
  instantOf,
  objectOf,
  objectsOf,
  rawElement,
  locateJson,
  rejectElement,
  textOf,
  type JsonObject,
} from '../shared/index.js';
import { smsReceipt, smsReceived, type SmsFrame } from '../shared/sms-event.js';

/** `status.groupName` of a delivery report; a group that is not listed is not guessed. */
export const STATUS_TABLE: Readonly<Record<string, DeliveryStatus>> = {
  PENDING: 'accepted', // taken, on its way
  DELIVERED: 'delivered',
  UNDELIVERABLE: 'failed',
  EXPIRED: 'expired',
  REJECTED: 'failed',
};

/** What an element is, or the phrase for its dead letter. */
type Mapped = ParsedEvent | { readonly fault: string; readonly unknown?: true };

/** Times bear `+0000`, which is no form of ISO 8601 that everybody reads. */
const timeOf = (value: unknown): string | undefined => textOf(value)?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');

function frameOf(result: JsonObject, customer: unknown, bytes: Buffer, context: ParseContext): SmsFrame | string {
  const [messageId, person] = [idOf(result['messageId']), idOf(customer)];
  if (messageId === undefined) return 'no messageId';
  if (person === undefined) return 'nobody’s number';
  const time = timeOf(result['doneAt'] ?? result['receivedAt']);
  return {
    account: context.account,
    context,
    providerName: 'infobip',
    customer: /^\d{9,15}$/.test(person) ? `+${person}` : person,
    messageId,
    timestamp: time,
    timeMs: instantOf(time),
    raw: rawElement(bytes),
  };
}

/** Parts of an MMS: words, and files by their address. */
function partsOf(result: JsonObject): { readonly text: string; readonly attachments: readonly Attachment[] } {
  const parts = objectsOf(result['message']);
  const words = parts.flatMap((part) => textOf(part['value']) ?? []);
  const attachments = parts.flatMap((part): Attachment[] => {
    const [url, type] = [textOf(part['url']), textOf(part['contentType'])];
    if (url === undefined) return [];
    const kind = /^(image|video|audio)\//.exec(type ?? '')?.[1] as 'image' | 'video' | 'audio' | undefined;
    return [
      {
        kind: kind ?? 'file',
        state: 'pending',
        source: 'url',
        locator: cleanIdentifier(url),
        ...(type === undefined ? {} : { declared_media_type: cleanIdentifier(type.slice(0, 255)) }),
      },
    ];
  });
  return { text: textOf(result['text']) ?? words.join('\n'), attachments };
}

function mapReport(result: JsonObject, status: JsonObject, bytes: Buffer, context: ParseContext): Mapped {
  const frame = frameOf(result, result['to'], bytes, context);
  if (typeof frame === 'string') return { fault: frame };
  const group = textOf(status['groupName']) ?? '';
  const known = Object.hasOwn(STATUS_TABLE, group) ? STATUS_TABLE[group]! : undefined;
  if (known === undefined) return { fault: `the status group ${group.slice(0, 64)}`, unknown: true };
  const error = objectOf(result['error']);
  const [code, name] = [idOf(error?.['id']), textOf(error?.['name'])];
  const failed = known === 'failed' || known === 'expired';
  return smsReceipt(frame, {
    status: known,
    ...(failed && code !== undefined
      ? { error: { code, ...(name === undefined ? {} : { title: cleanIdentifier(name.slice(0, 255)) }) } }
      : {}),
  });
}

function mapResult(value: unknown, bytes: Buffer, context: ParseContext): Mapped {
  const result = objectOf(value);
  if (result === undefined) return { fault: 'a result that is not an object' };
  const status = objectOf(result['status']);
  if (status !== undefined) return mapReport(result, status, bytes, context);
  const frame = frameOf(result, result['from'], bytes, context);
  return typeof frame === 'string' ? { fault: frame } : smsReceived(frame, partsOf(result));
}

/** Every result of a batch: each a message or a report, for itself. */
export function parseInfobip(body: Buffer, context: ParseContext): ParseResult {
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  const ignored: IgnoredElement[] = [];
  const reject = (code: RejectedElement['code'], detail: string, bytes: Buffer): void =>
    void rejected.push(rejectElement(code, detail, { accountId: context.account.id, bytes }));
  const outcome = { events, rejected, ignored };
  const reading = locateJson(body, 2);
  if (!reading.ok) {
    reject('decode_failed', 'the body is not JSON', body);
    return outcome;
  }
  const results = objectOf(reading.value)?.['results'];
  const nodes = reading.root.members?.get('results')?.elements;
  if (!Array.isArray(results) || nodes === undefined || reading.root.repeated !== undefined) {
    reject('schema_invalid', 'no array "results"', body);
    return outcome;
  }
  if (results.length === 0) ignored.push({ reason: 'empty_body' });
  for (const [index, { start, end }] of nodes.entries()) {
    const bytes = body.subarray(start, end);
    const mapped = mapResult((results as readonly unknown[])[index], bytes, context);
    if ('fault' in mapped) reject(mapped.unknown ? 'unsupported_content' : 'schema_invalid', mapped.fault, bytes);
    else if (exceedsRecord(mapped.event, bytes.length))
      reject('too_large', `an element of ${bytes.length} bytes`, bytes);
    else events.push(mapped);
  }
  return outcome;
}
