import { firstField, readMessageIds, type HeaderField } from './header-fields.js';
import type { MailClass } from './automatic-mail.js';

/** Ids that place a mail among others; without angle brackets. */
export interface MailThread {
  readonly messageId?: string;
  readonly inReplyTo: readonly string[];
  /** Root first. */
  readonly references: readonly string[];
  /** The provider's thread: one for all mails that grew from one root. */
  readonly threadId: string;
}

/** More ids than this are cut in the middle: the root and the nearest ancestors matter. */
const MAX_IDS = 40;

const few = (ids: readonly string[]): readonly string[] =>
  ids.length <= MAX_IDS ? ids : [ids[0]!, ...ids.slice(1 - MAX_IDS)];

/** Machine mail about a mail carries that mail's id and must not join, or open, its conversation. */
export const ABOUT_A_MAIL: ReadonlySet<MailClass> = new Set(['bounce', 'complaint', 'receipt']);

/**
 * Places a mail from its header alone: the root of `References`, else the first id of `In-Reply-To`, else the mail
 * itself. A conversation is further bound to one person and one account, so a stranger who knows an id joins nobody.
 *
 * What needs the store is left out: an id that we issued, the parent that names a root which a client cut off.
 *
 * @param key stands in for a Message-ID that is missing
 */
export function threadOf(fields: readonly HeaderField[], mailClass: MailClass, key: string): MailThread {
  const messageId = readMessageIds(firstField(fields, 'message-id'))[0];
  const inReplyTo = few(readMessageIds(firstField(fields, 'in-reply-to')));
  const references = few(readMessageIds(firstField(fields, 'references')));
  const root = ABOUT_A_MAIL.has(mailClass) ? undefined : (references[0] ?? inReplyTo[0]);
  return { messageId, inReplyTo, references, threadId: root ?? messageId ?? key };
}
