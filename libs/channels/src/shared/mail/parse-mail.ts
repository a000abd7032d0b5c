import {
  inboundEventId,
  INBOUND_TYPES,
  MAX_TEXT_CHARS,
  type Attachment,
  type Content,
  type InboundEvent,
  type InboundIdentity,
  type MailFields,
  type MessageReceived,
} from '@app/contracts';
import { cleanIdentifier, cleanText, describeError } from '@app/kernel';
import type { KeptBytes } from '../../channel-adapter.js';
import { domainOf, AddressSet } from './mail-address.js';
import type { MailVerdict } from './authentication-results.js';
import { classifyMail, type MailClass } from './automatic-mail.js';
import { fitIntoRecord } from './fit-record.js';
import { mailKeys } from './fingerprint.js';
import { allFields, firstField, readHeaderFields, splitMail, type HeaderField } from './header-fields.js';
import { readMailPolicy } from './mail-policy.js';
import { isEncrypted } from './encrypted-mail.js';
import { complaintOf, toReports } from './mail-complaint.js';
import { originalAsAttachment, toAttachments } from './mail-attachments.js';
import { peopleOf, type People } from './mail-people.js';
import { unpackParts } from './mail-parts.js';
import { reportsOf, type MailReport } from './mail-report.js';
import { senderOf, type MailSender } from './mail-sender.js';
import { chooseMailText } from './mail-text.js';
import { visibleText } from './visible-text.js';
import { ABOUT_A_MAIL, threadOf, type MailThread } from './mail-thread.js';
import { chooseMailTime } from './mail-time.js';
import { parseMime, textOf, type ParsedMime } from './parse-mime.js';
import { verdictOf } from './mail-verdict.js';
import { prepareSource } from './prepare-source.js';
import { repairFontText } from './repair-font-text.js';
import { referenceTo, toBlob, type MailContext, type ParsedMail, type ReceivedMail } from './received-mail.js';
import { spoofSignals } from './spoof-signals.js';

const MAX_SUBJECT_CHARS = 1_000;
const MAX_TIMESTAMP_CHARS = 100;

/** What is known of a mail whether or not it can be parsed. */
interface Envelope {
  readonly mail: ReceivedMail;
  readonly context: MailContext;
  readonly fields: readonly HeaderField[];
  /** Stands for the mail within the account; equal for every copy. */
  readonly key: string;
  readonly original: KeptBytes;
  readonly partial: boolean;
}

/** What the content of a mail adds to its event. */
interface Substance {
  readonly sender: MailSender;
  readonly thread: MailThread;
  /** Message-ID of the mail that this one answers. */
  readonly answers?: string | undefined;
  readonly content: Content;
  readonly attachments: readonly Attachment[];
  readonly mailFields?: MailFields;
  readonly flags: readonly string[];
  readonly blobs: readonly KeptBytes[];
  readonly reports: readonly MailReport[];
}

function openEnvelope(mail: ReceivedMail, context: MailContext): Envelope {
  const split = splitMail(mail.source);
  const fields = readHeaderFields(split.head);
  const partial = mail.extent !== 'whole';
  // The body of a partial mail is unknown; its size stands in, which copies share as well.
  const body = partial ? Buffer.from(`size:${mail.sizeBytes}`) : split.body;
  const { dedupeKey } = mailKeys(context.account.externalId, { ...split, body }, fields);
  return { mail, context, fields, key: dedupeKey, original: toBlob(mail.source, 'message/rfc822'), partial };
}

function cleanSubject(mime: ParsedMime): string {
  const { text } = cleanText(textOf(mime.headers, 'subject') ?? '', { nul: 'remove', maxChars: MAX_SUBJECT_CHARS });
  return repairFontText(text.replace(/\s+/g, ' ').trim());
}

