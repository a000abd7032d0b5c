import { hash } from 'node:crypto';
import { firstField, readMessageIds, type HeaderField, type SplitMail } from './header-fields.js';

/** What tells two mails apart although ids repeat, are missing or are shared by different mails. */
export interface MailKeys {
  /** Hexadecimal SHA-256 over author, date, subject and body; equal for every copy of one mail. */
  readonly fingerprint: string;
  /** Hexadecimal SHA-256 over mailbox, Message-ID and fingerprint: the id of this mail within the account. */
  readonly dedupeKey: string;
}

const sha256 = (bytes: Buffer): string => hash('sha256', bytes);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** ASCII blanks only: the bytes of UTF-8 letters hold what looks like a no-break space in Latin-1. */
const foldBlanks = (value: string | undefined): string =>
  (value ?? '').replace(/[ \t\r\n\f\v]+/g, ' ').replace(/^ | $/g, '');

const LF = 0x0a;
const CR = 0x0d;
const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/**
 * CRLF to LF, no blanks at line ends, no empty lines at the end, one final LF. On bytes, because a mail of fifty megabytes has a
 * million lines.
 */
function canonicalBody(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length + 1);
  let length = 0;
  for (let start = 0; start <= body.length;) {
    const lineEnd = body.indexOf(LF, start);
    const next = lineEnd < 0 ? body.length : lineEnd;
    let end = lineEnd > start && body[lineEnd - 1] === CR ? lineEnd - 1 : next;
    while (end > start && isBlank(body[end - 1])) end--;
    out.set(body.subarray(start, end), length);
    length += end - start;
    out[length++] = LF;
    start = next + 1;
  }
  while (length > 1 && out[length - 1] === LF && out[length - 2] === LF) length--;
  return out.subarray(0, length);
}

/**
 * Computes the keys of a mail from its raw bytes. Trace fields (`Received`, `Delivered-To`, `X-…`) differ between
 * copies and are left out; bytes are kept as they are, without decoding.
 *
 * @param mailbox address of our mailbox, part of the key because ids are unique only there
 */
export function mailKeys(mailbox: string, mail: SplitMail, fields: readonly HeaderField[]): MailKeys {
  const parts = ['from', 'date', 'subject'].map((name) => foldBlanks(firstField(fields, name)));
  const fingerprint = sha256(latin1([...parts, sha256(canonicalBody(mail.body))].join('\n')));
  const messageId = readMessageIds(firstField(fields, 'message-id'))[0] ?? '';
  return { fingerprint, dedupeKey: sha256(latin1([mailbox, messageId, fingerprint].join('\n'))) };
}
