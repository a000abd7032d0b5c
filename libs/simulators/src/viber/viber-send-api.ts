import type { SimulatorClock } from '../simulator-clock.js';
import {
  jsonOf,
  partOf,
  wordOf,
  type SendAnswer,
  type SendCall,
  RememberingSendApi,
  type SendError,
  type SendErrorClass,
} from '../send/send-api.js';
import { ViberBot } from './viber-bot.js';

/** Refusals come with status 200 and a number of Viber's. */
const refusal = (meaning: SendErrorClass, status: number, message: string): SendError => ({
  meaning,
  answer: { status: 200, body: { status, status_message: message } },
});

/** How Viber refuses to send. @see Viber REST API, "Error codes" */
export const VIBER_SEND_ERRORS = {
  token: refusal('auth', 2, 'invalidAuthToken'),
  badData: refusal('bad_request', 3, 'badData'),
  missingData: refusal('bad_request', 4, 'missingData'),
  notRegistered: refusal('recipient', 5, 'receiverNotRegistered'),
  notSubscribed: refusal('recipient', 6, 'receiverNotSubscribed'),
  blocked: refusal('account', 7, 'publicAccountBlocked'),
  suspended: refusal('account', 9, 'publicAccountSuspended'),
  noWebhook: refusal('account', 10, 'webhookNotSet'),
  noDevice: refusal('recipient', 11, 'receiverNoSuitableDevice'),
  rate: refusal('slow_down', 12, 'tooManyRequests'),
} as const satisfies Readonly<Record<string, SendError>>;

const MAX_CHARS = 7_000;
const MAX_NAME_CHARS = 28;
const MAX_BODY_BYTES = 30_000;
const FIRST_TOKEN = 5_741_311_803_571_721_087n;

/** Somebody on Viber. */
export interface ViberContact {
  readonly id: string;
  isSubscribed: boolean;
  hasDevice?: boolean;
}

/** What was sent. */
export interface ViberSent {
  /** 64 bits, as digits. */
  readonly token: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/** The address of a bot of Viber that sends; that a message was delivered follows by webhook. @see Viber REST API, "Send message" */
export class ViberSendApi extends RememberingSendApi<ViberSent> {
  readonly people = new Map<string, ViberContact>();
  private readonly bot: ViberBot;

  constructor(
    private readonly options: {
      readonly authToken: string;
      readonly path: string;
      readonly clock: Pick<SimulatorClock, 'now'>;
    },
  ) {
    super();
    this.bot = new ViberBot(options);
  }

  answer(call: SendCall): SendAnswer {
    if (call.headers['x-viber-auth-token'] !== this.options.authToken) return VIBER_SEND_ERRORS.token.answer;
    const body = jsonOf(call);
    const { pathname } = new URL(call.path, 'https://chatapi.example');
    if (call.method !== 'POST' || pathname !== '/pa/send_message' || call.body.length > MAX_BODY_BYTES)
      return VIBER_SEND_ERRORS.badData.answer;
    const [receiver, text] = [wordOf(body?.['receiver']), wordOf(body?.['text'])];
    const name = wordOf(partOf(body?.['sender'])['name']);
    if (receiver === '' || text === '' || name === '') return VIBER_SEND_ERRORS.missingData.answer;
    if (text.length > MAX_CHARS || name.length > MAX_NAME_CHARS) return VIBER_SEND_ERRORS.badData.answer;
    return this.refusePerson(receiver) ?? this.take(receiver, text);
  }

  private refusePerson(id: string): SendAnswer | undefined {
    const person = this.people.get(id);
    if (person === undefined) return VIBER_SEND_ERRORS.notRegistered.answer;
    if (!person.isSubscribed) return VIBER_SEND_ERRORS.notSubscribed.answer;
    return person.hasDevice === false ? VIBER_SEND_ERRORS.noDevice.answer : undefined;
  }

  private take(to: string, text: string): SendAnswer {
    const at = this.options.clock.now();
    const token = String(FIRST_TOKEN + BigInt(this.sent.length));
    this.sent.push({ token, to, text, at });
    this.tellAt(at, this.bot.post({ token, to, event: 'delivered', at }));
    // Written by hand: JSON libraries would round the number.
    return { status: 200, body: `{"status":0,"status_message":"ok","message_token":${token},"billing_status":1}` };
  }
}
