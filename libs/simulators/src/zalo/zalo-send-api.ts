import { createHash } from 'node:crypto';
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
import { oaReceived, oaSendText, userSeenMessage, type ZaloThread } from './zalo-events.js';
import { ZaloOa, type ZaloOaOptions } from './zalo-oa.js';

/** Refusals come with status 200 and a negative number. */
const refusal = (meaning: SendErrorClass, error: number, message: string): SendError => ({
  meaning,
  answer: { status: 200, body: { error, message } },
});

/**
 * How Zalo refuses to send. @see Zalo for Developers, "Bảng mã lỗi" of the official account API
 */
export const ZALO_SEND_ERRORS = {
  rate: refusal('slow_down', -32, 'Your request is rate limited'),
  parameter: refusal('bad_request', -101, 'Invalid parameter'),
  user: refusal('recipient', -201, 'user_id is invalid'),
  token: refusal('auth', -216, 'Access token is invalid'),
  expired: refusal('auth', -220, 'Access token is expired'),
  app: refusal('account', -209, 'The API is not supported for this app'),
  quota: refusal('account', -211, 'Out of quota'),
  notFollower: refusal('recipient', -213, 'User has not followed OA'),
  inactive: refusal('recipient', -227, 'User is banned or has been inactive for more than 45 days'),
  window: refusal('window', -230, 'User has not interacted with the OA in the past 7 days'),
  night: refusal('window', -234, 'This kind of message must not be sent at night'),
  refusedByUser: refusal('recipient', -244, 'User has blocked this kind of message'),
  noWallet: refusal('account', -320, 'Your app needs to connect with a Zalo Cloud Account'),
  noMoney: refusal('account', -321, 'The Zalo Cloud Account is out of money'),
} as const satisfies Readonly<Record<string, SendError>>;

const HOUR_MS = 3_600_000;
const FREE_MS = 48 * HOUR_MS;
const LAST_MS = 7 * 24 * HOUR_MS;
const MAX_CHARS = 2_000;
const MAX_BUTTONS = 5;

/** Somebody who wrote to the official account. */
export interface ZaloPerson extends Pick<ZaloThread, 'userId' | 'userIdByApp'> {
  /** Last message, call, click or follow. */
  lastActedAt: Date;
  blocksMessages?: boolean;
  isInactive?: boolean;
}

/** What was sent. */
export interface ZaloSent {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
  /** Whether it cost money, because the person was silent for more than two days. */
  readonly isPaid: boolean;
}

/**
 * The message address of a Zalo official account. What it sends comes back by webhook as an echo, with a receipt.
 *
 * @see Zalo for Developers, "Tin tư vấn", v3.0
 */
export class ZaloSendApi extends RememberingSendApi<ZaloSent> {
  readonly people = new Map<string, ZaloPerson>();
  /** Whether a Zalo Cloud Account pays for what is not free. */
  wallet: 'none' | 'empty' | 'funded' = 'none';
  private readonly oa: ZaloOa;

  constructor(
    private readonly options: ZaloOaOptions & {
      readonly oaId: string;
      readonly accessToken: string;
      readonly clock: Pick<SimulatorClock, 'now'>;
    },
  ) {
    super();
    this.oa = new ZaloOa(options);
  }

  answer(call: SendCall): SendAnswer {
    const { pathname } = new URL(call.path, 'https://openapi.example');
    if (call.method !== 'POST' || pathname !== '/v3.0/oa/message/cs') return ZALO_SEND_ERRORS.app.answer;
    if (call.headers['access_token'] !== this.options.accessToken) return ZALO_SEND_ERRORS.token.answer;
    const body = jsonOf(call);
    const message = partOf(body?.['message']);
    const text = wordOf(message['text']);
    const payload = partOf(partOf(message['attachment'])['payload']);
    const buttons = Array.isArray(payload['buttons']) ? payload['buttons'].length : 0;
    const isEmpty = text === '' && message['attachment'] === undefined;
    if (isEmpty || text.length > MAX_CHARS || buttons > MAX_BUTTONS) return ZALO_SEND_ERRORS.parameter.answer;
    const person = this.people.get(wordOf(partOf(body?.['recipient'])['user_id']));
    if (person === undefined) return ZALO_SEND_ERRORS.user.answer;
    return this.refusePerson(person) ?? this.deliver(person, text);
  }

  /** The person has seen a message. */
  see(userId: string, messageId: string): void {
    const person = this.people.get(userId);
    if (person !== undefined) this.tell(userSeenMessage(this.threadOf(person), this.now(), [messageId]));
  }

  private refusePerson(person: ZaloPerson): SendAnswer | undefined {
    if (person.isInactive === true) return ZALO_SEND_ERRORS.inactive.answer;
    if (person.blocksMessages === true) return ZALO_SEND_ERRORS.refusedByUser.answer;
    const silentMs = this.silenceOf(person);
    if (silentMs > LAST_MS) return ZALO_SEND_ERRORS.window.answer;
    if (silentMs <= FREE_MS || this.wallet === 'funded') return undefined;
    return this.wallet === 'none' ? ZALO_SEND_ERRORS.noWallet.answer : ZALO_SEND_ERRORS.noMoney.answer;
  }

  private deliver(person: ZaloPerson, text: string): SendAnswer {
    const at = this.now();
    const id = createHash('sha256').update(`${person.userId} ${this.sent.length}`).digest('hex').slice(0, 20);
    const isPaid = this.silenceOf(person) > FREE_MS;
    this.sent.push({ id, to: person.userId, text, at, isPaid });
    const thread = this.threadOf(person);
    this.tell(oaSendText(thread, at, id, text));
    this.tell(oaReceived(thread, at, id));
    const quota = isPaid ? { quota_type: 'sub_quota' } : { quota_type: 'reply', remain: '7', total: '8' };
    return {
      status: 200,
      body: { error: 0, message: 'Success', data: { message_id: id, user_id: person.userId, quota } },
    };
  }

  private silenceOf({ lastActedAt }: ZaloPerson): number {
    return this.now().getTime() - lastActedAt.getTime();
  }

  private threadOf({ userId, userIdByApp }: ZaloPerson): ZaloThread {
    return { userId, userIdByApp, oaId: this.options.oaId };
  }

  private tell(event: Parameters<ZaloOa['post']>[0]): void {
    this.tellAt(new Date(Number(event.timestamp)), this.oa.post(event));
  }

  private now(): Date {
    return this.options.clock.now();
  }
}