function toMailFields(
  people: People,
  thread: MailThread,
  verdict: MailVerdict | undefined,
  mailClass: MailClass,
): MailFields {
  const addresses = (list: People['to']): string[] => list.map(({ address }) => address);
  const ids = (list: readonly string[]): string[] => list.map(cleanIdentifier);
  const results = { spf: verdict?.spf, dkim: verdict?.dkim, dmarc: verdict?.dmarc };
  const known = Object.fromEntries(Object.entries(results).filter(([, result]) => result !== undefined));
  return {
    ...(thread.messageId === undefined ? {} : { message_id: cleanIdentifier(thread.messageId) }),
    in_reply_to: ids(thread.inReplyTo),
    references: ids(thread.references),
    from: addresses(people.from),
    to: addresses(people.to),
    cc: addresses(people.cc),
    reply_to: addresses(people.replyTo),
    authentication: known,
    ...(mailClass === 'normal' ? {} : { auto_submitted: mailClass }),
  };
}

function toContent(
  mime: ParsedMime,
  html: KeptBytes | undefined,
): { readonly content: Content; readonly flags: readonly string[] } {
  const chosen = chooseMailText(mime);
  const { text, truncated } = cleanText(repairFontText(chosen.text), { nul: 'remove', maxChars: MAX_TEXT_CHARS });
  const subject = cleanSubject(mime);
  const visible = visibleText(text);
  const content = {
    type: 'text',
    text,
    ...(visible.text === text ? {} : { visible_text: visible.text }),
    ...(subject === '' ? {} : { subject }),
    ...(html === undefined ? {} : { html_ref: referenceTo(html) }),
  } as const;
  const flags = [...(truncated || chosen.truncated ? ['truncated'] : []), ...(visible.forwarded ? ['forwarded'] : [])];
  return { content, flags };
}

/** The customer is not the author, but the visitor whom the author's form names. */
const isForm = ({ identity, direction }: MailSender, { from, replyTo }: People): boolean =>
  direction === 'inbound' &&
  identity.value !== from[0]?.address &&
  replyTo.some(({ address }) => address === identity.value);

/** A mail is answered by people; what a machine reports on is no answer. */
function repliesTo({ inReplyTo, references }: MailThread, mailClass: MailClass): string | undefined {
  return ABOUT_A_MAIL.has(mailClass) ? undefined : (inReplyTo[0] ?? references.at(-1));
}

function substanceOf(envelope: Envelope, packed: ParsedMime): Substance {
  const mime = unpackParts(packed);
  const { fields, mail, context, original, partial } = envelope;
  const policy = readMailPolicy(context.account);
  const people = peopleOf(mime.headers);
  const author = people.from[0];
  const fromDomain = author === undefined ? undefined : domainOf(author.address);
  const verdict = verdictOf({ fields, policy, fromDomain, check: mail.check });
  const mailClass = classifyMail({
    fields,
    partTypes: mime.parts.map(({ contentType }) => contentType.toLowerCase()),
    fromAddress: author?.address,
    fromName: author?.name ?? people.fromText,
    subject: cleanSubject(mime),
  });
  const own = new AddressSet([context.account.externalId, ...policy.aliases]);
  // No mailbox provider writes in our name.
  const isForged = verdict?.dmarc === 'fail' || (author !== undefined && own.has(author.address));
  const complaint = complaintOf({ mailClass, parts: packed.parts, own, isForged });
  const sender = senderOf({
    people,
    own,
    relays: new AddressSet(policy.formRelays),
    verdict,
    mailClass,
    complainer: complaint?.recipient,
    severalAuthors: people.from.length !== 1 || allFields(fields, 'from').length !== 1,
    sentByUs: mail.sentByUs,
    accountId: context.account.id,
  });
  const thread = threadOf(fields, mailClass, envelope.key);
  const html =
    mime.html === undefined || mime.html.trim() === ''
      ? undefined
      : toBlob(Buffer.from(mime.html), 'text/html; charset=utf-8');
  const { content, flags } = toContent(mime, html);
  return {
    sender,
    thread,
    answers: complaint?.messageId ?? repliesTo(thread, mailClass),
    content,
    attachments: partial
      ? [wholeOnServer(envelope)]
      : toAttachments(mime.parts, mime.html ?? '', referenceTo(original)),
    mailFields: toMailFields(people, thread, verdict, mailClass),
    flags: [
      ...flags,
      ...(complaint?.recipient === undefined ? [] : ['opt_out']),
      ...(isEncrypted({ fields, parts: mime.parts, text: content.text ?? '' }) ? ['encrypted'] : []),
      ...(sender.direction === 'inbound'
        ? spoofSignals({ people, own, verdict, mailClass, isForm: isForm(sender, people) })
        : []),
    ],
    blobs: html === undefined ? [original] : [original, html],
    reports:
      complaint === undefined
        ? reportsOf({ mailClass, fields, parts: packed.parts, text: content.text ?? '' })
        : toReports(complaint),
  };
}

