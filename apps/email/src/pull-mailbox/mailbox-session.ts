import { ImapFlow, type FetchMessageObject, type FetchQueryObject, type SearchObject } from 'imapflow';
import type { ImapSettings } from '@app/channels';
import type { MailLogin } from '../mailbox-login/mailbox-login.js';
import type { FolderStatus } from './mailbox-state.js';
import type { FetchPlan, MailSize } from './plan-fetches.js';
import { FetchError, MailServerError, reasonOf } from './pull-errors.js';

/** A mail's size and receive time. */
export interface MailMeta extends MailSize {
  readonly internalDate?: Date;
  /** Nobody has sent it yet: folders of all mail hold such too. */
  readonly isDraft?: boolean;
}

/** Bytes of a mail, as far as they were asked for. */
export interface FetchedMail {
  readonly uid: number;
  readonly source: Buffer;
}

/** Beginning of a mail that is too large to be fetched whole. */
const BEGINNING_BYTES = 1_048_576;
const LOGOUT_MS = 5_000;
const NO_BYTES = Buffer.alloc(0);

/** What a session tells while it is open. */
export interface SessionListener {
  /** The number of mails grew: look now, nothing more. */
  grew(): void;
  closed(): void;
}

/** Where and how a session connects. */
export interface SessionTarget {
  readonly settings: ImapSettings;
  readonly login: MailLogin;
  readonly folder: string;
}

function createClient({ settings, login }: SessionTarget): ImapFlow {
  return new ImapFlow({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    ...(settings.requireStartTls ? { doSTARTTLS: true } : {}),
    auth:
      login.accessToken === undefined
        ? { user: settings.user, pass: settings.password }
        : { user: settings.user, accessToken: login.accessToken },
    // The client's own log holds commands, and with them addresses.
    logger: false,
    // IDLE starts this long after the last command: mail that arrives meanwhile is told at once when it starts.
    autoIdleDelay: 200,
    // Middleboxes drop silent connections after ten minutes.
    maxIdleTime: 300_000,
    missingIdleCommand: 'STATUS',
    connectionTimeout: 30_000,
    greetingTimeout: 16_000,
    socketTimeout: 420_000,
    maxLiteralSize: settings.maxMailBytes + 16 * BEGINNING_BYTES,
    clientInfo: { name: 'omniline' },
  });
}

