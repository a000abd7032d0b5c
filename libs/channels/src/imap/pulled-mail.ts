import { readMail } from '../shared/mail/parse-mail.js';
import type { MailContext, ParsedMail, ReceivedMail } from '../shared/mail/received-mail.js';
import { readImapSettings } from './imap-settings.js';

/** A mail as an IMAP server gave it. */
export interface PulledMail extends Pick<
  ReceivedMail,
  'source' | 'extent' | 'sizeBytes' | 'internalDate' | 'backfill'
> {
  readonly folder: string;
  /** Decimal. */
  readonly uidValidity: string;
  readonly uid: number;
}

/** Names one delivery: where the mail lies. */
const transportIdOf = (accountId: string, { folder, uidValidity, uid }: PulledMail): string =>
  `imap:${accountId}:${folder}:${uidValidity}:${uid}`;

/** @param sentFolder folder of sent mail, if there is one */
function toReceivedMail(mail: PulledMail, accountId: string, sentFolder: string | undefined): ReceivedMail {
  const { source, extent, sizeBytes, internalDate, backfill, folder } = mail;
  return {
    source,
    extent,
    sizeBytes,
    ...(internalDate === undefined ? {} : { internalDate }),
    backfill,
    deliveryId: transportIdOf(accountId, mail),
    sentByUs: folder === sentFolder,
    surroundings: JSON.stringify({ folder, internal_date: internalDate?.toISOString() }),
  };
}

/**
 * Makes the canonical event of a mail that was pulled from a mailbox.
 *
 * @see readMail
 */
export async function parseMail(mail: PulledMail, context: MailContext): Promise<ParsedMail> {
  const { sentFolder } = readImapSettings(context.account);
  return await readMail(toReceivedMail(mail, context.account.id, sentFolder), context);
}
