import { isUtf8 } from 'node:buffer';
import { inboundEventId, MAX_RECORD_BYTES, type DeadLetterCode, type InboundEvent, type Raw } from '@app/contracts';
import type { RejectedElement } from '../channel-adapter.js';
import { sha256Hex } from './hmac.js';

/** Room for the headers of a record, in bytes. */
const HEADER_BYTES = 8 * 1024;
/** Below this an element cannot grow beyond a record, whatever escaping does to it. */
const SURELY_SMALL_BYTES = 32 * 1024;
const MAX_DETAIL_BYTES = 512;

/**
 * The original element as it is kept with its event: as text when it is UTF-8, else as base64.
 *
 * @param context what stood around it and is needed to parse it again, as JSON
 */
export function rawElement(bytes: Buffer, mediaType = 'application/json', context?: string): Raw {
  const raw: Raw = isUtf8(bytes)
    ? { media_type: mediaType, encoding: 'utf8', data: bytes.toString('utf8') }
    : { media_type: mediaType, encoding: 'base64', data: bytes.toString('base64') };
  if (context !== undefined) raw.context = context;
  return raw;
}

/**
 * An authentic element that makes no event. Its key is a digest of its bytes, so a redelivery makes the same dead letter.
 *
 * @param detail for an operator; without personal data, cut to 512 bytes
 */
export function rejectElement(
  code: DeadLetterCode,
  detail: string,
  element: { readonly accountId: string; readonly bytes: Buffer },
): RejectedElement {
  const key = inboundEventId({
    accountId: element.accountId,
    eventKind: 'rejected',
    messageId: sha256Hex(element.bytes),
  });
  return { code, detail: cutBytes(detail, MAX_DETAIL_BYTES), bytes: element.bytes, key };
}

/** Cuts text to a number of UTF-8 bytes, never within a character. */
function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let cut = text.slice(0, maxBytes).toWellFormed();
  while (Buffer.byteLength(cut) > maxBytes) cut = [...cut].slice(0, -1).join('');
  return cut;
}

/** Tells whether an event is too large for a record; such an element belongs to the dead letters as `too_large`. */
export function exceedsRecord(event: InboundEvent, elementBytes: number): boolean {
  if (elementBytes < SURELY_SMALL_BYTES) return false;
  return Buffer.byteLength(JSON.stringify(event)) > MAX_RECORD_BYTES - HEADER_BYTES;
}
