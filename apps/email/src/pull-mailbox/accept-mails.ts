import { CONNECTOR_OF_CHANNEL, uuidV7 } from '@app/contracts';
import { parseMail, type ParsedMail, type PulledMail } from '@app/channels';
import { toDeadLetter, toRecord } from '@app/ingress';
import { PermanentRecordError, type ChannelAccount, type Clock, type Logger, type Metrics } from '@app/kernel';
import type { BlobRepository } from '@app/persistence';
import type { OutgoingRecord, StreamProducer } from '@app/stream';
import type { SignatureChecker } from '../check-signatures/signature-checker.js';

/** What mails are read, stored and appended with. */
export interface AcceptParts {
  readonly stream: StreamProducer;
  readonly blobs: Pick<BlobRepository, 'putAll'>;
  readonly checker: Pick<SignatureChecker, 'checkAll'>;
  readonly senderHmacKey: Buffer;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

const APPEND_TIMEOUT_MS = 10_000;
const PARSE_TIMEOUT_MS = 30_000;

/** The mail, then what it reports on others. */
function recordsOf({ reports, ...mail }: ParsedMail, { senderHmacKey, clock }: AcceptParts): readonly OutgoingRecord[] {
  const correlationId = uuidV7(clock.now());
  return [mail, ...reports].map(({ event, account, senderId }) =>
    toRecord(event, account, senderId, { senderHmacKey, correlationId }),
  );
}

/** What stands for a mail whose event the stream refuses: the reference to its stored bytes. */
function deadLetterOf(mail: ParsedMail, error: PermanentRecordError, { clock }: AcceptParts): OutgoingRecord {
  const { raw } = mail.event.data;
  return toDeadLetter(
    { code: error.code, detail: error.message, bytes: Buffer.from(raw.data), key: mail.event.id },
    {
      service: CONNECTOR_OF_CHANNEL.email,
      account: mail.account,
      mediaType: 'text/plain',
      failedAt: clock.now(),
    },
  );
}

async function append(mails: readonly ParsedMail[], parts: AcceptParts): Promise<void> {
  const records = mails.flatMap((mail) => recordsOf(mail, parts));
  const finish = parts.metrics.appendSeconds.startTimer();
  try {
    await parts.stream.append(records, { timeoutMs: APPEND_TIMEOUT_MS });
  } finally {
    finish();
  }
}

/** @returns false when the stream refuses one of them for its own sake */
async function appendTogether(mails: readonly ParsedMail[], parts: AcceptParts): Promise<boolean> {
  try {
    await append(mails, parts);
    return true;
  } catch (error) {
    if (!(error instanceof PermanentRecordError)) throw error;
    return false;
  }
}

/** Stores mails one by one, after one among them was refused for its own sake: that one becomes a dead letter. */
async function storeSingly(mails: readonly ParsedMail[], parts: AcceptParts): Promise<void> {
  for (const mail of mails) {
    try {
      await parts.blobs.putAll(mail.blobs);
      await append([mail], parts);
    } catch (error) {
      if (!(error instanceof PermanentRecordError)) throw error;
      await parts.stream.append([deadLetterOf(mail, error, parts)], { timeoutMs: APPEND_TIMEOUT_MS });
      parts.metrics.deadLetters.inc({
        service: CONNECTOR_OF_CHANNEL.email,
        account: mail.account.id,
        code: error.code,
      });
      parts.logger.warn({ account: mail.account.id, event: mail.event.id, code: error.code }, 'A mail was set aside');
    }
  }
}

/**
 * Makes events of mails. What cannot be read is kept unread. While one is read, the signatures of those that follow are checked.
 */
export async function readMails(
  mails: readonly PulledMail[],
  account: ChannelAccount,
  { clock, logger, checker }: Pick<AcceptParts, 'clock' | 'logger' | 'checker'>,
): Promise<readonly ParsedMail[]> {
  const checks = checker.checkAll(mails, account);
  const parsed: ParsedMail[] = [];
  for (const [index, mail] of mails.entries()) {
    const check = await checks[index];
    const checked = check === undefined ? mail : { ...mail, check };
    const result = await parseMail(checked, { account, receivedAt: clock.now(), timeoutMs: PARSE_TIMEOUT_MS });
    if (result.fault !== undefined) {
      const { uid, folder } = mail;
      logger.warn({ account: account.id, folder, uid, fault: result.fault }, 'A mail is kept unread');
    }
    parsed.push(result);
  }
  return parsed;
}

/**
 * Makes the bytes of mails durable, before anything refers to them.
 *
 * @returns false when the store refuses some for their own sake; which, {@link appendMails} finds out
 * @throws StoreUnavailableError
 */
export async function storeMails(
  parsed: readonly ParsedMail[],
  { blobs }: Pick<AcceptParts, 'blobs'>,
): Promise<boolean> {
  try {
    await blobs.putAll(parsed.flatMap((mail) => mail.blobs));
    return true;
  } catch (error) {
    if (!(error instanceof PermanentRecordError)) throw error;
    return false;
  }
}

/**
 * Makes the events of mails durable, in order. Resolved means that the stream acknowledged every one of them; rejected means
 * unknown, and the caller repeats with equal ids.
 *
 * @param areStored whether {@link storeMails} stored all their bytes
 * @throws StreamUnavailableError, StoreUnavailableError
 */
export async function appendMails(
  parsed: readonly ParsedMail[],
  areStored: boolean,
  account: ChannelAccount,
  parts: AcceptParts,
): Promise<void> {
  if (!areStored || !(await appendTogether(parsed, parts))) await storeSingly(parsed, parts);
  for (const { outcome } of parsed) parts.metrics.mailboxMails.inc({ account: account.id, outcome });
  const events = parsed.reduce((sum, { reports }) => sum + 1 + reports.length, 0);
  parts.metrics.eventsAccepted.inc({ channel: 'email', account: account.id }, events);
}
