import { entryId, type MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import { describeChannelAdapter } from '@app/testkit';
import type { WebhookRequest } from '../channel-adapter.js';
import { telegramAdapter } from './telegram.adapter.js';

const LAN = 7100000011;
const account: ChannelAccount = {
  id: 'bot-sen',
  channel: 'telegram',
  provider: 'telegram',
  externalId: '6900000001',
  settings: {},
  secrets: { secret_token: 'Made_up-token-0123', bot_token: '6900000001:AAmade-up-token-of-the-bot' },
};

const request = (body: Buffer, token?: string): WebhookRequest => ({
  method: 'POST',
  originalUrl: '/webhooks/telegram/bot-sen',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { 'x-telegram-bot-api-secret-token': token }),
  },
  body,
  remoteAddress: '192.0.2.1',
});

const message = (text: string, index = 0) => ({
  update_id: 880000000 + index,
  message: {
    message_id: 100 + index,
    date: 1767600000,
    from: { id: LAN, is_bot: false, first_name: 'Lan' },
    chat: { id: LAN, type: 'private' },
    text,
  },
});
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describeChannelAdapter({
  adapter: telegramAdapter,
  account,
  fixtures: new URL('./fixtures/', import.meta.url),
  signedRequest: (body, { secrets }) => request(body, secrets['secret_token']),
  signatureHeader: 'x-telegram-bot-api-secret-token',
  signsBody: false,
  required: ['secrets.secret_token'],
  handshakes: [['by GET, as somebody who looks', { ...request(Buffer.alloc(0)), method: 'GET' }, { status: 200 }]],
  messages: {
    body: ([element]) => bytesOf(element),
    element: message,
    many: false,
    nul: 'replace',
    longId: (digits) =>
      Buffer.from(
        `{"update_id":1,"message":{"message_id":5,"date":1767600000,"from":{"id":${digits}},"chat":{"id":1,"type":"group"},"text":"a"}}`,
      ),
  },
});

const parse = (body: unknown) => {
  const verification = { ok: true, method: 'token' } as const;
  const receivedAt = new Date('2026-02-01T00:00:00Z');
  return telegramAdapter.parse(request(bytesOf(body)), { account, accounts: [account], receivedAt, verification });
};

describe('the account of a bot', () => {
  const problems = (more: Partial<ChannelAccount>) => telegramAdapter.checkAccount({ ...account, ...more });
  const token = account.secrets['secret_token']!;

  it.each([
    [
      'a token with signs that Telegram does not allow',
      { secrets: { secret_token: 'có dấu' } },
      'secrets.secret_token:',
    ],
    ['a token that is too long', { secrets: { secret_token: 'a'.repeat(257) } }, 'secrets.secret_token:'],
    ['an empty token of the bot', { secrets: { secret_token: token, bot_token: '' } }, 'secrets.bot_token:'],
    ['a name for a number', { externalId: '@shop_sen_bot' }, 'external_id:'],
  ])('is refused with %s', (_what, more, problem) => {
    expect(problems(more).filter((one) => one.startsWith(problem))).toHaveLength(1);
  });

  it('needs no token of the bot when nothing is to be fetched', () => {
    expect(problems({ secrets: { secret_token: token } })).toEqual([]);
  });
});

describe('the numbers of messages', () => {
  it('count within their chat, so that two chats do not share an entry', () => {
    const { update_id: id, message: content } = message('alo');
    const ids = [LAN, LAN + 1].map((chat) => {
      const { events } = parse({ update_id: id, message: { ...content, chat: { id: chat, type: 'private' } } });
      const { data } = events[0]!.event;
      return entryId(data.account_id, data.message_kind, data.provider.message_id);
    });
    expect(new Set(ids).size).toBe(2);
  });

  it('stay the same when an update is delivered anew under another number', () => {
    const first = parse({ ...message('alo'), update_id: 1 }).events[0]!.event.id;
    expect(parse({ ...message('alo'), update_id: 2 }).events[0]!.event.id).toBe(first);
  });
});

describe('a shared number', () => {
  const claims = (contact: object) => {
    const { message: content } = message('alo');
    const body = { update_id: 1, message: { ...content, text: undefined, contact } };
    return (parse(body).events[0]!.event.data as MessageReceived).claims;
  };
  const card = { phone_number: '84901234567', first_name: 'Lan' };

  it('is proof only when it is the sender’s own', () => {
    expect(claims({ ...card, user_id: LAN })).toEqual([
      { kind: 'phone', value: '+84901234567', level: 4, source: 'telegram.own_contact' },
    ]);
    for (const other of [card, { ...card, user_id: LAN + 1 }, { ...card, user_id: null }]) {
      expect(claims(other)).toMatchObject([{ level: 0, source: 'telegram.contact_card' }]);
    }
  });
});

describe('the files of a bot', () => {
  const { requestFor } = telegramAdapter.media!;
  const ask = (locator: string, of = account) => requestFor!({ locator, source: 'provider' }, of, new Date(0));

  it('are asked for by number, then by path', () => {
    const first = ask('AgAC/made up');
    expect(first?.url).toBe(
      'https://api.telegram.org/bot6900000001:AAmade-up-token-of-the-bot/getFile?file_id=AgAC%2Fmade%20up',
    );
    expect(first?.next?.(bytesOf({ ok: true, result: { file_path: 'photos/file_1.jpg' } }))?.url).toBe(
      'https://api.telegram.org/file/bot6900000001:AAmade-up-token-of-the-bot/photos/file_1.jpg',
    );
  });

  it.each([
    ['no path', { ok: false, error_code: 400 }],
    ['a path that climbs', { result: { file_path: 'photos/../../x' } }],
    ['an address', { result: { file_path: 'https://elsewhere.example/x' } }],
    ['a question', { result: { file_path: 'photos/x?y=1' } }],
    ['not JSON', undefined],
  ])('are given up when the answer holds %s', (_what, answer) => {
    expect(ask('x')?.next?.(answer === undefined ? Buffer.from('<html>') : bytesOf(answer))).toBeUndefined();
  });

  it('are not asked for without the token of the bot', () => {
    expect(ask('x', { ...account, secrets: { secret_token: 'x' } })).toBeUndefined();
  });
});
