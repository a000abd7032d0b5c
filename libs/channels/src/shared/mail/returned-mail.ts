import { readHeaderFields, splitMail, type HeaderField } from './header-fields.js';
import type { MimePart } from './parse-mime.js';

const RETURNED = ['message/rfc822', 'message/global', 'message/global-headers', 'text/rfc822-headers', 'text/rfc822'];

/**
 * Bytes of the parts of some types.
 *
 * @param types in lower case
 */
export const bytesOf = (
  parts: readonly Pick<MimePart, 'contentType' | 'bytes'>[],
  types: readonly string[],
): readonly Buffer[] =>
  parts.flatMap(({ contentType, bytes }) => (types.includes(contentType.toLowerCase()) && bytes ? [bytes] : []));

/** Heads of the mails that a machine sends back with its report; in order. */
export const returnedHeads = (
  parts: readonly Pick<MimePart, 'contentType' | 'bytes'>[],
): readonly (readonly HeaderField[])[] =>
  bytesOf(parts, RETURNED).map((bytes) => readHeaderFields(splitMail(bytes).head));
