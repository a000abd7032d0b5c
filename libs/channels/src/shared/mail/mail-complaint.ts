import { normaliseMailAddress } from '@app/identity';
import { present } from '@app/kernel';
import type { MailClass } from './automatic-mail.js';
import { isAligned } from './domain-alignment.js';
import { allFields, firstField, readHeaderFields, readMessageIds, type HeaderField } from './header-fields.js';
import { domainOf, type AddressSet } from './mail-address.js';
import type { MailReport } from './mail-report.js';
import type { MimePart } from './parse-mime.js';
import { returnedHeads } from './returned-mail.js';

/** Somebody told their mailbox provider that a mail of ours was unwanted; the provider passes it on. */
export interface MailComplaint {
  /** As the provider names it: `abuse`, `opt-out` or `opt-out-list`. */
  readonly type: string;
  /** Who complained, normalised; undefined when the report hides it, or when several could have. */
  readonly recipient?: string;
  /** Message-ID of the mail complained about; undefined when the report does not name it. */
  readonly messageId?: string;
}

/** What {@link complaintOf} looks at. */
export interface ComplainingMail {
  readonly mailClass: MailClass;
  readonly parts: readonly Pick<MimePart, 'contentType' | 'bytes'>[];
  /** Our addresses. */
  readonly own: AddressSet;
  /** It is not by whom it says it is by. */
  readonly isForged: boolean;
}

/** What says that somebody wants no more; the others tell of forgery, viruses or mail that was wanted after all. */
const UNWANTED = new Set(['abuse', 'opt-out', 'opt-out-list']);
/** Of reports without a feedback part, which one provider sends. */
const PLAIN_TYPE = 'abuse';

/** An address on which nobody reads: providers hide who complained (RFC 6590), as words or as a digest. */
const HIDDEN = /redacted|removed|hidden|^(x+|\*+|[0-9a-f]{32,}|[\w+/-]{20,}=+)$/i;
const ADDRESS = /[^\s<>"(),;:@]{1,64}@[^\s<>"(),;:@]{1,253}/gu;
const MAX_FIELD_CHARS = 10_000;

const isHidden = (address: string): boolean => HIDDEN.test(address.slice(0, address.lastIndexOf('@')));

const addressesIn = (values: readonly string[]): readonly string[] => {
  const written = values.flatMap((value) => value.slice(0, MAX_FIELD_CHARS).match(ADDRESS) ?? []);
  return [...new Set(written.flatMap((address) => normaliseMailAddress(address) ?? []))];
};

/** The one address of a source that can be a customer's; several leave open whose it is. */
function onePerson(values: readonly string[], own: AddressSet): string | undefined {
  const others = addressesIn(values).filter((address) => !own.has(address));
  return others.length === 1 && !isHidden(others[0]!) ? others[0] : undefined;
}

/** We send from our addresses, and newsletters from others of our organisation. */
const isOurs = (address: string, own: AddressSet): boolean =>
  own.has(address) || own.domains.some((domain) => isAligned(domain, domainOf(address)));

/**
 * Reads a complaint of a recipient about a mail that we sent. Anybody can write one, as anybody can write a bounce; it must be
 * about a mail from us, and not plainly forged.
 *
 * @returns undefined for other mail, and for feedback that is no wish to get no more
 * @see RFC 5965 sections 3.1 and 3.2; docs/channels/email.md, "Complaints"
 */
export function complaintOf({ mailClass, parts, own, isForged }: ComplainingMail): MailComplaint | undefined {
  if (mailClass !== 'complaint' || isForged) return undefined;
  const feedback = feedbackOf(parts);
  const type = feedback === undefined ? PLAIN_TYPE : (firstField(feedback, 'feedback-type') ?? '').trim().toLowerCase();
  if (!UNWANTED.has(type)) return undefined;
  const [mail = []] = returnedHeads(parts);
  const sender = addressesIn([...allFields(mail, 'from'), ...allFields(feedback ?? [], 'original-mail-from')])[0];
  if (sender === undefined || !isOurs(sender, own)) return undefined;
  const recipient =
    onePerson(allFields(feedback ?? [], 'original-rcpt-to'), own) ??
    onePerson(allFields(mail, 'x-hmxmroriginalrecipient'), own) ??
    onePerson([...allFields(mail, 'to'), ...allFields(mail, 'cc')], own);
  return { type, ...present({ recipient, messageId: readMessageIds(firstField(mail, 'message-id'))[0] }) };
}

function feedbackOf(parts: ComplainingMail['parts']): readonly HeaderField[] | undefined {
  const part = parts.find(({ contentType }) => contentType.toLowerCase() === 'message/feedback-report');
  return part && readHeaderFields(part.bytes?.toString('latin1') ?? '');
}

/** What a complaint tells of the mail that it is about: it arrived, and was not wanted. */
export function toReports({ type, recipient, messageId }: MailComplaint): readonly MailReport[] {
  if (messageId === undefined) return [];
  return [{ messageId, status: 'delivered', complaint: type, ...present({ recipient }) }];
}
