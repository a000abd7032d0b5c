import type { DeliveryStatus } from '@app/contracts';
import { present } from '@app/kernel';
import type { MailClass } from './automatic-mail.js';
import { firstField, readHeaderFields, readMessageIds, type HeaderField } from './header-fields.js';
import type { MimePart } from './parse-mime.js';
import { bytesOf, returnedHeads } from './returned-mail.js';

/** What a machine tells of a mail that we sent. */
export interface MailReport {
  /** Message-ID of that mail. */
  readonly messageId: string;
  /** To whom it went; undefined when the report does not say. */
  readonly recipient?: string;
  readonly status: DeliveryStatus;
  /** Enhanced status code such as `5.1.1`, or that of SMTP. */
  readonly code?: string;
  /** Why its recipient called it unwanted, as in RFC 5965. */
  readonly complaint?: string;
}

/** What {@link reportsOf} looks at. */
export interface ReportingMail {
  readonly mailClass: MailClass;
  readonly fields: readonly HeaderField[];
  readonly parts: readonly Pick<MimePart, 'contentType' | 'bytes'>[];
  /** The plain text. */
  readonly text: string;
}

type Outcome = Omit<MailReport, 'messageId'>;

const STATUS_OF_ACTION: Readonly<Record<string, DeliveryStatus>> = {
  failed: 'failed',
  delivered: 'delivered',
  relayed: 'sent',
  expanded: 'sent',
};

const DELIVERY_STATUS = ['message/delivery-status', 'message/global-delivery-status'];
const DISPOSITION = ['message/disposition-notification', 'message/global-disposition-notification'];

/** A report names a recipient for each group of its fields; more than these is no report of a mail. */
const MAX_OUTCOMES = 100;
const MAX_ADDRESS_CHARS = 320;
/** Where machines without a report part write the code: in the first lines. */
const SCANNED_CHARS = 20_000;

/** `rfc822; ha@khach.example` without its type. */
function addressOf(value: string | undefined): string | undefined {
  const address = value?.slice(value.indexOf(';') + 1).trim();
  return address === undefined || address === '' ? undefined : address.slice(0, MAX_ADDRESS_CHARS);
}

const codeIn = (text: string | undefined): string | undefined =>
  /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text ?? '')?.[1] ??
  /(?<![\d.])([45]\d\d)(?![\d.])/.exec(text ?? '')?.[1];

function outcomeOf(group: readonly HeaderField[]): Outcome | undefined {
  const status = STATUS_OF_ACTION[(firstField(group, 'action') ?? '').trim().toLowerCase()];
  if (status === undefined) return undefined;
  const recipient = addressOf(firstField(group, 'original-recipient') ?? firstField(group, 'final-recipient'));
  const code =
    status === 'failed'
      ? (codeIn(firstField(group, 'status')) ?? codeIn(firstField(group, 'diagnostic-code')))
      : undefined;
  return { status, ...present({ recipient, code }) };
}

/** The groups of fields of a delivery status, each about one recipient; a delay is not yet an outcome. */
function deliveryOutcomes(report: Buffer): readonly Outcome[] {
  const groups = report.toString('latin1').split(/\r?\n[ \t]*\r?\n/, MAX_OUTCOMES);
  return groups.flatMap((group) => outcomeOf(readHeaderFields(group)) ?? []);
}

/** A notification says that somebody saw the mail, or that it was deleted unseen, which tells nothing of use. */
function readOutcomes(notification: Buffer): readonly Outcome[] {
  const fields = readHeaderFields(notification.toString('latin1'));
  const disposition = (firstField(fields, 'disposition') ?? '').toLowerCase();
  if (!/;\s*displayed/.test(disposition)) return [];
  const recipient = addressOf(firstField(fields, 'original-recipient') ?? firstField(fields, 'final-recipient'));
  return [{ status: 'read', ...present({ recipient }) }];
}

/** What a bounce without a report part says in words. */
function spokenOutcome({ fields, text }: ReportingMail): Outcome {
  const code = codeIn(text.slice(0, SCANNED_CHARS));
  const recipient = /[^\s<>,;]+@[^\s<>,;]+/.exec(firstField(fields, 'x-failed-recipients') ?? '')?.[0];
  return { status: 'failed', ...present({ recipient: recipient?.slice(0, MAX_ADDRESS_CHARS), code }) };
}

function outcomesOf(mail: ReportingMail): readonly Outcome[] {
  if (mail.mailClass === 'receipt') return bytesOf(mail.parts, DISPOSITION).flatMap(readOutcomes);
  if (mail.mailClass !== 'bounce') return [];
  const reports = bytesOf(mail.parts, DELIVERY_STATUS);
  return reports.length === 0 ? [spokenOutcome(mail)] : reports.flatMap(deliveryOutcomes);
}

/** The first line of returned mail that names it; old servers paste the mail into the text. */
const PASTED_ID = /^[ \t>]*message-id:[ \t]*(<[^<>\s]{1,900}>)/im;

/** The mail that is reported on: as it came back, else as a read receipt names it, else as answered. */
function reportedMail({ fields, parts, text }: ReportingMail): string | undefined {
  const notified = bytesOf(parts, DISPOSITION).map((bytes) => readHeaderFields(bytes.toString('latin1')));
  const named = [
    ...returnedHeads(parts).map((head) => firstField(head, 'message-id')),
    ...notified.map((notification) => firstField(notification, 'original-message-id')),
    PASTED_ID.exec(text.slice(0, SCANNED_CHARS))?.[1],
    firstField(fields, 'in-reply-to'),
  ];
  const ids = named.flatMap((value) => readMessageIds(value).slice(0, 1));
  return ids[0] ?? readMessageIds(firstField(fields, 'references')).at(-1);
}

/**
 * Reads what a bounce or a read receipt says of a mail that we sent. Anybody who saw that mail can say so: it changes what
 * is shown of its delivery and nothing else.
 *
 * @returns one for each recipient; none when it does not name the mail, or tells of no outcome (a delay, a deletion unread)
 * @see RFC 3464, RFC 8098; docs/channels/email.md, "Automatic mail"
 */
export function reportsOf(mail: ReportingMail): readonly MailReport[] {
  const outcomes = outcomesOf(mail);
  const messageId = outcomes.length === 0 ? undefined : reportedMail(mail);
  return messageId === undefined ? [] : outcomes.map((outcome) => ({ messageId, ...outcome }));
}
