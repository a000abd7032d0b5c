import { AppError } from '@app/kernel';

/** The mail server is away, refuses, or broke off. */
export class MailServerError extends AppError {
  readonly code = 'mail_server_unavailable';
  readonly retryable = true;

  constructor(
    /** A word for logs, without anything of a customer. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`The mail server is not available (${reason})`, { cause });
  }

  /** Fast retries after a refused password or token lock accounts. */
  get refusesLogin(): boolean {
    return /^(login|token) refused/.test(this.reason);
  }
}

/** Fetching these mails failed; the connection may be gone. */
export class FetchError extends AppError {
  readonly code = 'mail_fetch_failed';
  readonly retryable = true;

  constructor(
    readonly uids: readonly number[],
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`A fetch of ${uids.length} mails failed (${reason})`, { cause });
  }
}

/** Another process pulls this mailbox now. */
export class MailboxTakenError extends AppError {
  readonly code = 'mailbox_taken';
  readonly retryable = true;

  constructor() {
    super('Another process pulls this mailbox');
  }
}

/** Names a failure of the mail client without its text: a server may put addresses or subjects there. */
export function reasonOf(error: unknown): string {
  const { authenticationFailed, code, serverResponseCode, mailboxMissing, responseStatus } = error as {
    authenticationFailed?: boolean;
    code?: unknown;
    serverResponseCode?: unknown;
    mailboxMissing?: boolean;
    responseStatus?: unknown;
  };
  if (authenticationFailed) return 'login refused';
  if (mailboxMissing) return 'there is no such folder';
  const word = [serverResponseCode, code, responseStatus].find((part) => typeof part === 'string' && part !== '');
  return typeof word === 'string' ? word.slice(0, 60) : error instanceof Error ? error.name : 'unknown';
}