const dateOf = (value: Date | string | undefined): Date | undefined => {
  const date = value === undefined ? undefined : new Date(value);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

const QUERIES: Readonly<Record<Exclude<FetchPlan['extent'], 'nothing'>, FetchQueryObject>> = {
  whole: { uid: true, source: true },
  beginning: { uid: true, source: { start: 0, maxLength: BEGINNING_BYTES } },
  head: { uid: true, headers: true },
};

/**
 * Path of a folder. One that is named by its use (`\\All`, `\\Junk`, `\\Sent`: RFC 6154) has a path of the account's language.
 *
 * @throws MailServerError when no folder has that use
 */
async function pathOf(client: ImapFlow, folder: string): Promise<string> {
  if (!folder.startsWith('\\')) return folder;
  const found = (await client.list()).find(({ specialUse }) => specialUse?.toLowerCase() === folder.toLowerCase());
  if (found === undefined) throw new MailServerError('there is no such folder');
  return found.path;
}

/**
 * One connection that has one folder open for reading only: nothing here marks a mail as read. It is used once; after a
 * failure the caller opens another.
 */
export class MailboxSession {
  private open = true;

  private constructor(
    private readonly client: ImapFlow,
    private readonly folder: string,
    /** As the server said it when the folder was opened; it grows stale. */
    readonly status: FolderStatus,
    /** Whether the server tells of new mail by itself. */
    readonly notifies: boolean,
  ) {}

  /** @throws MailServerError when the server cannot be reached, refuses the login or has no such folder */
  static async connect(target: SessionTarget, listener: SessionListener): Promise<MailboxSession> {
    const client = createClient(target);
    // Without a listener an error of the connection would end the process; `close` follows and is listened to.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const folder = await pathOf(client, target.folder);
      const lock = await client.getMailboxLock(folder, { readOnly: true });
      lock.release();
      const { mailbox } = client;
      if (mailbox === false) throw new MailServerError('no folder is open');
      const status = { uidValidity: String(mailbox.uidValidity), uidNext: mailbox.uidNext };
      const session = new MailboxSession(client, folder, status, client.capabilities.has('IDLE'));
      client.on('exists', () => listener.grew());
      client.on('close', () => {
        session.open = false;
        listener.closed();
      });
      if (!client.usable) throw new MailServerError('the connection was closed');
      return session;
    } catch (error) {
      client.close();
      throw error instanceof MailServerError ? error : new MailServerError(reasonOf(error), error);
    }
  }

  get isOpen(): boolean {
    return this.open && this.client.usable;
  }

  /** State of the folder now, asked of the server. @throws MailServerError */
  async currentStatus(): Promise<FolderStatus> {
    const status = await this.ask(() => this.client.status(this.folder, { uidNext: true, uidValidity: true }));
    if (!status || status.uidValidity === undefined) throw new MailServerError('the server did not tell the state');
    return { uidValidity: String(status.uidValidity), uidNext: Number(status.uidNext) };
  }

  /** UIDs from `from` on, ascending. @throws MailServerError */
  async uidsFrom(from: number): Promise<readonly number[]> {
    // `n:*` always holds the last mail, even when its UID is below n.
    return (await this.search({ uid: `${from}:*` })).filter((uid) => uid >= from);
  }

  /** UIDs within a range, ascending. @param since leaves out mails that the server received earlier, to the day */
  async uidsBetween(from: number, to: number, since: Date | undefined): Promise<readonly number[]> {
    const uids = await this.search({ uid: `${from}:${to}`, ...(since === undefined ? {} : { since }) });
    return uids.filter((uid) => uid >= from && uid <= to);
  }

  /** UIDs within stretches, ascending. @throws MailServerError */
  async uidsWithin(stretches: readonly { readonly from: number; readonly to: number }[]): Promise<readonly number[]> {
    const found = await this.search({ uid: stretches.map(({ from, to }) => `${from}:${to}`).join(',') });
    return found.filter((uid) => stretches.some(({ from, to }) => uid >= from && uid <= to));
  }

  /** Sizes and receive times, ascending by UID; mails that are gone meanwhile are missing. @throws MailServerError */
  async describe(uids: readonly number[]): Promise<readonly MailMeta[]> {
    const rows = await this.ask(() =>
      this.client.fetchAll(
        [...uids],
        { uid: true, size: true, internalDate: true, flags: true, labels: true },
        { uid: true },
      ),
    );
    return rows
      .filter((row) => uids.includes(row.uid))
      .map(({ uid, size, internalDate, flags, labels }) => ({
        uid,
        sizeBytes: size ?? 0,
        internalDate: dateOf(internalDate),
        isDraft: flags?.has('\\Draft') === true || labels?.has('\\Draft') === true,
      }))
      .sort((a, b) => a.uid - b.uid);
  }

  /** Bytes of mails, ascending by UID; mails that are gone meanwhile are missing. @throws FetchError */
  async fetch({ uids, extent }: FetchPlan): Promise<readonly FetchedMail[]> {
    if (extent === 'nothing') return uids.map((uid) => ({ uid, source: NO_BYTES }));
    let rows: readonly FetchMessageObject[];
    try {
      rows = await this.client.fetchAll([...uids], QUERIES[extent], { uid: true });
    } catch (error) {
      throw new FetchError(uids, reasonOf(error), error);
    }
    return rows
      .flatMap((row) => {
        const source = extent === 'head' ? row.headers : row.source;
        return source !== undefined && uids.includes(row.uid) ? [{ uid: row.uid, source }] : [];
      })
      .sort((a, b) => a.uid - b.uid);
  }

  /** Says good-bye within five seconds, then cuts the connection. */
  async end(): Promise<void> {
    const limit = setTimeout(() => this.client.close(), LOGOUT_MS);
    await this.client.logout().catch(() => undefined);
    clearTimeout(limit);
    this.client.close();
  }

  /** Cuts the connection at once; what is under way fails. */
  cut(): void {
    this.client.close();
  }

  private async search(query: SearchObject): Promise<readonly number[]> {
    const found = await this.ask(() => this.client.search(query, { uid: true }));
    // Anything but a list means that the server refused: it never means that there is no mail.
    if (!Array.isArray(found)) throw new MailServerError('search refused');
    return [...new Set(found)].sort((a, b) => a - b);
  }

  private async ask<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      throw new MailServerError(reasonOf(error), error);
    }
  }
}
