import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAddress } from 'smtp-server';

/** How a server refuses a mail, and at which step. */
export interface SmtpRefusal {
  readonly at: 'login' | 'sender' | 'recipient' | 'data';
  readonly code: number;
  /** Enhanced code and words, for example `5.1.1 User unknown`. */
  readonly text: string;
}

/** Refusals as the mail systems give them that shops use. @see RFC 5321, RFC 3463; pages of Google and Microsoft on their codes */
export const SMTP_REFUSALS = {
  credentials: { at: 'login', code: 535, text: '5.7.8 Username and password not accepted' },
  temporaryLogin: { at: 'login', code: 454, text: '4.7.0 Temporary authentication failure' },
  shuttingDown: { at: 'sender', code: 421, text: '4.3.2 Service shutting down' },
  greylisted: { at: 'recipient', code: 450, text: '4.7.1 Greylisted, try again later' },
  mailboxFull: { at: 'recipient', code: 452, text: '4.2.2 Mailbox full' },
  noSuchUser: { at: 'recipient', code: 550, text: '5.1.1 No such user here' },
  rateLimited: { at: 'data', code: 432, text: '4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded' },
  spam: { at: 'data', code: 554, text: '5.7.1 Message refused by policy' },
  tooLarge: { at: 'data', code: 552, text: '5.3.4 Message too big' },
} as const satisfies Readonly<Record<string, SmtpRefusal>>;

/** A mail that the server took. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: Buffer;
}

type Done = (error?: Error | null) => void;

const addressOf = (address: SMTPServerAddress | false): string => (address === false ? '' : address.address);

/** A mail server on 127.0.0.1 that takes mails, or refuses the next ones as it is told. */
export class SmtpSink {
  readonly taken: TakenMail[] = [];
  /** Refusals that come next, one for each mail or login that reaches their step. */
  readonly refusals: SmtpRefusal[] = [];
  /** Takes the next mail and cuts the line before it says so: whoever sent it cannot know. */
  cutAfterData = false;
  private readonly server: SMTPServer;

  private constructor(login: { readonly user: string; readonly password: string }) {
    this.server = new SMTPServer({
      authOptional: false,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, _session, done) => {
        const isOurs = username === login.user && password === login.password;
        const error = this.refusalAt('login') ?? (isOurs ? undefined : toError(SMTP_REFUSALS.credentials));
        if (error === undefined) done(null, { user: login.user });
        else done(error);
      },
      onMailFrom: (_address, _session, done) => done(this.refusalAt('sender')),
      onRcptTo: (_address, _session, done) => done(this.refusalAt('recipient')),
      onData: (stream, { envelope, id }, done: Done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const error = this.refusalAt('data');
          if (error !== undefined) return done(error);
          const to = envelope.rcptTo.map(addressOf);
          this.taken.push({ from: addressOf(envelope.mailFrom), to, source: Buffer.concat(chunks) });
          if (this.cutAfterData) this.cut(id);
          else done();
        });
      },
    });
  }

  static async start(login: { readonly user: string; readonly password: string }): Promise<SmtpSink> {
    const sink = new SmtpSink(login);
    // A line that is cut on purpose is no fault of the test.
    sink.server.on('error', () => undefined);
    const listening = sink.server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return sink;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private refusalAt(step: SmtpRefusal['at']): Error | undefined {
    if (this.refusals[0]?.at !== step) return undefined;
    return toError(this.refusals.shift()!);
  }

  private cut(sessionId: string): void {
    this.cutAfterData = false;
    const connections = [...(this.server as unknown as { connections: Set<Connection> }).connections];
    connections.find(({ id }) => id === sessionId)?._socket.destroy();
  }
}

interface Connection {
  readonly id: string;
  readonly _socket: { destroy(): void };
}

const toError = ({ code, text }: SmtpRefusal): Error => Object.assign(new Error(text), { responseCode: code });
