import { webhookAdapterOf, type ParseResult, type WebhookRequest } from '@app/channels';
import type { Channel } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { INFOBIP_SEND_ERRORS, InfobipSendApi } from '../infobip/infobip-send-api.js';
import { LINE_SEND_ERRORS, LineSendApi } from '../line/line-send-api.js';
import { META_SEND_ERRORS } from '../meta/meta-send-errors.js';
import { PageSendApi } from '../meta/page-send-api.js';
import { WHATSAPP_SEND_ERRORS, WhatsAppSendApi } from '../meta/whatsapp-send-api.js';
import { TELEGRAM_SEND_ERRORS, TelegramSendApi } from '../telegram/telegram-send-api.js';
import { TWILIO_SEND_ERRORS, TwilioSendApi } from '../twilio/twilio-send-api.js';
import { VIBER_SEND_ERRORS, ViberSendApi } from '../viber/viber-send-api.js';
import { VONAGE_SEND_ERRORS, VonageSendApi } from '../vonage/vonage-send-api.js';
import { ZALO_SEND_ERRORS, ZaloSendApi } from '../zalo/zalo-send-api.js';
import type { SendApi, SendCall, SendError } from './send-api.js';

const NOW = Date.UTC(2026, 0, 10, 3);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PAGE = '106000000000001';
const BUOI = '7400000000000101';
const COMMENT = '500100000000009_600200000000001';
const POST = `${PAGE}_500100000000009`;
const SECRET = '5f0c3a1e9b7d4c2286aa41d09e6f7b38';

/** A clock that stands until it is moved. */
class StillClock {
  private at = NOW;
  now(): Date {
    return new Date(this.at);
  }
  pass(ms: number): void {
    this.at += ms;
  }
}

let clock: StillClock;
beforeEach(() => {
  clock = new StillClock();
});

