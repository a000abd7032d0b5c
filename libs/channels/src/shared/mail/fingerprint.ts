import { createHash } from 'node:crypto';
import { firstField, readMessageIds, type HeaderField, type SplitMail } from './header-fields.js';

/** What tells two mails apart although ids repeat, are missing or are shared by different mails. */
export interface MailKeys {
  /** Hexadecimal SHA-256 over author, date, subject and body; equal for every copy of one mail. */
  readonly fingerprint: string;
  /** Hexadecimal SHA-256 over mailbox, Message-ID and fingerprint: the id of this mail within the account. */
  readonly dedupeKey: string;
}

const sha256 = (text: string): string => createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex');

/** ASCII blanks only: the bytes of UTF-8 letters hold what looks like a no-break space in Latin-1. */
const foldBlanks = (value: string | undefined): string =>
  (value ?? '').replace(/[ \t\r\n\f\v]+/g, ' ').replace(/^ | $/g, '');

/** Cuts blanks at the end of a line without a backtracking pattern: a line of a million blanks costs a million steps. */
function cutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return end === line.length ? line : line.slice(0, end);
}

/** CRLF to LF, no blanks at line ends, no empty lines at the end, one final LF. */
function canonicalBody(body: string): string {
  const lines = body.replaceAll('\r\n', '\n').split('\n').map(cutTrailingBlanks);
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

/**
 * Computes the keys of a mail from its raw bytes. Trace fields (`Received`, `Delivered-To`, `X-…`) differ between
 * copies and are left out; bytes are kept as they are, without decoding.
 *
 * @param mailbox address of our mailbox, part of the key because ids are unique only there
 */
export function mailKeys(mailbox: string, mail: SplitMail, fields: readonly HeaderField[]): MailKeys {
  const parts = ['from', 'date', 'subject'].map((name) => foldBlanks(firstField(fields, name)));
  const fingerprint = sha256([...parts, sha256(canonicalBody(mail.body))].join('\n'));
  const messageId = readMessageIds(firstField(fields, 'message-id'))[0] ?? '';
  return { fingerprint, dedupeKey: sha256([mailbox, messageId, fingerprint].join('\n')) };
}
