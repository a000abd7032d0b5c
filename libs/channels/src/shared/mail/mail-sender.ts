import type { InboundIdentity } from '@app/contracts';
import type { MailVerdict } from './authentication-results.js';
import type { MailClass } from './automatic-mail.js';
import type { AddressSet } from './mail-address.js';
import type { People, Person } from './mail-people.js';

/** Which way a mail went and who stands on the customer's side. */
export interface MailSender {
  readonly direction: 'inbound' | 'echo';
  readonly identity: InboundIdentity;
  /** From which the record key is made: the address, whatever it proves, so that one person's mails keep their order. */
  readonly senderId: string;
}

/** What {@link senderOf} decides on. */
export interface SenderFacts {
  readonly people: People;
  readonly own: AddressSet;
  /** Senders of web forms. */
  readonly relays: AddressSet;
  readonly verdict: MailVerdict | undefined;
  readonly mailClass: MailClass;
  /** Who complains through a mailbox provider, normalised; undefined when it is no complaint, or does not tell. */
  readonly complainer: string | undefined;
  /** More than one `From` field or author: it is unknown which of them the border looked at. */
  readonly severalAuthors: boolean;
  /** The mail lies in our folder of sent mail, where nobody else can put anything. */
  readonly sentByUs: boolean;
  readonly accountId: string;
}

/** A name that holds an address pretends to be somebody. */
const honestName = ({ name }: Person): { display_name?: string } =>
  name === '' || name.includes('@') ? {} : { display_name: name };

const namelessly = (address: string): Person => ({ address, name: '' });

function person(found: Person, proven: boolean): Pick<MailSender, 'identity' | 'senderId'> {
  const identity = {
    kind: proven ? 'email' : 'email_unverified',
    scope: '',
    value: found.address,
    authenticity: proven ? 'A2' : 'A1',
    ...honestName(found),
  } as const;
  return { identity, senderId: found.address };
}

function label(text: string, accountId: string): Pick<MailSender, 'identity' | 'senderId'> {
  const value = text.toLowerCase();
  const identity = { kind: 'sender_label', scope: accountId, value, authenticity: 'A0' } as const;
  return { identity, senderId: `label:${value}` };
}

/** A web form writes from us to us, with the visitor in `Reply-To`; what a form says is a claim. */
function visitorOfForm({ people, own }: SenderFacts): Person | undefined {
  const recipients = [...people.to, ...people.cc];
  if (recipients.length === 0 || !recipients.every(({ address }) => own.has(address))) return undefined;
  return people.replyTo.find(({ address }) => !own.has(address));
}

/** A form of somebody else's, sent by an address that the account names, counts only when that address is proven. */
function visitorOfRelay({ people, own, relays }: SenderFacts, author: Person, proven: boolean): Person | undefined {
  if (!proven || !relays.has(author.address)) return undefined;
  return people.replyTo.find(({ address }) => !own.has(address) && !relays.has(address));
}

/** What a mailbox provider passes on is by the one who complained, never by its machine; of whom it does not tell is a label. */
function complaint({ complainer, accountId }: SenderFacts): MailSender {
  const other =
    complainer === undefined ? label('unknown recipient', accountId) : person(namelessly(complainer), false);
  return { direction: 'inbound', ...other };
}

function echo(facts: SenderFacts, proven: boolean): MailSender {
  const { people, own, accountId } = facts;
  const visitor = facts.sentByUs ? undefined : visitorOfForm(facts);
  if (visitor !== undefined) return { direction: 'inbound', ...person(visitor, false) };
  const recipient = [...people.to, ...people.cc].find(({ address }) => !own.has(address));
  const other = recipient === undefined ? label('no recipient', accountId) : person(recipient, proven);
  return { direction: 'echo', ...other };
}

/**
 * Decides direction and identity of a mail.
 *
 * - From one of our addresses: `echo`, and the identity is the first recipient who is not us.
 * - The author's own domain let it out, as a trusted border says: `email` (A2).
 * - Anything else with an address: `email_unverified` (A1), a twin that cannot write into the real one's timeline.
 * - From a sender of web forms, proven: the visitor in `Reply-To`, `email_unverified`.
 * - A complaint: the recipient who complained, `email_unverified`; the label `unknown recipient` when it does not tell.
 * - Without a usable author, and for bounces: `sender_label`, which identifies nobody.
 *
 * @see identity design, section 3.2
 */
export function senderOf(facts: SenderFacts): MailSender {
  const { people, own, verdict, mailClass, accountId } = facts;
  const author = people.from[0];
  const proven = facts.sentByUs || (verdict?.aligned === true && !facts.severalAuthors);
  if (author !== undefined && (facts.sentByUs || own.has(author.address))) return echo(facts, proven);
  if (mailClass === 'complaint') return complaint(facts);
  if (author === undefined || mailClass === 'bounce') {
    const text = author?.address ?? people.fromText;
    return { direction: 'inbound', ...label(text === '' ? 'unknown sender' : text, accountId) };
  }
  const visitor = visitorOfRelay(facts, author, proven);
  if (visitor !== undefined) return { direction: 'inbound', ...person(visitor, false) };
  return { direction: 'inbound', ...person(author, proven) };
}