const call = (path: string, body: unknown, headers: Readonly<Record<string, string>>, method = 'POST'): SendCall => ({
  method,
  path,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

/** One provider with a person whom it may write to. */
interface Stage {
  readonly api: SendApi & { readonly sent: readonly object[] };
  /** A call that is taken, changed by `more`. */
  readonly ask: (more?: object) => SendCall;
  /** What is changed for each refusal. */
  readonly rules: readonly (readonly [label: string, error: SendError, arrange: () => object | void])[];
  /** Where its webhooks go, and what they say after one message was sent; undefined: it tells nothing. */
  readonly told?: { readonly account: ChannelAccount; readonly says: readonly string[] };
}

const accountOf = (
  channel: Channel,
  provider: string,
  externalId: string,
  more: Partial<ChannelAccount>,
): ChannelAccount => ({
  id: 'a',
  channel,
  provider,
  externalId,
  settings: {},
  secrets: {},
  ...more,
});

function pageStage(product: 'page' | 'instagram'): Stage {
  const api = new PageSendApi({ accountId: PAGE, product, accessToken: 'EAAB', appSecret: SECRET, path: '/w', clock });
  const person = { id: BUOI, name: 'Bưởi', lastWroteAt: clock.now() } as {
    lastWroteAt?: Date;
    blocked?: boolean;
    id: string;
    name: string;
  };
  api.people.set(BUOI, person);
  api.comments.set(COMMENT, { id: COMMENT, postId: POST, from: BUOI, at: clock.now() });
  const message = { text: 'Dạ còn ạ 😊', metadata: 'ref-1' };
  const isPage = product === 'page';
  const window = isPage ? META_SEND_ERRORS.window : META_SEND_ERRORS.instagramWindow;
  return {
    api,
    ask: (more = {}) => {
      const { token = 'EAAB', ...body } = {
        recipient: { id: BUOI },
        messaging_type: 'RESPONSE',
        message,
        ...more,
      } as Record<string, unknown>;
      return call(`/v25.0/${PAGE}/messages`, body, { authorization: `Bearer ${String(token)}` });
    },
    rules: [
      ['another token', META_SEND_ERRORS.token, () => ({ token: 'khac' })],
      ['nobody whom it knows', META_SEND_ERRORS.unknownPerson, () => ({ recipient: { id: '1' } })],
      ['somebody who blocked it', META_SEND_ERRORS.blocked, () => void (person.blocked = true)],
      ['a closed window', window, () => clock.pass(DAY_MS + 1)],
      [
        'a human after a week',
        window,
        () => {
          clock.pass(7 * DAY_MS + 1);
          return { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
        },
      ],
      [
        'a long text',
        META_SEND_ERRORS.parameter,
        () => ({ message: { text: isPage ? 'a'.repeat(2_001) : 'ạ'.repeat(334) } }),
      ],
      ['nothing in it', META_SEND_ERRORS.parameter, () => ({ message: {} })],
      ['an action beside it', META_SEND_ERRORS.parameter, () => ({ sender_action: 'typing_on' })],
      [
        'too many quick replies',
        META_SEND_ERRORS.parameter,
        () => ({ message: { text: 'a', quick_replies: Array(14).fill({}) } }),
      ],
      ['a comment that is gone', META_SEND_ERRORS.gone, () => ({ recipient: { comment_id: '1_2' } })],
      [
        'a comment answered privately before',
        META_SEND_ERRORS.alreadyReplied,
        () => {
          api.comments.get(COMMENT)!.repliedPrivately = true;
          return { recipient: { comment_id: COMMENT } };
        },
      ],
      [
        'a comment of the week before last',
        META_SEND_ERRORS.window,
        () => {
          clock.pass(7 * DAY_MS + 1);
          return { recipient: { comment_id: COMMENT } };
        },
      ],
    ],
    told: {
      account: accountOf(isPage ? 'messenger' : 'instagram', 'meta', PAGE, {
        secrets: { app_secret: SECRET, verify_token: 'ma' },
      }),
      says: isPage ? ['echo m_sent-1 Dạ còn ạ 😊', 'delivered m_sent-1'] : ['echo m_sent-1 Dạ còn ạ 😊'],
    },
  };
}

const STAGES: Readonly<Record<string, () => Stage>> = {
  Messenger: () => pageStage('page'),
  Instagram: () => pageStage('instagram'),
  Zalo: () => {
    const oaId = '2870000000000000001';
    const app = { appId: '3900000000000000033', oaSecretKey: 'khoa-oa', path: '/w' };
    const api = new ZaloSendApi({ ...app, oaId, accessToken: 'truy-cap', clock });
    const person = { userId: '6400000000000000011', userIdByApp: '8100000000000000022', lastActedAt: clock.now() } as {
      userId: string;
      userIdByApp: string;
      lastActedAt: Date;
      blocksMessages?: boolean;
      isInactive?: boolean;
    };
    api.people.set(person.userId, person);
    const message = { text: 'Dạ shop còn size M ạ' };
    return {
      api,
      ask: (more = {}) => {
        const { token = 'truy-cap', ...body } = { recipient: { user_id: person.userId }, message, ...more } as Record<
          string,
          unknown
        >;
        return call('/v3.0/oa/message/cs', body, { access_token: String(token) });
      },
      rules: [
        ['another token', ZALO_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['nobody whom it knows', ZALO_SEND_ERRORS.user, () => ({ recipient: { user_id: '1' } })],
        ['a long text', ZALO_SEND_ERRORS.parameter, () => ({ message: { text: 'a'.repeat(2_001) } })],
        ['nothing in it', ZALO_SEND_ERRORS.parameter, () => ({ message: {} })],
        [
          'too many buttons',
          ZALO_SEND_ERRORS.parameter,
          () => ({ message: { attachment: { payload: { buttons: Array(6).fill({}) } } } }),
        ],
        ['somebody inactive', ZALO_SEND_ERRORS.inactive, () => void (person.isInactive = true)],
        ['somebody who wants none', ZALO_SEND_ERRORS.refusedByUser, () => void (person.blocksMessages = true)],
        ['three days of silence and no wallet', ZALO_SEND_ERRORS.noWallet, () => clock.pass(3 * DAY_MS)],
        [
          'three days of silence and no money',
          ZALO_SEND_ERRORS.noMoney,
          () => {
            clock.pass(3 * DAY_MS);
            api.wallet = 'empty';
          },
        ],
        [
          'eight days of silence, whoever pays',
          ZALO_SEND_ERRORS.window,
          () => {
            clock.pass(8 * DAY_MS);
            api.wallet = 'funded';
          },
        ],
      ],
      told: {
        account: accountOf('zalo', 'zalo', oaId, {
          settings: { app_id: app.appId },
          secrets: { oa_secret_key: app.oaSecretKey },
        }),
        says: ['echo <id> Dạ shop còn size M ạ', 'delivered <id>'],
      },
    };
  },
  Twilio: () => {
    const publicUrl = 'https://cs.example.vn/webhooks/sms/hotline';
    const secrets = { account_sid: 'AC00000000000000000000000000000001', auth_token: 'ma-bia-ra' };
    const api = new TwilioSendApi({
      accountSid: secrets.account_sid,
      authToken: secrets.auth_token,
      number: '+842871000001',
      publicUrl,
      path: '/webhooks/sms/hotline',
      clock,
    });
    const to = '+84912345678';
    return {
      api,
      ask: (more = {}) => {
        const { token = secrets.auth_token, ...fields } = {
          To: to,
          From: '+842871000001',
          Body: 'Dạ còn ạ',
          StatusCallback: publicUrl,
          ...more,
        } as Record<string, string>;
        const login = Buffer.from(`${secrets.account_sid}:${token}`).toString('base64');
        return call(`/2010-04-01/Accounts/${secrets.account_sid}/Messages.json`, form(fields), {
          authorization: `Basic ${login}`,
        });
      },
      rules: [
        ['another token', TWILIO_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['no recipient', TWILIO_SEND_ERRORS.noRecipient, () => ({ To: '' })],
        ['nothing in it', TWILIO_SEND_ERRORS.noContent, () => ({ Body: '' })],
        ['a long text', TWILIO_SEND_ERRORS.tooLong, () => ({ Body: 'a'.repeat(1_601) })],
        ['what is no number', TWILIO_SEND_ERRORS.invalidNumber, () => ({ To: '0912' })],
        ['another country', TWILIO_SEND_ERRORS.region, () => ({ To: '+12025550123' })],
        ['a landline', TWILIO_SEND_ERRORS.notMobile, () => void api.landlines.add(to)],
        ['somebody who wrote STOP', TWILIO_SEND_ERRORS.optedOut, () => void api.optedOut.add(to)],
      ],
      told: {
        account: accountOf('sms', 'twilio', '+842871000001', { settings: { public_url: publicUrl }, secrets }),
        says: ['sent <id>', 'delivered <id>'],
      },
    };
  },
  WhatsApp: () => {
    const api = new WhatsAppSendApi({
      appSecret: SECRET,
      path: '/w',
      businessId: '330000000000001',
      phoneNumberId: '220000000000077',
      accessToken: 'EAAB',
      clock,
    });
    const person = { number: '84901234567', userId: 'VN.70311', name: 'Bưởi', lastWroteAt: clock.now() };
    api.people.set(person.number, person);
    return {
      api,
      ask: (more = {}) => {
        const { token = 'EAAB', ...body } = {
          messaging_product: 'whatsapp',
          to: person.number,
          type: 'text',
          text: { body: 'Dạ còn ạ' },
          ...more,
        } as Record<string, unknown>;
        return call('/v25.0/220000000000077/messages', body, { authorization: `Bearer ${String(token)}` });
      },
      rules: [
        ['another token', WHATSAPP_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['no recipient', WHATSAPP_SEND_ERRORS.missing, () => ({ to: '' })],
        ['another product', WHATSAPP_SEND_ERRORS.missing, () => ({ messaging_product: 'messenger' })],
        ['a long text', WHATSAPP_SEND_ERRORS.parameter, () => ({ text: { body: 'a'.repeat(4_097) } })],
        ['nothing in it', WHATSAPP_SEND_ERRORS.parameter, () => ({ text: { body: '' } })],
        [
          'the second message within six seconds',
          WHATSAPP_SEND_ERRORS.pair,
          () => void api.sent.push({ id: 'x', to: person.number, text: '', at: clock.now() }),
        ],
      ],
      told: {
        account: accountOf('whatsapp', 'meta', '220000000000077', {
          secrets: { app_secret: SECRET, verify_token: 'ma' },
        }),
        says: ['sent <id>', 'delivered <id>'],
      },
    };
  },
  Telegram: () => {
    const api = new TelegramSendApi({ token: '6900000001:AA', clock });
    const chat = { id: 77, name: 'Bưởi', hasStarted: true } as {
      id: number;
      name: string;
      hasStarted: boolean;
      hasBlocked?: boolean;
    };
    api.chats.set(77, chat);
    return {
      api,
      ask: (more = {}) => {
        const {
          token = '6900000001:AA',
          method = 'sendMessage',
          ...body
        } = { chat_id: 77, text: 'Dạ còn ạ', ...more } as Record<string, unknown>;
        return call(`/bot${String(token)}/${String(method)}`, body, {});
      },
      rules: [
        ['another token', TELEGRAM_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['another method', TELEGRAM_SEND_ERRORS.method, () => ({ method: 'sendNothing' })],
        ['nobody whom it knows', TELEGRAM_SEND_ERRORS.noChat, () => ({ chat_id: 1 })],
        ['somebody who blocked it', TELEGRAM_SEND_ERRORS.blocked, () => void (chat.hasBlocked = true)],
        ['somebody who never wrote', TELEGRAM_SEND_ERRORS.stranger, () => void (chat.hasStarted = false)],
        ['nothing in it', TELEGRAM_SEND_ERRORS.empty, () => ({ text: ' ' })],
        ['a long text', TELEGRAM_SEND_ERRORS.tooLong, () => ({ text: 'a'.repeat(4_097) })],
      ],
    };
  },
  LINE: () => {
    const api = new LineSendApi({ accessToken: 'truy-cap', clock });
    const to = 'U0000000000000000000000000000000b';
    const key = '123e4567-e89b-42d3-a456-426614174000';
    return {
      api,
      ask: (more = {}) => {
        const {
          token = 'truy-cap',
          at = 'push',
          retryKey,
          ...body
        } = { to, messages: [{ type: 'text', text: 'Dạ còn ạ' }], ...more } as Record<string, unknown>;
        const headers = {
          authorization: `Bearer ${String(token)}`,
          ...(retryKey === undefined ? {} : { 'x-line-retry-key': String(retryKey) }),
        };
        return call(`/v2/bot/message/${String(at)}`, body, headers);
      },
      rules: [
        ['another token', LINE_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['what is no person', LINE_SEND_ERRORS.body, () => ({ to: '1' })],
        ['six messages', LINE_SEND_ERRORS.body, () => ({ messages: Array(6).fill({ type: 'text', text: 'a' }) })],
        ['no message', LINE_SEND_ERRORS.body, () => ({ messages: [] })],
        ['a long text', LINE_SEND_ERRORS.body, () => ({ messages: [{ type: 'text', text: 'a'.repeat(5_001) }] })],
        ['an empty text', LINE_SEND_ERRORS.body, () => ({ messages: [{ type: 'text', text: '' }] })],
        ['a key that is none', LINE_SEND_ERRORS.body, () => ({ retryKey: 'khoa' })],
        ['a plan that is used up', LINE_SEND_ERRORS.quota, () => void (api.pushesLeft = 0)],
        ['a token to reply that nobody gave', LINE_SEND_ERRORS.replyToken, () => ({ at: 'reply', replyToken: 'x' })],
        [
          'a token to reply that is old',
          LINE_SEND_ERRORS.replyToken,
          () => {
            api.replyTokens.set('t', clock.now());
            clock.pass(60_001);
            return { at: 'reply', replyToken: 't' };
          },
        ],
      ]
        .map((rule) => rule as unknown as Stage['rules'][number])
        .concat([
          [
            'a key that was used before',
            LINE_SEND_ERRORS.repeated,
            () => {
              api.answer(
                call(
                  '/v2/bot/message/push',
                  { to, messages: [{ type: 'text', text: 'a' }] },
                  { authorization: 'Bearer truy-cap', 'x-line-retry-key': key },
                ),
              );
              return { retryKey: key };
            },
          ],
        ]),
    };
  },
  Viber: () => {
    const authToken = '50aa11bb22cc33dd-44ee55ff66001122-3344556677889900';
    const api = new ViberSendApi({ authToken, path: '/w', clock });
    const person = { id: 'aB3dE5fG7hI9jK1lM3nO5A==', isSubscribed: true } as {
      id: string;
      isSubscribed: boolean;
      hasDevice?: boolean;
    };
    api.people.set(person.id, person);
    return {
      api,
      ask: (more = {}) => {
        const { token = authToken, ...body } = {
          receiver: person.id,
          type: 'text',
          text: 'Dạ còn ạ',
          sender: { name: 'Shop' },
          ...more,
        } as Record<string, unknown>;
        return call('/pa/send_message', body, { 'x-viber-auth-token': String(token) });
      },
      rules: [
        ['another token', VIBER_SEND_ERRORS.token, () => ({ token: 'khac' })],
        ['no recipient', VIBER_SEND_ERRORS.missingData, () => ({ receiver: '' })],
        ['no sender', VIBER_SEND_ERRORS.missingData, () => ({ sender: {} })],
        ['a long name', VIBER_SEND_ERRORS.badData, () => ({ sender: { name: 'a'.repeat(29) } })],
        ['a long text', VIBER_SEND_ERRORS.badData, () => ({ text: 'a'.repeat(7_001) })],
        ['a large body', VIBER_SEND_ERRORS.badData, () => ({ tracking_data: 'a'.repeat(30_000) })],
        ['nobody whom it knows', VIBER_SEND_ERRORS.notRegistered, () => ({ receiver: 'x' })],
        ['somebody who left', VIBER_SEND_ERRORS.notSubscribed, () => void (person.isSubscribed = false)],
        ['somebody without a device', VIBER_SEND_ERRORS.noDevice, () => void (person.hasDevice = false)],
      ],
      told: {
        account: accountOf('viber', 'viber', 'pa:5300000000000000001', { secrets: { auth_token: authToken } }),
        says: ['delivered <id>'],
      },
    };
  },
  Vonage: () => {
    const api = new VonageSendApi({ apiKey: 'khoa', apiSecret: 'bi-mat', clock });
    const to = '84912345678';
    return {
      api,
      ask: (more = {}) => {
        const fields = {
          api_key: 'khoa',
          api_secret: 'bi-mat',
          from: 'CUAHANG',
          to,
          text: 'Dạ còn ạ',
          type: 'unicode',
          ...more,
        };
        return call('/sms/json', form(fields), {});
      },
      rules: [
        ['another secret', VONAGE_SEND_ERRORS.credentials, () => ({ api_secret: 'khac' })],
        ['no recipient', VONAGE_SEND_ERRORS.missing, () => ({ to: '' })],
        ['no sender', VONAGE_SEND_ERRORS.sender, () => ({ from: '' })],
        ['a long text', VONAGE_SEND_ERRORS.tooLong, () => ({ text: 'a'.repeat(3_201) })],
        ['what is no number', VONAGE_SEND_ERRORS.unroutable, () => ({ to: '0' })],
        ['a number that is barred', VONAGE_SEND_ERRORS.barredNumber, () => void api.barred.add(to)],
      ],
    };
  },
  Infobip: () => {
    const api = new InfobipSendApi({
      apiKey: 'khoa',
      authorization: `Basic ${Buffer.from('omni:mat-khau').toString('base64')}`,
      clock,
    });
    const message = {
      sender: 'CUAHANG',
      destinations: [{ to: '84912345678', messageId: 'cua-minh-1' }],
      content: { text: 'Dạ còn ạ' },
      webhooks: { delivery: { url: 'https://cs.example.vn/webhooks/sms/infobip' } },
    };
    return {
      api,
      ask: (more = {}) => {
        const { key = 'khoa', ...body } = { messages: [message], ...more } as Record<string, unknown>;
        return call('/sms/3/messages', body, { authorization: `App ${String(key)}` });
      },
      rules: [
        ['another key', INFOBIP_SEND_ERRORS.key, () => ({ key: 'khac' })],
        ['no message', INFOBIP_SEND_ERRORS.body, () => ({ messages: [] })],
      ],
      told: {
        account: accountOf('sms', 'infobip', 'CUAHANG', { secrets: { user: 'omni', password: 'mat-khau' } }),
        says: ['delivered cua-minh-1'],
      },
    };
  },
};
const NAMES = Object.keys(STAGES);
const RULES = NAMES.flatMap((name) => {
  clock = new StillClock();
  return STAGES[name]!().rules.map(([label], index) => [name, label, index] as const);
});

/** The id that the answer of a provider gives to a message. */
const idIn = (sent: object): string => {
  const { id, sid, token } = sent as { id?: string; sid?: string; token?: string };
  return String(id ?? sid ?? token);
};

function wordsOf({ events, rejected, ignored }: ParseResult): readonly string[] {
  expect([rejected, ignored]).toEqual([[], []]);
  return events.map(({ event: { type, data } }) => {
    if ('status' in data) return `${data.status} ${data.message_ids?.join() ?? ''}`;
    const text = 'content' in data ? (data.content?.text ?? '') : '';
    return `${data.direction === 'echo' ? 'echo' : type} ${data.provider.message_id} ${text}`;
  });
}

describe.each(NAMES)('the send API of %s', (name) => {
  it('takes a message, keeps it, and answers with its id', () => {
    const { api, ask } = STAGES[name]!();
    const answer = api.answer(ask());
    expect(answer.status).toBeLessThan(300);
    expect(api.sent).toHaveLength(1);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    expect(text).toContain(idIn(api.sent[0]!));
  });

  it('tells by webhook what became of it, in words that our connector understands, once', async () => {
    const { api, ask, told } = STAGES[name]!();
    api.answer(ask());
    const requests = api.takeTold().map(({ request }) => request);
    expect(api.takeTold()).toEqual([]);
    const heard: string[] = [];
    const { account, says } = told ?? { account: accountOf('line', 'line', '', {}), says: [] };
    const adapter = webhookAdapterOf(account)!;
    for (const { method, path, headers, body } of requests) {
      const query = new URL(path, 'http://x').searchParams;
      const request: WebhookRequest = { method, originalUrl: path, query, headers, body, remoteAddress: '192.0.2.1' };
      const receivedAt = clock.now();
      const verification = adapter.verify(request, account, receivedAt);
      if (!verification.ok) throw new Error(verification.reason);
      heard.push(...wordsOf(await adapter.parse(request, { account, accounts: [account], receivedAt, verification })));
    }
    expect(heard).toEqual(says.map((words) => words.replace('<id>', idIn(api.sent[0]!))));
  });
});

it.each(RULES)('%s refuses %s, and sends nothing', (name, _label, index) => {
  const { api, ask, rules } = STAGES[name]!();
  const [, error, arrange] = rules[index]!;
  const more = arrange() ?? {};
  const before = api.sent.length;
  const answer = api.answer(ask(more));
  const { status, body } = error.answer;
  expect(answer).toMatchObject({ status, body });
  expect(api.sent).toHaveLength(before);
});

describe('what a provider allows', () => {
  it('Meta: a human may write for a week', () => {
    const { api, ask } = STAGES['Messenger']!();
    clock.pass(6 * DAY_MS);
    expect(api.answer(ask({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' })).status).toBe(200);
  });

  it('Meta: one private reply for each comment, which names its author in the chat', () => {
    const { api, ask } = STAGES['Messenger']!();
    clock.pass(2 * DAY_MS);
    expect(api.answer(ask({ recipient: { comment_id: COMMENT } })).body).toMatchObject({ recipient_id: BUOI });
    expect(api.answer(ask({ recipient: { comment_id: COMMENT } }))).toEqual(META_SEND_ERRORS.alreadyReplied.answer);
  });

  it('Zalo: who was silent for three days may be written to for money', () => {
    const { api, ask } = STAGES['Zalo']!();
    (api as ZaloSendApi).wallet = 'funded';
    clock.pass(3 * DAY_MS);
    expect(api.answer(ask()).body).toMatchObject({ error: 0 });
    expect((api as ZaloSendApi).sent).toMatchObject([{ isPaid: true }]);
  });

  it('WhatsApp: a closed window is told later, and a template goes through it', async () => {
    const { api, ask, told } = STAGES['WhatsApp']!();
    const { account } = told!;
    const adapter = webhookAdapterOf(account)!;
    clock.pass(2 * DAY_MS);
    expect(api.answer(ask()).status).toBe(200);
    clock.pass(10_000);
    expect(api.answer(ask({ type: 'template', template: { name: 'chao' }, text: undefined })).status).toBe(200);
    const results = await Promise.all(
      api.takeTold().map(async ({ request: { method, path, headers, body } }) => {
        const request: WebhookRequest = {
          method,
          originalUrl: path,
          query: new URLSearchParams(),
          headers,
          body,
          remoteAddress: '',
        };
        return await adapter.parse(request, {
          account,
          accounts: [account],
          receivedAt: clock.now(),
          verification: { ok: true, method: 'hmac' },
        });
      }),
    );
    const statuses = results.flatMap(({ events }) =>
      events.map(({ event: { data } }) => ('status' in data ? [data.status, data.error?.code] : [])),
    );
    expect(statuses).toEqual([
      ['failed', '131047'],
      ['sent', undefined],
      ['delivered', undefined],
    ]);
  });

  it('LINE: a key is taken once, and what was sent is told again', () => {
    const { api, ask } = STAGES['LINE']!();
    const retryKey = '123e4567-e89b-42d3-a456-426614174000';
    const first = api.answer(ask({ retryKey }));
    const second = api.answer(ask({ retryKey }));
    expect([first.status, second.status, api.sent.length]).toEqual([200, 409, 1]);
    expect(second.body).toMatchObject(first.body as object);
  });

  it('LINE: a token to reply works once', () => {
    const { api, ask } = STAGES['LINE']!();
    (api as LineSendApi).replyTokens.set('t', clock.now());
    const reply = ask({ at: 'reply', replyToken: 't', to: undefined });
    expect([api.answer(reply).status, api.answer(reply).status]).toEqual([200, 400]);
  });

  it('Viber: numbers of 64 bits keep every digit', () => {
    const { api, ask } = STAGES['Viber']!();
    expect(api.answer(ask()).body).toContain('"message_token":5741311803571721087,');
  });

  it('Vonage: a long text is several messages', () => {
    const { api, ask } = STAGES['Vonage']!();
    expect(api.answer(ask({ text: 'ạ'.repeat(135) })).body).toMatchObject({ 'message-count': '3' });
  });

  it('Infobip: one wrong destination does not take its neighbours', () => {
    const { api, ask } = STAGES['Infobip']!();
    const destinations = [{ to: 'x' }, { to: '84912345678' }];
    const { body } = api.answer(ask({ messages: [{ destinations, content: { text: 'a' } }] }));
    expect(
      (body as { messages: { status: { groupName: string } }[] }).messages.map(({ status }) => status.groupName),
    ).toEqual(['REJECTED', 'PENDING']);
  });
});

describe('comments of a page', () => {
  const act = (path: string, body: unknown, method = 'POST', token = 'EAAB') =>
    call(`/v25.0/${path}`, body, { authorization: `Bearer ${token}` }, method);

  function comments(): PageSendApi {
    return pageStage('page').api as PageSendApi;
  }
  async function heard(api: PageSendApi): Promise<readonly string[]> {
    const account = accountOf('facebook_comment', 'meta', PAGE, {
      secrets: { app_secret: SECRET, verify_token: 'ma' },
    });
    const adapter = webhookAdapterOf(account)!;
    const results = await Promise.all(
      api.takeTold().map(async ({ request: { method, path, headers, body } }) => {
        const request: WebhookRequest = {
          method,
          originalUrl: path,
          query: new URLSearchParams(),
          headers,
          body,
          remoteAddress: '',
        };
        const verification = adapter.verify(request, account);
        if (!verification.ok) throw new Error(verification.reason);
        return await adapter.parse(request, { account, accounts: [account], receivedAt: clock.now(), verification });
      }),
    );
    return results.flatMap(({ events }) =>
      events.map(({ event: { data } }) =>
        'action' in data
          ? `${data.action} ${data.provider.message_id}`
          : `${data.direction} ${data.provider.message_id}`,
      ),
    );
  }

  it('are answered, hidden, shown and removed, and the feed tells of it', async () => {
    const api = comments();
    const { body } = api.answer(act(`${COMMENT}/comments`, { message: 'Dạ 450k ạ' }));
    const { id } = body as { id: string };
    api.answer(act(COMMENT, { is_hidden: true }));
    api.answer(act(COMMENT, form({ is_hidden: 'false' })));
    api.answer(act(COMMENT, {}, 'DELETE'));
    expect(await heard(api)).toEqual([`echo ${id}`, `hide ${COMMENT}`, `unhide ${COMMENT}`, `delete ${COMMENT}`]);
    expect(api.answer(act(COMMENT, {}, 'DELETE'))).toEqual(META_SEND_ERRORS.gone.answer);
  });

  it.each<[string, SendCall, SendError]>([
    ['another token', act(COMMENT, {}, 'DELETE', 'khac'), META_SEND_ERRORS.token],
    ['a comment that is not there', act('1_2/comments', { message: 'a' }), META_SEND_ERRORS.gone],
    ['an empty answer', act(`${COMMENT}/comments`, {}), META_SEND_ERRORS.parameter],
    ['a long answer', act(`${COMMENT}/comments`, { message: 'a'.repeat(8_001) }), META_SEND_ERRORS.parameter],
    ['hiding without saying so', act(COMMENT, {}), META_SEND_ERRORS.parameter],
  ])('are not touched with %s', (_label, asked, error) => {
    const api = comments();
    expect(api.answer(asked)).toEqual(error.answer);
    expect([api.sent, api.takeTold()]).toEqual([[], []]);
  });

  it('of the page itself cannot be hidden', () => {
    const api = comments();
    const { id } = api.answer(act(`${COMMENT}/comments`, { message: 'a' })).body as { id: string };
    expect(api.answer(act(id, { is_hidden: true }))).toEqual(META_SEND_ERRORS.parameter.answer);
  });
});
