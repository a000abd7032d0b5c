import { connect, type Socket } from 'node:net';
import type { ImapCredentials } from './commands.js';
import { wireDate } from './wire-text.js';

/** Where mails are put, and by whom. */
export interface AppendTarget {
  readonly port: number;
  readonly credentials: ImapCredentials;
}

/** A mail and the time at which the mailbox shall have received it. */
export interface MailToAppend {
  readonly raw: Buffer;
  readonly internalDate: Date;
}

/** Lines that come from the server, one at a time. */
async function* linesOf(socket: Socket): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
}

/** Sends one command and reads up to its tagged answer. @throws Error when it is not OK */
async function command(socket: Socket, lines: AsyncGenerator<string>, tag: string, bytes: Buffer): Promise<void> {
  socket.write(Buffer.concat([Buffer.from(`${tag} `), bytes, Buffer.from('\r\n')]));
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the mail server closed the line');
    if (value.startsWith(`${tag} OK`)) return;
    if (value.startsWith(`${tag} `)) throw new Error(`the mail server refused: ${value.slice(tag.length + 1)}`);
  }
}

/**
 * Puts mails into INBOX in order, as the border of a mail system does.
 *
 * @throws Error when the server cannot be reached or refuses
 */
export async function appendMails(target: AppendTarget, mails: readonly MailToAppend[]): Promise<void> {
  const socket = connect({ port: target.port, host: '127.0.0.1' });
  const lines = linesOf(socket);
  try {
    const { user, password } = target.credentials;
    const initial = Buffer.from(`\u0000${user}\u0000${password}`).toString('base64');
    await command(socket, lines, 'a0', Buffer.from(`AUTHENTICATE PLAIN ${initial}`));
    for (const [index, { raw, internalDate }] of mails.entries()) {
      const head = Buffer.from(`APPEND INBOX ${wireDate(internalDate)} {${raw.length}+}\r\n`);
      await command(socket, lines, `a${index + 1}`, Buffer.concat([head, raw]));
    }
    await command(socket, lines, 'z', Buffer.from('LOGOUT'));
  } finally {
    socket.destroy();
  }
}
