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
import { META_SEND_ERRORS } from './meta-send-errors.js';
import { WhatsAppNumber, type WhatsAppPerson } from './whatsapp-number.js';

const refusal = (meaning: SendErrorClass, status: number, code: number, message: string): SendError => ({
  meaning,
  answer: {
    status,
    body: { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'Atrace0' } },
  },
});

/** How WhatsApp refuses to take a message. @see WhatsApp Business Platform, "Cloud API error codes" */
export const WHATSAPP_SEND_ERRORS = {
  token: META_SEND_ERRORS.token,
  temporary: refusal('retry', 500, 131_000, 'Something went wrong'),
  unavailable: refusal('retry', 503, 131_016, 'Service unavailable'),
  throughput: refusal('slow_down', 429, 130_429, 'Rate limit hit'),
  pair: refusal('slow_down', 400, 131_056, 'Too many messages sent from this number to the same recipient'),
  parameter: refusal('bad_request', 400, 131_009, 'Parameter value is not valid'),
  missing: refusal('bad_request', 400, 131_008, 'Required parameter is missing'),
  locked: refusal('account', 403, 131_031, 'Account has been locked'),
  spam: refusal('account', 400, 131_048, 'Spam rate limit hit'),
  unregistered: refusal('account', 400, 133_010, 'Phone number not registered'),
} as const satisfies Readonly<Record<string, SendError>>;

/** What only a status tells, after the message was taken. */
export const WHATSAPP_LATE_ERRORS = { window: 131_047, undeliverable: 131_026 } as const;

const WINDOW_MS = 24 * 3_600_000;
const PAIR_MS = 6_000;
const MAX_CHARS = 4_096;

/** Somebody on WhatsApp. */
export interface WhatsAppContact extends WhatsAppPerson {
  lastWroteAt?: Date;
  /** Not on WhatsApp any more, or has blocked the number. */
  isUnreachable?: boolean;
}

/** What was taken. */
export interface WhatsAppSent {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/**
 * The message address of a number of WhatsApp Cloud. An answer with status 200 says that a message was taken; whether the window was
 * open, and whether it arrived, follows by webhook.
 *
 * @see WhatsApp Business Platform, "Messages" of the Cloud API
 */
export class WhatsAppSendApi extends RememberingSendApi<WhatsAppSent> {
  readonly people = new Map<string, WhatsAppContact>();
  private readonly number: WhatsAppNumber;

  constructor(
    private readonly options: ConstructorParameters<typeof WhatsAppNumber>[0] & {
      readonly accessToken: string;
      readonly clock: Pick<SimulatorClock, 'now'>;
    },
  ) {
    super();
    this.number = new WhatsAppNumber(options);
  }

  answer(call: SendCall): SendAnswer {
    const { phoneNumberId, accessToken } = this.options;
    if (call.headers['authorization'] !== `Bearer ${accessToken}`) return WHATSAPP_SEND_ERRORS.token.answer;
    const { pathname } = new URL(call.path, 'https://graph.example');
    const body = jsonOf(call);
    const isOurs = call.method === 'POST' && new RegExp(`^/v\\d+\\.\\d+/${phoneNumberId}/messages$`).test(pathname);
    if (!isOurs || body?.['messaging_product'] !== 'whatsapp') return WHATSAPP_SEND_ERRORS.missing.answer;
    if (body['status'] === 'read') return { status: 200, body: { success: true } };
    // A number wins over an id when both are given.
    const input = wordOf(body['to']) || wordOf(body['recipient']);
    if (input === '') return WHATSAPP_SEND_ERRORS.missing.answer;
    const isTemplate = body['type'] === 'template';
    const text = wordOf(partOf(body['text'])['body']);
    if (!isTemplate && (body['type'] ?? 'text') === 'text' && (text === '' || text.length > MAX_CHARS))
      return WHATSAPP_SEND_ERRORS.parameter.answer;
    const person = this.people.get(input) ?? [...this.people.values()].find(({ userId }) => userId === input);
    return this.isTooSoon(person?.number ?? input)
      ? WHATSAPP_SEND_ERRORS.pair.answer
      : this.take({ input, person, text, isTemplate });
  }

  private isTooSoon(to: string): boolean {
    const last = this.sent.findLast((sent) => sent.to === to)?.at.getTime() ?? -Infinity;
    return this.options.clock.now().getTime() - last < PAIR_MS;
  }

  private take(message: {
    readonly input: string;
    readonly person: WhatsAppContact | undefined;
    readonly text: string;
    readonly isTemplate: boolean;
  }): SendAnswer {
    const { input, text } = message;
    const at = this.options.clock.now();
    const to = message.person ?? { number: input, userId: '', name: '' };
    const id = `wamid.SENT${this.sent.length + 1}`;
    this.sent.push({ id, to: to.number, text, at });
    const code = this.lateError(message, at);
    const statuses = code === undefined ? (['sent', 'delivered'] as const) : (['failed'] as const);
    for (const status of statuses)
      this.tellAt(at, this.number.post([{ to, id, status, at, ...(code === undefined ? {} : { code }) }]));
    const contact = { input, wa_id: to.number, ...(to.userId === '' ? {} : { user_id: to.userId }) };
    return { status: 200, body: { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id }] } };
  }

  /** Outside of the window only templates arrive. */
  private lateError(
    { person, isTemplate }: { readonly person: WhatsAppContact | undefined; readonly isTemplate: boolean },
    at: Date,
  ): number | undefined {
    if (person === undefined || person.isUnreachable === true) return WHATSAPP_LATE_ERRORS.undeliverable;
    const isOpen = at.getTime() - (person.lastWroteAt?.getTime() ?? 0) <= WINDOW_MS;
    return isOpen || isTemplate ? undefined : WHATSAPP_LATE_ERRORS.window;
  }
}
