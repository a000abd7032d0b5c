import type { SimulatorClock } from '../simulator-clock.js';
import {
  type SendAnswer,
  type SendCall,
  RememberingSendApi,
  type SendError,
  type SendErrorClass,
} from '../send/send-api.js';

/** Refusals come with status 200 and a number within the message. */
const refusal = (meaning: SendErrorClass, status: string, text: string): SendError => ({
  meaning,
  answer: { status: 200, body: { 'message-count': '1', messages: [{ status, 'error-text': text }] } },
});

/** How Vonage refuses to take a text. @see Vonage API Reference, SMS, "Error codes" */
export const VONAGE_SEND_ERRORS = {
  rate: refusal('slow_down', '1', 'Throughput Rate Exceeded - please wait [ 250 ] and retry'),
  missing: refusal('bad_request', '2', 'Missing to param'),
  invalid: refusal('bad_request', '3', 'Invalid from param'),
  credentials: refusal('auth', '4', 'Bad Credentials'),
  internal: refusal('retry', '5', 'Internal Error'),
  unroutable: refusal('recipient', '6', 'Unroutable message - rejected'),
  barredNumber: refusal('recipient', '7', 'Number barred'),
  barredAccount: refusal('account', '8', 'Partner account barred'),
  quota: refusal('account', '9', 'Partner quota violation'),
  tooLong: refusal('bad_request', '12', 'Message too long'),
  sender: refusal('bad_request', '15', 'Invalid sender address'),
} as const satisfies Readonly<Record<string, SendError>>;

const MAX_CHARS = 3_200;
const UNICODE_PART = 67;
const GSM_PART = 153;

/** What was taken. */
export interface VonageSent {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/** The SMS address of an account at Vonage. What became of a text follows at the callback that it names. */
export class VonageSendApi extends RememberingSendApi<VonageSent> {
  readonly barred = new Set<string>();

  constructor(
    private readonly options: {
      readonly apiKey: string;
      readonly apiSecret: string;
      readonly clock: Pick<SimulatorClock, 'now'>;
    },
  ) {
    super();
  }

  answer({ method, path, body }: SendCall): SendAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    const [to, text] = [form.get('to') ?? '', form.get('text') ?? ''];
    const isKnown = form.get('api_key') === this.options.apiKey && form.get('api_secret') === this.options.apiSecret;
    if (method !== 'POST' || path !== '/sms/json') return { status: 404, body: {} };
    if (!isKnown) return VONAGE_SEND_ERRORS.credentials.answer;
    if (to === '' || text === '') return VONAGE_SEND_ERRORS.missing.answer;
    if ((form.get('from') ?? '') === '') return VONAGE_SEND_ERRORS.sender.answer;
    if (text.length > MAX_CHARS) return VONAGE_SEND_ERRORS.tooLong.answer;
    if (!/^\d{8,15}$/.test(to)) return VONAGE_SEND_ERRORS.unroutable.answer;
    return this.barred.has(to) ? VONAGE_SEND_ERRORS.barredNumber.answer : this.take(form, to, text);
  }

  /** A long text is several messages, each with an id of its own. */
  private take(form: URLSearchParams, to: string, text: string): SendAnswer {
    const parts = Math.ceil(text.length / (form.get('type') === 'unicode' ? UNICODE_PART : GSM_PART));
    const at = this.options.clock.now();
    const first = this.sent.length;
    for (let part = 0; part < parts; part += 1) this.sent.push({ id: `0A00000${first + part}`, to, text, at });
    const taken = this.sent.slice(first);
    const callback = form.get('callback');
    if (callback !== null) for (const { id } of taken) this.tell(callback, id, to, form.get('from') ?? '', at);
    const messages = taken.map(({ id }) => ({
      to,
      'message-id': id,
      status: '0',
      'remaining-balance': '3.14',
      'message-price': '0.03',
      network: '45201',
    }));
    return { status: 200, body: { 'message-count': String(parts), messages } };
  }

  private tell(callback: string, id: string, msisdn: string, from: string, at: Date): void {
    const { pathname, search } = new URL(callback);
    const body = {
      msisdn,
      to: from,
      'network-code': '45201',
      messageId: id,
      status: 'delivered',
      'err-code': '0',
      'message-timestamp': at.toISOString().slice(0, 19).replace('T', ' '),
    };
    this.tellAt(at, {
      method: 'POST',
      path: `${pathname}${search}`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
  }
}
