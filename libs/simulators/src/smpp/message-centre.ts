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

/** A text that the centre took. */
export interface SmppSubmitted {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Text as its coding says, bytes of any other coding. */
  readonly message: string | Buffer;
  /** Header of a part of a longer text, without its length. */
  readonly udh?: Buffer;
  readonly dataCoding: number;
}

/** How a centre refuses a text. @see SMPP 3.4, section 5.1.3 */
export const SMPP_REFUSALS = {
  systemError: 0x08,
  sourceAddress: 0x0a,
  destinationAddress: 0x0b,
  queueFull: 0x14,
  submitFailed: 0x45,
  throttled: 0x58,
} as const;

/** What a receipt says of a text. @see SMPP 3.4, appendix B and section 5.2.28 */
const FATES = {
  delivered: { state: 2, stat: 'DELIVRD', err: '000' },
  expired: { state: 3, stat: 'EXPIRED', err: '254' },
  undeliverable: { state: 5, stat: 'UNDELIV', err: '069' },
  rejected: { state: 8, stat: 'REJECTD', err: '085' },
} as const;

const RETRY_LIMIT = 50;
const ROK = 0;
const UDHI = 0x40;
const RECEIPT = 0x04;
const LOGIN_REFUSED = 0x0e;
const WRONG_STATE = 0x04;

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
  /** Texts that it took, in order. */
  readonly submitted: SmppSubmitted[] = [];
  /** Statuses with which the next texts are answered, in order; after them texts are taken. */
  readonly refusals: number[] = [];
  /** What becomes of texts to a number; delivered unless it stands here. */
  readonly fates = new Map<string, keyof typeof FATES>();
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
    session.on('submit_sm', (pdu) => this.submit(session, pdu));
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

  private submit(session: Session, pdu: Pdu): void {
    const [from, to] = [String(pdu['source_addr'] ?? ''), String(pdu['destination_addr'] ?? '')];
    const wrong = /^\d{3,15}$/.test(to) ? undefined : SMPP_REFUSALS.destinationAddress;
    const refused = this.session === session ? (this.refusals.shift() ?? wrong) : WRONG_STATE;
    if (refused !== undefined) {
      session.send(pdu.response({ command_status: refused }));
      return;
    }
    const id = `0a1b${String(this.submitted.length).padStart(4, '0')}`;
    this.submitted.push({ id, from, to, ...contentOf(pdu['short_message']), dataCoding: Number(pdu['data_coding']) });
    session.send(pdu.response({ message_id: id }));
    if ((Number(pdu['registered_delivery']) & 1) === 1) this.hand(this.receiptOf(id, from, to));
  }

  /** Comes from the number to which the text went. */
  private receiptOf(id: string, from: string, to: string): SmppMessage {
    const { state, stat, err } = FATES[this.fates.get(to) ?? 'delivered'];
    const dates = 'submit date:2601010000 done date:2601010001';
    const text = `id:${id} sub:001 dlvrd:${state === 2 ? '001' : '000'} ${dates} stat:${stat} err:${err} text:`;
    const fields = { esm_class: RECEIPT, receipted_message_id: id, message_state: state };
    return { from: to, to: from, bytes: Buffer.from(text), dataCoding: 0, fields };
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
      esm_class: udh === undefined ? 0 : UDHI,
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

function contentOf(value: unknown): Pick<SmppSubmitted, 'message' | 'udh'> {
  const { message = '', udh } = (value ?? {}) as {
    readonly message?: string | Buffer;
    readonly udh?: readonly Buffer[];
  };
  return { message, ...(udh === undefined ? {} : { udh: Buffer.concat([...udh]) }) };
}
