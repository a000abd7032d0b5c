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

const refusal = (meaning: SendErrorClass, status: number, messageId: string, text: string): SendError => ({
  meaning,
  answer: { status, body: { requestError: { serviceException: { messageId, text } } } },
});

/** How Infobip refuses to take texts. @see Infobip API, "Response status and error codes" */
export const INFOBIP_SEND_ERRORS = {
  key: refusal('auth', 401, 'UNAUTHORIZED', 'Invalid login details'),
  rights: refusal('account', 403, 'FORBIDDEN', 'Forbidden'),
  body: refusal('bad_request', 400, 'BAD_REQUEST', 'Bad request'),
  rate: refusal('slow_down', 429, 'TOO_MANY_REQUESTS', 'Too many requests'),
  temporary: refusal('retry', 500, 'GENERAL_ERROR', 'Something went wrong. Please contact support.'),
} as const satisfies Readonly<Record<string, SendError>>;

const PENDING = { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED' };
const REJECTED = { groupId: 5, groupName: 'REJECTED', id: 51, name: 'MISSING_TO' };
const DELIVERED = { groupId: 3, groupName: 'DELIVERED', id: 5, name: 'DELIVERED_TO_HANDSET' };
const NO_ERROR = { groupId: 0, groupName: 'OK', id: 0, name: 'NO_ERROR', permanent: false };

/** What was taken. */
export interface InfobipSent {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
}

/** The SMS address of an account at Infobip: batches, of which each destination has a status of its own. */
export class InfobipSendApi extends RememberingSendApi<InfobipSent> {
  constructor(
    private readonly options: {
      readonly apiKey: string;
      /** What our webhook wants as a proof, for example `Basic …`. */
      readonly authorization: string;
      readonly clock: Pick<SimulatorClock, 'now'>;
    },
  ) {
    super();
  }

  answer(call: SendCall): SendAnswer {
    if (call.headers['authorization'] !== `App ${this.options.apiKey}`) return INFOBIP_SEND_ERRORS.key.answer;
    const messages = jsonOf(call)?.['messages'];
    const isOurs = call.method === 'POST' && call.path === '/sms/3/messages';
    if (!isOurs || !Array.isArray(messages) || messages.length === 0) return INFOBIP_SEND_ERRORS.body.answer;
    const taken = messages.map(partOf).flatMap((message) => this.take(message));
    return { status: 200, body: { bulkId: `bulk-${this.sent.length}`, messages: taken } };
  }

  private take(message: Readonly<Record<string, unknown>>): readonly object[] {
    const text = wordOf(partOf(message['content'])['text']);
    const callback = wordOf(partOf(partOf(message['webhooks'])['delivery'])['url']);
    const destinations = Array.isArray(message['destinations']) ? message['destinations'].map(partOf) : [];
    return destinations.map((destination) => {
      const to = wordOf(destination['to']);
      const at = this.options.clock.now();
      const id = wordOf(destination['messageId']) || `8177903132350${String(this.sent.length).padStart(5, '0')}`;
      if (!/^\d{8,15}$/.test(to)) return { messageId: id, status: REJECTED, destination: to };
      this.sent.push({ id, to, text, at });
      if (callback !== '') this.tell(callback, id, to, at);
      return { messageId: id, status: PENDING, destination: to };
    });
  }

  private tell(callback: string, messageId: string, to: string, at: Date): void {
    const { pathname, search } = new URL(callback);
    const time = at.toISOString().replace('Z', '+0000');
    const results = [{ messageId, to, sentAt: time, doneAt: time, smsCount: 1, status: DELIVERED, error: NO_ERROR }];
    this.tellAt(at, {
      method: 'POST',
      path: `${pathname}${search}`,
      headers: { 'content-type': 'application/json', authorization: this.options.authorization },
      body: Buffer.from(JSON.stringify({ results })),
    });
  }
}
