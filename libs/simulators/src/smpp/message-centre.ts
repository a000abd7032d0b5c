import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';

/** A PDU as the library reads it. */
interface Pdu {
  readonly command: string;
  readonly command_status: number;
  readonly sequence_number: number;
  response(fields?: object): Pdu;
  readonly [field: string]: unknown;
}

interface Session {
  on(event: string, listener: (pdu: Pdu) => void): void;
  send(pdu: Pdu): boolean;
  deliver_sm(fields: object, answered: (answer: Pdu) => void): boolean;
  destroy(): void;
}

interface Library {
  createServer(listener: (session: Session) => void): Server;
}

const library = createRequire(import.meta.url)('smpp') as Library;

/** Where the line is to be cut. */
export type SmppCut = 'connect' | 'bind' | 'bound' | 'delivery' | 'answer';

/** What a centre hands over. */
export interface SmppMessage {
  readonly from: string;
  readonly to: string;
  /** Text bytes; with `udh` a header before them. */
  readonly bytes: Buffer;
  readonly dataCoding: number;
  readonly udh?: Buffer;
  /** Further fields, for example those of a receipt. */
  readonly fields?: object;
}

const RETRY_LIMIT = 50;
const ROK = 0;
const LOGIN_REFUSED = 0x0e;

/**
 * A message centre on 127.0.0.1 that speaks SMPP 3.4: it takes one bind at a time, keeps what it could not hand over, and hands
 * over again what was not answered or answered with an error that passes, in order and one at a time.
 */
export class MessageCentre {
  /** Messages that were answered for good. */
  readonly delivered: SmppMessage[] = [];
  /** How often anything was handed over. */
  handedOver = 0;
  binds = 0;
  /** Cuts the line at the next such point, once. */
  cut: SmppCut | undefined;
  /** Hands over what was answered once more, as a centre does whose network lost the answer. */
  repeatAnswered = 0;
  private readonly queue: SmppMessage[] = [];
  private session: Session | undefined;
  private busy = false;

  private constructor(
    private readonly server: Server,
    private readonly login: { readonly systemId: string; readonly password: string },
  ) {}

  static async start(login: { readonly systemId: string; readonly password: string }): Promise<MessageCentre> {
    const server = library.createServer((session) => centre.welcome(session));
    const centre = new MessageCentre(server, login);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return centre;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get waiting(): number {
    return this.queue.length;
  }

  async stop(): Promise<void> {
    this.session?.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Ends the connection as a network does. */
  drop(): void {
    this.session?.destroy();
  }

  hand(...messages: readonly SmppMessage[]): void {
    this.queue.push(...messages);
    this.next();
  }

  private cuts(point: SmppCut, session: Session): boolean {
    if (this.cut !== point) return false;
    this.cut = undefined;
    session.destroy();
    return true;
  }

  private welcome(session: Session): void {
    session.on('error', () => session.destroy());
    if (this.cuts('connect', session)) return;
    session.on('close', () => {
      if (this.session !== session) return;
      this.session = undefined;
      this.busy = false;
    });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => session.send(pdu.response()));
    session.on('bind_transceiver', (pdu) => this.bind(session, pdu));
  }

  private bind(session: Session, pdu: Pdu): void {
    if (this.cuts('bind', session)) return;
    const isOurs = pdu['system_id'] === this.login.systemId && pdu['password'] === this.login.password;
    if (!isOurs) {
      session.send(pdu.response({ command_status: LOGIN_REFUSED }));
      return;
    }
    session.send(pdu.response({ system_id: 'trung-tam' }));
    this.binds += 1;
    if (this.cuts('bound', session)) return;
    this.session = session;
    this.next();
  }

  private next(): void {
    const { session } = this;
    const [message] = this.queue;
    if (session === undefined || message === undefined || this.busy) return;
    if (this.handedOver > RETRY_LIMIT + this.queue.length * 10) throw new Error('a message comes back for ever');
    this.busy = true;
    this.handedOver += 1;
    const { from, to, bytes, dataCoding, udh, fields } = message;
    const about = { source_addr: from, source_addr_ton: 1, destination_addr: to, data_coding: dataCoding };
    const text = {
      esm_class: udh === undefined ? 0 : 0x40,
      short_message: Buffer.concat([udh ?? Buffer.alloc(0), bytes]),
    };
    session.deliver_sm({ ...about, ...text, ...fields }, (answer) => this.answered(session, message, answer));
    if (this.cuts('delivery', session)) return;
  }

  private answered(session: Session, message: SmppMessage, answer: Pdu): void {
    if (this.cuts('answer', session)) return;
    this.busy = false;
    if (answer.command_status === ROK) {
      if (this.repeatAnswered > 0) this.repeatAnswered -= 1;
      else this.delivered.push(this.queue.shift() ?? message);
    }
    setImmediate(() => this.next());
  }
}