const wholeOnServer = ({ mail }: Envelope): Attachment =>
  originalAsAttachment({ state: 'pending', source: 'imap', locator: mail.deliveryId }, mail.sizeBytes);

/** A mail of which nothing can be said but that it is there; its bytes can be opened by hand and parsed again. */
function unreadable(envelope: Envelope): Substance {
  const { context, original, mail, partial } = envelope;
  const identity: InboundIdentity = {
    kind: 'sender_label',
    scope: context.account.id,
    value: 'unknown sender',
    authenticity: 'A0',
  };
  const kept = originalAsAttachment(
    { state: 'stored', source: 'blob', locator: referenceTo(original) },
    mail.source.length,
  );
  return {
    sender: { direction: 'inbound', identity, senderId: 'label:unknown sender' },
    thread: threadOf(envelope.fields, 'normal', envelope.key),
    content: { type: 'unsupported', provider_type: 'message/rfc822' },
    attachments: partial ? [wholeOnServer(envelope)] : [kept],
    flags: ['unreadable'],
    blobs: [original],
    reports: [],
  };
}

const verificationOf = ({ verification }: MailContext): MessageReceived['verification'] =>
  verification === undefined
    ? { method: 'pull' }
    : { method: verification.method, ...(verification.keyId === undefined ? {} : { key_id: verification.keyId }) };

function toMessage(envelope: Envelope, substance: Substance): MessageReceived {
  const { mail, context, fields, key, original } = envelope;
  const { occurredAt, clockAdjusted } = chooseMailTime(fields, mail.internalDate, context.receivedAt);
  const date = firstField(fields, 'date');
  const flags = [
    ...substance.flags,
    ...(clockAdjusted ? ['clock_adjusted'] : []),
    ...(mail.extent === 'beginning' ? ['size_limited'] : []),
    ...(mail.backfill ? ['backfill'] : []),
  ];
  return fitIntoRecord({
    channel: 'email',
    account_id: context.account.id,
    direction: substance.sender.direction,
    identity: substance.sender.identity,
    provider: {
      name: context.account.provider,
      message_id: key,
      conversation_id: cleanIdentifier(substance.thread.threadId),
      event_id: mail.deliveryId,
      ...(date ? { timestamp: cleanText(date, { nul: 'remove', maxChars: MAX_TIMESTAMP_CHARS }).text } : {}),
    },
    message_kind: 'message',
    occurred_at: occurredAt.toISOString(),
    received_at: context.receivedAt.toISOString(),
    verification: verificationOf(context),
    raw: {
      media_type: 'message/rfc822',
      encoding: 'reference',
      data: referenceTo(original),
      context: mail.surroundings,
    },
    content: substance.content,
    attachments: [...substance.attachments],
    ...(substance.answers === undefined
      ? {}
      : { reply_to: { message_kind: 'mail', provider_message_id: cleanIdentifier(substance.answers) } }),
    ...(substance.mailFields === undefined ? {} : { mail: substance.mailFields }),
    ...(flags.length === 0 ? {} : { flags }),
  });
}

