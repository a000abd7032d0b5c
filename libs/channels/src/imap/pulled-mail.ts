import type { ChannelAccount } from '@app/kernel';
import { readHeaderFields, splitMail } from '../shared/mail/header-fields.js';
import { readMailPolicy } from '../shared/mail/mail-policy.js';
import { isCheckWanted } from '../shared/mail/mail-verdict.js';
import { readMail } from '../shared/mail/parse-mail.js';
import type { MailContext, ParsedMail, ReceivedMail } from '../shared/mail/received-mail.js';
import { readImapSettings } from './imap-settings.js';

/** A mail as an IMAP server gave it. */
export interface PulledMail extends Pick<
  ReceivedMail,
  'source' | 'extent' | 'sizeBytes' | 'internalDate' | 'backfill' | 'check'
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
  const { source, extent, sizeBytes, internalDate, backfill, folder, check } = mail;
  return {
    source,
    extent,
    sizeBytes,
    ...(internalDate === undefined ? {} : { internalDate }),
    backfill,
    ...(check === undefined ? {} : { check }),
    deliveryId: transportIdOf(accountId, mail),
    sentByUs: folder === sentFolder,
    surroundings: JSON.stringify({ folder, internal_date: internalDate?.toISOString() }),
  };
}

/**
 * Whether a check of a mail's signatures can tell who let it out: the account wants one, the mail is whole, and no trusted
 * border has told already. What lies in our folder of sent mail needs none.
 */
export function asksForCheck({ source, extent, folder }: PulledMail, account: ChannelAccount): boolean {
  const { checkSignatures, sentFolder } = readImapSettings(account);
  if (!checkSignatures || extent !== 'whole' || folder === sentFolder) return false;
  return isCheckWanted(readHeaderFields(splitMail(source).head), readMailPolicy(account));
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
