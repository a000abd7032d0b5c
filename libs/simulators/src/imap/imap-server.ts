import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ImapCredentials } from './commands.js';
import { ImapSession } from './imap-session.js';
import { LineDrops } from './line-drops.js';
import { SimulatedMailbox } from './simulated-mailbox.js';

/** How the server is reached. */
export interface ImapServerOptions {
  readonly credentials: ImapCredentials;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Must rise from one run to the next, because UIDs begin anew; seconds since 1970 do. */
  readonly uidValidity?: number;
}

/**
 * A small IMAP server in memory with one folder, INBOX, on 127.0.0.1 without encryption: enough of RFC 9051 and its
 * ancestor for a client that pulls mail, and it breaks the line where it is told to.
 */
export class ImapServer {
  readonly inbox: SimulatedMailbox;
  readonly drops = new LineDrops();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(options: ImapServerOptions) {
    this.inbox = new SimulatedMailbox('INBOX', options.uidValidity ?? Math.floor(Date.now() / 1000));
    this.server = createServer((socket) => this.accept(socket, options.credentials));
  }

  /** @throws the error of the socket, for example EADDRINUSE */
  static async start(options: ImapServerOptions): Promise<ImapServer> {
    const server = new ImapServer(options);
    server.server.listen(options.port ?? 0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Number of clients connected. */
  get clientCount(): number {
    return this.sockets.size;
  }

  /** Breaks every line at once, as a failing network does. */
  cutLines(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cutLines();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket, credentials: ImapCredentials): void {
    this.sockets.add(socket);
    const mailboxes = new Map([[this.inbox.name, this.inbox]]);
    const session = new ImapSession(
      socket,
      { mailboxes, credentials, isAuthenticated: false, folder: undefined },
      this.drops,
    );
    const tell = (): void => session.folderChanged();
    this.inbox.setMaxListeners(0).on('change', tell);
    // A client that vanishes is an everyday event: `close` follows and tidies up.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.inbox.off('change', tell);
      this.sockets.delete(socket);
    });
  }
}
