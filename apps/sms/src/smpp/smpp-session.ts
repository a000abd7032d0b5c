import type { DeliverSm, SmppSettings } from '@app/channels';
import { AppError } from '@app/kernel';
import { connectSmpp, type SmppLibrarySession, type SmppPdu } from './smpp-library.js';

/** The message centre is away, refuses, or broke off. */
export class SmscError extends AppError {
  readonly code = 'smsc_unavailable';
  readonly retryable = true;

  /** @param reason a word for logs */
  constructor(
    readonly reason: string,
    readonly refusesLogin = false,
  ) {
    super(`The message centre is not available (${reason})`);
  }
}

/** Waits of a session, in milliseconds. */
export interface SessionTimes {
  readonly connectMs: number;
  /** Longest wait for an answer to what we ask. */
  readonly answerMs: number;
  /** How often the line is tried. */
  readonly enquireMs: number;
  readonly unbindMs: number;
}

/** What is answered to a delivery. */
export type DeliveryAnswer = 'kept' | 'later' | 'never';

/** What a session tells. */
export interface SmppListener {
  /** A delivery; it is answered when this resolves. Never rejects. */
  delivered(pdu: DeliverSm): Promise<DeliveryAnswer>;
  /** The centre was told what became of a delivery. */
  answered(pdu: DeliverSm, answer: DeliveryAnswer): void;
}

const STATUS: Readonly<Record<DeliveryAnswer, number>> = { kept: 0, later: 0x64, never: 0x66 };
/** Refused for its name or password, as opposed to a centre that is not ready. */
const LOGIN_STATUSES = new Set([0x0d, 0x0e, 0x0f]);
const INTERFACE_VERSION = 0x34;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const bytesOf = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));

function toDeliverSm(pdu: SmppPdu): DeliverSm {
  const short = bytesOf(pdu['short_message']);
  const [reference, total, number] = [pdu['sar_msg_ref_num'], pdu['sar_total_segments'], pdu['sar_segment_seqnum']];
  const sar = { reference: numberOf(reference), total: numberOf(total), number: numberOf(number) };
  const receipted = textOf(pdu['receipted_message_id']);
  return {
    sourceAddress: textOf(pdu['source_addr']),
    sourceTon: numberOf(pdu['source_addr_ton']),
    destinationAddress: textOf(pdu['destination_addr']),
    esmClass: numberOf(pdu['esm_class']),
    dataCoding: numberOf(pdu['data_coding']),
    message: short.length > 0 ? short : bytesOf(pdu['message_payload']),
    ...(reference === undefined ? {} : { sar }),
    ...(receipted === '' ? {} : { receiptedMessageId: receipted }),
    ...(typeof pdu['message_state'] === 'number' ? { messageState: pdu['message_state'] } : {}),
  };
}

/**
 * One connection, bound as a transceiver. It answers what the centre asks, tries the line, and gives up on an answer that does
 * not come. It is used once; after a failure the caller opens another.
 */
export class SmppSession {
  private readonly ended: Promise<string>;
  private end!: (reason: string) => void;
  private timer: NodeJS.Timeout | undefined;
  /** Deliveries that are not answered yet. */
  private readonly pending = new Set<Promise<void>>();

  private constructor(
    private readonly session: SmppLibrarySession,
    private readonly times: SessionTimes,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    // A PDU that cannot be read leaves the library stuck: the connection goes.
    session.on('error', (error: { code?: unknown }) =>
      this.cut(typeof error.code === 'string' ? error.code : 'broken'),
    );
    session.on('close', () => this.cut('closed'));
    session.on('enquire_link', (pdu: SmppPdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: SmppPdu) => session.send(pdu.response(), () => this.cut('unbound')));
  }

  /** @throws SmscError */
  static async open(settings: SmppSettings, listener: SmppListener, times: SessionTimes): Promise<SmppSession> {
    const { host, port, tls } = settings;
    let connected!: () => void;
    const connecting = new Promise<void>((resolve) => (connected = resolve));
    const session = new SmppSession(
      connectSmpp({ host, port, tls, connectTimeout: times.connectMs }, connected),
      times,
    );
    session.session.on('deliver_sm', (pdu: SmppPdu) => session.deliver(pdu, listener));
    try {
      await session.within(connecting, times.connectMs, 'connect');
      await session.bind(settings);
    } catch (error) {
      session.cut('not bound');
      throw error;
    }
    session.keepAlive();
    return session;
  }

  /** Resolves with a reason when the connection is gone. */
  async untilEnd(): Promise<string> {
    return await this.ended;
  }

  /** Ends in order: what came is answered first. */
  async close(): Promise<void> {
    await Promise.all(this.pending);
    const unbound = new Promise<void>((resolve) => this.session.unbind(() => resolve()));
    await this.within(unbound, this.times.unbindMs, 'unbind').catch(() => undefined);
    this.cut('stopped');
  }

  cut(reason: string): void {
    clearTimeout(this.timer);
    this.session.destroy();
    this.end(reason);
  }

  private async bind({ systemId, password, systemType }: SmppSettings): Promise<void> {
    const fields = { system_id: systemId, password, system_type: systemType, interface_version: INTERFACE_VERSION };
    const answer = await this.within(
      new Promise<SmppPdu>((resolve) => this.session.bind_transceiver(fields, resolve)),
      this.times.answerMs,
      'bind',
    );
    const status = answer.command_status;
    if (status === 0) return;
    throw new SmscError(`bind refused: 0x${status.toString(16)}`, LOGIN_STATUSES.has(status));
  }

  /** Waits for an answer, or for the end of the connection, or for the end of patience. @throws SmscError */
  private async within<T>(answer: Promise<T>, limitMs: number, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new SmscError(`${what}: no answer`)), limitMs);
    });
    const gone = this.ended.then((reason) => Promise.reject(new SmscError(`${what}: ${reason}`)));
    try {
      return await Promise.race([answer, late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  private keepAlive(): void {
    this.timer = setTimeout(() => {
      const answer = new Promise<SmppPdu>((resolve) => this.session.enquire_link(resolve));
      this.within(answer, this.times.answerMs, 'enquire_link').then(
        () => this.keepAlive(),
        (error: unknown) => this.cut(error instanceof SmscError ? error.reason : 'enquire_link'),
      );
    }, this.times.enquireMs);
  }

  private deliver(pdu: SmppPdu, listener: SmppListener): void {
    const delivery = toDeliverSm(pdu);
    const work = listener.delivered(delivery).then((answer) => {
      const sent = this.session.send(pdu.response(STATUS[answer] === 0 ? {} : { command_status: STATUS[answer] }));
      if (sent) listener.answered(delivery, answer);
    });
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }
}