/**
 * A report as an event of its own, beside the mail that brought it: Message-ID, recipient and outcome stand for it, so
 * that a report that is repeated is one.
 */
function toReceipt(message: MessageReceived, report: MailReport): InboundEvent {
  const { messageId, recipient, status, code, complaint } = report;
  const {
    content: _content,
    attachments: _attachments,
    mail: _mail,
    reply_to: _answered,
    flags: _flags,
    ...frame
  } = message;
  const named = cleanIdentifier(messageId);
  const tuple = JSON.stringify([
    named,
    recipient === undefined ? '' : cleanIdentifier(recipient),
    status,
    code ?? complaint ?? '',
  ]);
  return {
    id: inboundEventId({ accountId: message.account_id, eventKind: 'receipt', messageId: tuple }),
    type: INBOUND_TYPES.receipt,
    data: {
      ...frame,
      direction: 'echo',
      message_kind: 'mail',
      provider: { ...frame.provider, message_id: tuple },
      status,
      message_ids: [named],
      ...(code === undefined ? {} : { error: { code } }),
      ...(complaint === undefined ? {} : { complaint }),
    },
  };
}

/** What the head alone tells of a mail that the server could not deliver. */
function withoutBody(read: Substance): Substance {
  const { text: _none, visible_text: _nor, html_ref: _neither, ...content } = read.content;
  return {
    ...read,
    content: { ...content, type: 'unsupported', provider_type: 'message/rfc822' },
    flags: ['unreadable'],
    reports: [],
  };
}

/** The content, or a word for why there is none. */
async function readSubstance(envelope: Envelope): Promise<Substance | string> {
  try {
    const { bytes, isMended } = prepareSource(envelope.mail.source);
    const result = await parseMime(bytes, { timeoutMs: envelope.context.timeoutMs });
    if (!result.ok) return result.reason;
    const substance = substanceOf(envelope, result.mime);
    if (envelope.mail.extent === 'head') return withoutBody(substance);
    return isMended ? { ...substance, flags: [...substance.flags, 'mended'] } : substance;
  } catch (error) {
    // A fault of ours on one mail must not stop the mailbox; the caller logs it and the original can be parsed again.
    return describeError(error);
  }
}

function outcomeOf({ extent }: ReceivedMail): ParsedMail['outcome'] {
  if (extent === 'whole') return 'parsed';
  return extent === 'beginning' ? 'size_limited' : 'unreadable';
}

/**
 * Makes the canonical event of a mail. It has no clock, network or database: the same bytes give the same event, apart
 * from the times it is told. It never throws for what a mail contains: one that cannot be parsed is kept whole, as
 * content of type `unsupported` with the flag `unreadable`.
 *
 * Identity of the event: mailbox, Message-ID and fingerprint, so that copies in two folders are one mail and different
 * mails that share a Message-ID are two.
 *
 * @see docs/channels/email.md
 */
export async function readMail(mail: ReceivedMail, context: MailContext): Promise<ParsedMail> {
  const envelope = openEnvelope(mail, context);
  const read = await readSubstance(envelope);
  const fault = typeof read === 'string' ? read : undefined;
  const substance = typeof read === 'string' ? unreadable(envelope) : read;
  const { account } = context;
  const id = inboundEventId({ accountId: account.id, eventKind: 'message', messageId: envelope.key });
  const data = toMessage(envelope, substance);
  const { senderId } = substance.sender;
  return {
    event: { id, type: INBOUND_TYPES.received, data },
    account,
    senderId,
    reports: substance.reports.map((report) => ({ event: toReceipt(data, report), account, senderId })),
    blobs: substance.blobs,
    ...(fault === undefined ? {} : { fault }),
    outcome: fault !== undefined ? 'unreadable' : outcomeOf(mail),
  };
}
