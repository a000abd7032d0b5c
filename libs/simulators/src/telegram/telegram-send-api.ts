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

const refusal = (
  meaning: SendErrorClass,
  code: number,
  description: string,
  parameters?: Readonly<Record<string, number>>,
): SendError => ({
  meaning,
  answer: {
    status: code,
    body: { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) },
  },
});

/** How Telegram refuses to send. @see Telegram Bot API, "Making requests", "ResponseParameters" */
export const TELEGRAM_SEND_ERRORS = {
  token: refusal('auth', 401, 'Unauthorized'),
  method: refusal('bad_request', 404, 'Not Found'),
  empty: refusal('bad_request', 400, 'Bad Request: message text is empty'),
  tooLong: refusal('bad_request', 400, 'Bad Request: message is too long'),
  noChat: refusal('recipient', 400, 'Bad Request: chat not found'),
  moved: refusal('recipient', 400, 'Bad Request: group chat was upgraded to a supergroup chat', {
    migrate_to_chat_id: -1_001_000_000_001,
  }),
  blocked: refusal('recipient', 403, 'Forbidden: bot was blocked by the user'),
  stranger: refusal('recipient', 403, "Forbidden: bot can't initiate conversation with a user"),
  rate: refusal('slow_down', 429, 'Too Many Requests: retry after 5', { retry_after: 5 }),
  temporary: refusal('retry', 502, 'Bad Gateway'),
} as const satisfies Readonly<Record<string, SendError>>;

const MAX_CHARS = 4_096;

/** A private chat. */
export interface TelegramChat {
  readonly id: number;
  readonly name: string;
  /** Whether the person ever wrote: a bot cannot write first. */
  hasStarted: boolean;
  hasBlocked?: boolean;
}

/** What was sent. */
export interface TelegramSent {
  readonly id: number;
  readonly to: number;
  readonly text: string;
  readonly at: Date;
}

/** The methods of a bot of Telegram that send. It tells nothing of them by webhook: a lost answer stays unknown. */
export class TelegramSendApi extends RememberingSendApi<TelegramSent> {
  readonly chats = new Map<number, TelegramChat>();

  constructor(private readonly options: { readonly token: string; readonly clock: Pick<SimulatorClock, 'now'> }) {
    super();
  }

  answer(call: SendCall): SendAnswer {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(new URL(call.path, 'https://api.example').pathname) ?? [];
    if (token !== this.options.token) return TELEGRAM_SEND_ERRORS.token.answer;
    if (method !== 'sendMessage') return TELEGRAM_SEND_ERRORS.method.answer;
    const fields = jsonOf(call) ?? Object.fromEntries(new URLSearchParams(call.body.toString('utf8')));
    const chat = this.chats.get(Number(fields['chat_id']));
    if (chat === undefined) return TELEGRAM_SEND_ERRORS.noChat.answer;
    if (chat.hasBlocked === true) return TELEGRAM_SEND_ERRORS.blocked.answer;
    if (!chat.hasStarted) return TELEGRAM_SEND_ERRORS.stranger.answer;
    const text = wordOf(fields['text']);
    if (text.trim() === '') return TELEGRAM_SEND_ERRORS.empty.answer;
    return text.length > MAX_CHARS ? TELEGRAM_SEND_ERRORS.tooLong.answer : this.take(chat, text, fields);
  }

  private take(chat: TelegramChat, text: string, fields: Readonly<Record<string, unknown>>): SendAnswer {
    const at = this.options.clock.now();
    const id = 1_000 + this.sent.length;
    this.sent.push({ id, to: chat.id, text, at });
    const answered = partOf(fields['reply_parameters'])['message_id'];
    return {
      status: 200,
      body: {
        ok: true,
        result: {
          message_id: id,
          date: Math.floor(at.getTime() / 1_000),
          from: { id: 1, is_bot: true, first_name: 'Shop' },
          chat: { id: chat.id, type: 'private', first_name: chat.name },
          text,
          ...(answered === undefined ? {} : { reply_to_message: { message_id: answered } }),
        },
      },
    };
  }
}
