import { firstField, type HeaderField } from './header-fields.js';

/** What wrote a mail: a person (`normal`) or which kind of program. */
export type MailClass = 'normal' | 'bounce' | 'complaint' | 'receipt' | 'autoreply' | 'auto' | 'bulk';

/** What {@link classifyMail} looks at. */
export interface MailTraits {
  readonly fields: readonly HeaderField[];
  /** Types of all parts that are no text, in lower case. */
  readonly partTypes: readonly string[];
  /** Normalised address of the author. */
  readonly fromAddress?: string;
  readonly fromName: string;
  /** Decoded, NFC. */
  readonly subject: string;
}

const BOUNCE_SUBJECT =
  /^(undeliverable|undelivered|mail delivery failed|mail delivery failure|mail delivery system|delivery status notification|delivery failure|delivery has failed|returned mail|failure notice|message could not be delivered|delivery report|delivery incomplete|mail system error|không thể gửi|thư trả lại|thư bị trả lại|chưa gửi được)/iu;
const AUTOREPLY_SUBJECT =
  /^(auto(matic|mated)?[- ]?(reply|response)|out of (the )?office|ooo(?![\p{L}\p{N}])|vacation|away from|trả lời tự động|thư trả lời tự động|phản hồi tự động|tự động trả lời|vắng mặt)/iu;
const DAEMON = /^(mailer-daemon|mail-daemon|mdaemon)([+._-]|$)/;

const has = (fields: readonly HeaderField[], name: string): boolean => firstField(fields, name) !== undefined;

interface Facts extends MailTraits {
  readonly type: string;
  readonly reportType: string | undefined;
  readonly local: string;
  readonly nullReturn: boolean;
  readonly bounceSubject: boolean;
  readonly autoSubmitted: string | undefined;
  readonly precedence: string;
}

function gather(traits: MailTraits): Facts {
  const { fields, fromAddress } = traits;
  const type = (firstField(fields, 'content-type') ?? '').toLowerCase();
  const autoSubmitted = firstField(fields, 'auto-submitted')
    ?.replace(/\([^()]*\)/g, '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  return {
    ...traits,
    type,
    reportType: /report-type\s*=\s*"?([a-z-]+)/.exec(type)?.[1],
    local: fromAddress?.slice(0, fromAddress.lastIndexOf('@')) ?? '',
    nullReturn: /^<\s*>$/.test(firstField(fields, 'return-path') ?? ''),
    bounceSubject: BOUNCE_SUBJECT.test(traits.subject),
    autoSubmitted,
    precedence: (firstField(fields, 'precedence') ?? '').trim().toLowerCase(),
  };
}

const holds = (facts: Facts, ...types: readonly string[]): boolean =>
  types.some((type) => facts.type.startsWith(type) || facts.partTypes.includes(type));

function fromDaemon({ local, fromAddress, fromName }: Facts): boolean {
  return (
    DAEMON.test(local) || /^mailer-daemon$/i.test(fromName.trim()) || (!fromAddress && /mailer-daemon/i.test(fromName))
  );
}

function fromPostmaster({ local, fields, nullReturn, bounceSubject, autoSubmitted }: Facts): boolean {
  if (local !== 'postmaster' && local !== 'post_master') return false;
  const returnPath = firstField(fields, 'return-path');
  const daemonReturn = /^<?(mailer-daemon|mail-daemon|mdaemon|postmaster)/i.test(returnPath ?? '');
  return (
    nullReturn || bounceSubject || (autoSubmitted ?? '').startsWith('auto-') || returnPath === undefined || daemonReturn
  );
}

/** Complaints of outlook.com are no reports: an ordinary mail with the mail complained about. */
const fromOutlookStaff = (facts: Facts): boolean =>
  facts.fromAddress === 'staff@hotmail.com' &&
  /^complaint about message from/i.test(facts.subject) &&
  facts.partTypes.includes('message/rfc822');

/** Decision list; the first rule that holds decides. Only half of all real bounces are `multipart/report`. */
const RULES: readonly (readonly [MailClass, (facts: Facts) => boolean])[] = [
  ['complaint', ({ type, reportType }) => type.startsWith('multipart/report') && reportType === 'feedback-report'],
  [
    'receipt',
    ({ type, reportType }) => type.startsWith('multipart/report') && reportType === 'disposition-notification',
  ],
  ['bounce', ({ type }) => type.startsWith('multipart/report')],
  ['bounce', (facts) => holds(facts, 'message/delivery-status', 'message/global-delivery-status')],
  ['complaint', (facts) => holds(facts, 'message/feedback-report')],
  ['complaint', fromOutlookStaff],
  ['bounce', ({ fields }) => has(fields, 'x-failed-recipients')],
  ['bounce', fromDaemon],
  [
    'bounce',
    (facts) =>
      facts.bounceSubject &&
      (holds(facts, 'message/rfc822', 'text/rfc822-headers', 'message/global') || facts.fromAddress === undefined),
  ],
  ['bounce', fromPostmaster],
  ['bounce', ({ nullReturn, bounceSubject }) => nullReturn && bounceSubject],
  ['autoreply', ({ autoSubmitted }) => autoSubmitted === 'auto-replied'],
  ['auto', ({ autoSubmitted }) => autoSubmitted !== undefined && autoSubmitted !== '' && autoSubmitted !== 'no'],
  [
    'autoreply',
    ({ fields, precedence }) =>
      ['x-autoreply', 'x-autorespond', 'x-autoreply-from'].some((name) => has(fields, name)) ||
      precedence === 'auto_reply',
  ],
  ['autoreply', ({ subject }) => AUTOREPLY_SUBJECT.test(subject)],
  ['auto', ({ nullReturn }) => nullReturn],
  [
    'bulk',
    ({ fields, precedence }) =>
      ['list-id', 'list-post', 'list-unsubscribe', 'feedback-id'].some((name) => has(fields, name)) ||
      ['bulk', 'list', 'junk'].includes(precedence),
  ],
];

/**
 * Tells what wrote a mail. It decides before threading: many servers put `In-Reply-To` into bounces.
 *
 * @see docs/channels/email.md, "Automatic mail"; RFC 3834, RFC 3464, RFC 5965
 */
export function classifyMail(traits: MailTraits): MailClass {
  const facts = gather(traits);
  return RULES.find(([, holdsFor]) => holdsFor(facts))?.[0] ?? 'normal';
}
