import type { IgnoredElement, ParseContext, ParsedEvent, ParseResult, RejectedElement } from '../channel-adapter.js';
import { exceedsRecord, idOf, objectOf, locateJson, rejectElement } from '../shared/index.js';
import { mapLine } from './line.mapper.js';

/** Every event of a body, each for itself. The bot that it is for must be the account. */
export function parseLine(body: Buffer, context: ParseContext): ParseResult {
  const { account } = context;
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  const ignored: IgnoredElement[] = [];
  const reject = (code: RejectedElement['code'], detail: string, bytes: Buffer): void =>
    void rejected.push(rejectElement(code, detail, { accountId: account.id, bytes }));
  const outcome = { events, rejected, ignored };
  const reading = locateJson(body, 2);
  if (!reading.ok) {
    reject('decode_failed', 'the body is not JSON', body);
    return outcome;
  }
  const value = objectOf(reading.value);
  const nodes = reading.root.members?.get('events')?.elements;
  if (value === undefined || nodes === undefined || reading.root.repeated !== undefined) {
    reject('schema_invalid', 'no array "events"', body);
    return outcome;
  }
  const isOurs = idOf(value['destination']) === account.externalId;
  // What the console sends to check the address.
  if (nodes.length === 0) ignored.push({ reason: 'empty_body' });
  for (const [index, { start, end }] of nodes.entries()) {
    const bytes = body.subarray(start, end);
    const mapped = isOurs
      ? mapLine((value['events'] as readonly unknown[])[index], bytes, context)
      : ({ reject: 'unknown_account', detail: 'another destination' } as const);
    if ('reject' in mapped) reject(mapped.reject, mapped.detail, bytes);
    else if (exceedsRecord(mapped.event, bytes.length))
      reject('too_large', `an element of ${bytes.length} bytes`, bytes);
    else events.push({ event: mapped.event, account, senderId: mapped.senderId });
  }
  return outcome;
}
