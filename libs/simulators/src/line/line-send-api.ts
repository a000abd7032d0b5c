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

const refusal = (meaning: SendErrorClass, status: number, message: string): SendError => ({
  meaning,
  answer: { status, headers: { 'x-line-request-id': 'request-0' }, body: { message } },
});

/** How LINE refuses to send. @see LINE Developers, Messaging API reference, "Status codes", "Error responses" */
export const LINE_SEND_ERRORS = {
  token: refusal(
    'auth',
    401,
    'Authentication failed. Confirm that the access token in the authorization header is valid.',
  ),
  plan: refusal('account', 403, 'Not available under your account plan'),
  body: refusal('bad_request', 400, 'The request body has 1 error(s)'),
  replyToken: refusal('bad_request', 400, 'Invalid reply token'),
  rate: refusal('slow_down', 429, 'The API rate limit has been exceeded. Try again later.'),
  quota: refusal('account', 429, 'You have reached your monthly limit.'),
  repeated: refusal('bad_request', 409, 'The retry key is already accepted'),
  temporary: refusal('retry', 500, 'The server is temporarily out of order'),
} as const satisfies Readonly<Record<string, SendError>>;

const MAX_MESSAGES = 5;
const MAX_CHARS = 5_000;
const REPLY_TOKEN_MS = 60_000;
const USER_ID = /^[UCR][0-9a-f]{32}$/;
const RETRY_KEY = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was sent. */
export interface LineSent {
  readonly id: string;
  /** Person, or the token that was replied to. */
  readonly to: string;
  readonly texts: readonly string[];
  readonly at: Date;
  readonly isReply: boolean;
}

/**
 * The addresses of a bot of LINE that send: replies, whose tokens work once and for a minute, and pushes, which count and may bear a
 * key under which they are taken once. It tells nothing of them by webhook.
 */
export class LineSendApi extends RememberingSendApi<LineSent> {
  /** Tokens that were handed out, with when. */
  readonly replyTokens = new Map<string, Date>();
  pushesLeft = Infinity;
  private readonly retryKeys = new Map<string, object>();

  constructor(private readonly options: { readonly accessToken: string; readonly clock: Pick<SimulatorClock, 'now'> }) {
    super();
  }

  answer(call: SendCall): SendAnswer {
    if (call.headers['authorization'] !== `Bearer ${this.options.accessToken}`) return LINE_SEND_ERRORS.token.answer;
    const body = jsonOf(call);
    const texts = this.textsOf(body?.['messages']);
    if (call.method !== 'POST' || body === undefined || texts === undefined) return LINE_SEND_ERRORS.body.answer;
    const { pathname } = new URL(call.path, 'https://api.example');
    if (pathname === '/v2/bot/message/reply') return this.reply(wordOf(body['replyToken']), texts);
    if (pathname !== '/v2/bot/message/push') return LINE_SEND_ERRORS.body.answer;
    return this.push(wordOf(body['to']), texts, call.headers['x-line-retry-key']);
  }

  /** Undefined for what is no list of one to five messages. */
  private textsOf(messages: unknown): readonly string[] | undefined {
    if (!Array.isArray(messages) || messages.length === 0 || messages.length > MAX_MESSAGES) return undefined;
    const parts = messages.map(partOf);
    const isGood = parts.every(
      ({ type, text }) =>
        wordOf(type) !== '' && (type !== 'text' || (wordOf(text) !== '' && wordOf(text).length <= MAX_CHARS)),
    );
    return isGood ? parts.map(({ text }) => wordOf(text)) : undefined;
  }

  private reply(token: string, texts: readonly string[]): SendAnswer {
    const given = this.replyTokens.get(token);
    this.replyTokens.delete(token);
    const isGood = given !== undefined && this.now().getTime() - given.getTime() <= REPLY_TOKEN_MS;
    return isGood ? accepted(this.take(token, texts, true)) : LINE_SEND_ERRORS.replyToken.answer;
  }

  private push(to: string, texts: readonly string[], retryKey: string | undefined): SendAnswer {
    if (!USER_ID.test(to) || (retryKey !== undefined && !RETRY_KEY.test(retryKey))) return LINE_SEND_ERRORS.body.answer;
    const before = retryKey === undefined ? undefined : this.retryKeys.get(retryKey);
    if (before !== undefined) return { ...LINE_SEND_ERRORS.repeated.answer, body: before };
    if (this.pushesLeft <= 0) return LINE_SEND_ERRORS.quota.answer;
    this.pushesLeft -= 1;
    const sentMessages = this.take(to, texts, false);
    if (retryKey !== undefined)
      this.retryKeys.set(retryKey, { message: 'The retry key is already accepted', sentMessages });
    return accepted(sentMessages);
  }

  private take(to: string, texts: readonly string[], isReply: boolean): readonly { readonly id: string }[] {
    const id = String(540_000_000_000_000_000n + BigInt(this.sent.length));
    this.sent.push({ id, to, texts, at: this.now(), isReply });
    return texts.map((_text, index) => ({ id: `${id}${index}` }));
  }

  private now(): Date {
    return this.options.clock.now();
  }
}

const accepted = (sentMessages: readonly { readonly id: string }[]): SendAnswer => ({
  status: 200,
  headers: { 'x-line-request-id': `request-${sentMessages[0]?.id ?? 'none'}` },
  body: { sentMessages },
});
