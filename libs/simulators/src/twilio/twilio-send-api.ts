import type { SimulatorClock } from '../simulator-clock.js';
import {
  type SendAnswer,
  type SendCall,
  RememberingSendApi,
  type SendError,
  type SendErrorClass,
} from '../send/send-api.js';
import { TwilioNumber, type TwilioNumberOptions, type TwilioStatus } from './twilio-number.js';

const refusal = (meaning: SendErrorClass, status: number, code: number, message: string): SendError => ({
  meaning,
  answer: { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } },
});

/** How Twilio refuses to take a message. @see Twilio Docs, "Error and warning dictionary" */
export const TWILIO_SEND_ERRORS = {
  token: refusal('auth', 401, 20_003, 'Authenticate'),
  rate: refusal('slow_down', 429, 20_429, 'Too Many Requests'),
  temporary: refusal('retry', 503, 20_503, 'Service unavailable'),
  queue: refusal('retry', 429, 30_001, 'Queue overflow'),
  noRecipient: refusal('bad_request', 400, 21_604, "The 'To' phone number is required"),
  noContent: refusal('bad_request', 400, 21_602, 'Message body is required'),
  invalidNumber: refusal('recipient', 400, 21_211, "The 'To' number is not a valid phone number"),
  notMobile: refusal('recipient', 400, 21_614, "The 'To' number is not a valid mobile number"),
  region: refusal('account', 400, 21_408, 'Permission to send an SMS has not been enabled for the region'),
  optedOut: refusal('recipient', 400, 21_610, 'Attempt to send to unsubscribed recipient'),
  tooLong: refusal('bad_request', 400, 21_617, 'The concatenated message body exceeds the 1600 character limit'),
} as const satisfies Readonly<Record<string, SendError>>;

const MAX_CHARS = 1_600;
const PART_CHARS = 67;

/** What becomes of a message on the way. */
export type TwilioFate = 'delivered' | 'undelivered' | 'failed';

/** What was taken. */
export interface TwilioSent {
  readonly sid: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/**
 * The message address of an account at Twilio. What became of a message follows by status callback, when one was asked for.
 *
 * @see Twilio Docs, "Messages resource", "Outbound message status in status callbacks"
 */
export class TwilioSendApi extends RememberingSendApi<TwilioSent> {
  /** Numbers whose owners wrote STOP. */
  readonly optedOut = new Set<string>();
  /** Numbers that are no mobile ones. */
  readonly landlines = new Set<string>();
  /** What becomes of messages to a number, with Twilio's code; delivered unless it stands here. */
  readonly fates = new Map<string, { readonly fate: TwilioFate; readonly errorCode?: string }>();
  /** Calling codes that the account may send to. */
  regions: readonly string[] = ['+84'];
  private readonly number: TwilioNumber;

  constructor(private readonly options: TwilioNumberOptions & { readonly clock: Pick<SimulatorClock, 'now'> }) {
    super();
    this.number = new TwilioNumber(options);
  }

  answer({ method, path, headers, body }: SendCall): SendAnswer {
    const { accountSid, authToken } = this.options;
    const login = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    if (headers['authorization'] !== login) return TWILIO_SEND_ERRORS.token.answer;
    if (method !== 'POST' || path !== `/2010-04-01/Accounts/${accountSid}/Messages.json`)
      return { status: 404, body: { code: 20_404, message: 'The requested resource was not found', status: 404 } };
    const form = new URLSearchParams(body.toString('utf8'));
    return this.refuse(form) ?? this.take(form);
  }

  private refuse(form: URLSearchParams): SendAnswer | undefined {
    const [to, text] = [form.get('To') ?? '', form.get('Body') ?? ''];
    if (to === '') return TWILIO_SEND_ERRORS.noRecipient.answer;
    if (text === '' && !form.has('MediaUrl')) return TWILIO_SEND_ERRORS.noContent.answer;
    if (text.length > MAX_CHARS) return TWILIO_SEND_ERRORS.tooLong.answer;
    if (!/^\+\d{8,15}$/.test(to)) return TWILIO_SEND_ERRORS.invalidNumber.answer;
    if (!this.regions.some((region) => to.startsWith(region))) return TWILIO_SEND_ERRORS.region.answer;
    if (this.landlines.has(to)) return TWILIO_SEND_ERRORS.notMobile.answer;
    return this.optedOut.has(to) ? TWILIO_SEND_ERRORS.optedOut.answer : undefined;
  }

  private take(form: URLSearchParams): SendAnswer {
    const at = this.options.clock.now();
    const [to, text] = [form.get('To') ?? '', form.get('Body') ?? ''];
    const sid = `SM${String(this.sent.length + 1).padStart(32, '0')}`;
    this.sent.push({ sid, to, text, at });
    if (form.has('StatusCallback')) this.tellStatuses(sid, to, at);
    const segments = String(Math.max(1, Math.ceil(text.length / PART_CHARS)));
    return {
      status: 201,
      body: {
        sid,
        account_sid: this.options.accountSid,
        to,
        from: form.get('From') ?? this.options.number,
        body: text,
        status: 'queued',
        num_segments: segments,
        error_code: null,
        error_message: null,
        direction: 'outbound-api',
      },
    };
  }

  private tellStatuses(sid: string, to: string, at: Date): void {
    const { fate, errorCode } = this.fates.get(to) ?? { fate: 'delivered' };
    const last: TwilioStatus = { sid, to, status: fate, ...(errorCode === undefined ? {} : { errorCode }) };
    this.tellAt(at, this.number.status({ sid, to, status: 'sent' }));
    this.tellAt(at, this.number.status(last));
  }
}
