import { validateSignature } from '@line/bot-sdk';
import { webhookAdapterOf, type ParsedEvent, type ParseResult, type WebhookRequest } from '@app/channels';
import type { ChannelAccount } from '@app/kernel';
import type { ProviderRequest } from './delivery/provider-request.js';
import { disturb } from './delivery/disturb.js';
import { LineBot } from './line/line-bot.js';
import { InstagramAccount } from './meta/instagram-account.js';
import { WhatsAppNumber } from './meta/whatsapp-number.js';
import { SeededRandom } from './seeded-random.js';
import { TelegramBot } from './telegram/telegram-bot.js';
import { ViberBot } from './viber/viber-bot.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 5, 3, 0, second));
const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');
const account = (
  channel: ChannelAccount['channel'],
  provider: string,
  externalId: string,
  secrets: ChannelAccount['secrets'],
): ChannelAccount => ({
  id: channel,
  channel,
  provider,
  externalId,
  settings: {},
  secrets,
});

const APP = { appSecret: '5f0c3a1e9b7d4c2286aa41d09e6f7b38', path: '/webhooks/x/y' };
const META = { app_secret: APP.appSecret, verify_token: 'mot-ma-bia-ra' };
const LINE_SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const BOT = 'U0000000000000000000000000000000a';
const BUOI = { number: '84901234567', userId: 'VN.70311820445566778899', name: 'Trần Thị Bưởi' };

const instagram = new InstagramAccount({ ...APP, accountId: '17841400000000077' });
const whatsApp = new WhatsAppNumber({ ...APP, businessId: '330000000000001', phoneNumberId: '220000000000077' });
const line = new LineBot({ botId: BOT, channelSecret: LINE_SECRET, path: APP.path });
const viber = new ViberBot({ authToken: '50aa11bb22cc33dd-44ee55ff66001122-3344556677889900', path: APP.path });
const telegram = new TelegramBot({ secretToken: 'Made_up-token-0123', path: APP.path, firstUpdate: 731_000_001 });

interface Scene {
  readonly of: ChannelAccount;
  readonly deliveries: readonly ProviderRequest[];
  /** What each event is, in words. */
  readonly expected: readonly string[];
}

const SCENES: Readonly<Record<string, Scene>> = {
  Instagram: {
    of: account('instagram', 'meta', '17841400000000077', META),
    deliveries: [
      instagram.chat(
        [
          { from: '9100000000000001', id: 'm_1', text: 'Áo này còn không ạ 😊', at: at(1) },
          { from: '9100000000000001', edited: 'm_1', text: 'Áo này còn size M không ạ', edits: 1, at: at(3) },
        ],
        at(4),
      ),
      instagram.chat([{ from: '9100000000000001', unsent: 'm_1', at: at(5) }], at(6)),
    ],
    expected: ['received m_1 Áo này còn không ạ 😊', 'edited m_1 Áo này còn size M không ạ', 'deleted m_1'],
  },
  'comments of Instagram': {
    of: account('instagram_comment', 'meta', '17841400000000077', META),
    deliveries: [instagram.comments([{ id: '1801', from: '9100000000000001', text: 'giá?', mediaId: '1790' }], at(6))],
    expected: ['received 1801 giá?'],
  },
  WhatsApp: {
    of: account('whatsapp', 'meta', '220000000000077', META),
    deliveries: [
      whatsApp.post([
        { from: BUOI, id: 'wamid.1', text: 'Còn hàng không ạ?', at: at(1) },
        { from: BUOI, id: 'wamid.2', text: 'Size M', at: at(2) },
        { to: BUOI, id: 'wamid.9', status: 'read', at: at(3) },
      ]),
      whatsApp.post([{ to: BUOI, id: 'wamid.8', status: 'failed', at: at(4) }]),
    ],
    expected: ['received wamid.1 Còn hàng không ạ?', 'received wamid.2 Size M', 'read wamid.9', 'failed wamid.8'],
  },
  LINE: {
    of: account('line', 'line', BOT, { channel_secret: LINE_SECRET }),
    deliveries: [
      line.post([
        {
          from: `U${'1'.repeat(32)}`,
          eventId: '01JGFX0000000000000000000A',
          id: '540000000000000001',
          text: 'Xin chào 😊',
          at: at(1),
        },
        { from: `U${'1'.repeat(32)}`, eventId: '01JGFX0000000000000000000B', unsent: '540000000000000001', at: at(2) },
      ]),
    ],
    expected: ['received 540000000000000001 Xin chào 😊', 'deleted 540000000000000001'],
  },
  Viber: {
    of: account('viber', 'viber', 'pa:5300000000000000001', {
      auth_token: '50aa11bb22cc33dd-44ee55ff66001122-3344556677889900',
    }),
    deliveries: [
      viber.post({
        token: '5741311803571721087',
        from: 'aB3dE5fG7hI9jK1lM3nO5A==',
        name: 'Bưởi',
        text: 'Shop ơi 👋',
        at: at(1),
      }),
      viber.post({ token: '5741311803571721088', to: 'aB3dE5fG7hI9jK1lM3nO5A==', event: 'seen', at: at(2) }),
    ],
    expected: ['received 5741311803571721087 Shop ơi 👋', 'read 5741311803571721088'],
  },
  Telegram: {
    of: account('telegram', 'telegram', '6900000001', { secret_token: 'Made_up-token-0123' }),
    deliveries: [
      telegram.post({ from: 7_012_345_678, name: 'Bưởi', id: 42, text: 'Giá áo?', at: at(1) }),
      telegram.post({
        from: 7_012_345_678,
        name: 'Bưởi',
        edited: 42,
        text: 'Giá áo dài?',
        writtenAt: at(1),
        at: at(9),
      }),
    ],
    expected: ['received 7012345678:42 Giá áo?', 'edited 7012345678:42 Giá áo dài?'],
  },
};

const requestOf = ({ method, path, headers, body }: ProviderRequest): WebhookRequest => ({
  method,
  originalUrl: path,
  query: new URLSearchParams(),
  headers,
  body,
  remoteAddress: '192.0.2.1',
});

/** Verified and parsed by the adapter that the doors use. */
async function receive(request: ProviderRequest, of: ChannelAccount): Promise<ParseResult | 'refused'> {
  const adapter = webhookAdapterOf(of)!;
  const verification = adapter.verify(requestOf(request), of, RECEIVED_AT);
  if (!verification.ok) return 'refused';
  return await adapter.parse(requestOf(request), {
    account: of,
    accounts: [of],
    receivedAt: RECEIVED_AT,
    verification,
  });
}

function inWords({ event: { type, data } }: ParsedEvent): string {
  if ('status' in data) return `${data.status} ${data.message_ids.join()}`;
  const text = 'content' in data ? (data.content.text ?? '') : '';
  return `${type.split('.').at(-1)} ${data.provider.message_id} ${text}`.trim();
}

describe.each(Object.entries(SCENES))('%s, simulated', (_name, { of, deliveries, expected }) => {
  it('has an account that would start', () => {
    expect(webhookAdapterOf(of)!.checkAccount(of)).toEqual([]);
  });

  it.each([1, 2, 3])(
    'says what it means to the real adapter, whatever becomes of the order and of repeats (%i)',
    async (seed) => {
      const rates = { copies: 0.5, lostAnswers: 0, delays: 0.5, longestDelayMs: 60_000 };
      const sent = disturb(
        deliveries.map((item, index) => ({ at: at(index), item })),
        rates,
        new SeededRandom(String(seed)),
      );
      const events = new Map<string, ParsedEvent>();
      for (const { item } of sent) {
        const result = await receive(item, of);
        if (result === 'refused') throw new Error('refused');
        expect([result.rejected, result.ignored]).toEqual([[], []]);
        for (const parsed of result.events) events.set(parsed.event.id, parsed);
      }
      expect([...events.values()].map(inWords).sort()).toEqual([...expected].sort());
    },
  );

  it('is refused when one bit of its proof is another', async () => {
    const [request] = deliveries;
    const name = Object.keys(request!.headers).find((header) => /signature|secret-token/.test(header))!;
    const proof = request!.headers[name]!;
    const forged = `${proof.slice(0, -2)}${proof.at(-2) === '1' ? '2' : '1'}${proof.at(-1)}`;
    expect(await receive({ ...request!, headers: { ...request!.headers, [name]: forged } }, of)).toBe('refused');
  });
});

it('signs as the library of LINE checks', () => {
  const { body, headers } = line.post([{ from: 'U1', eventId: 'e', id: '1', text: 'Chào 😊', at: at(1) }], true);
  expect(validateSignature(body, LINE_SECRET, headers['x-line-signature']!)).toBe(true);
  expect(validateSignature(body, 'another', headers['x-line-signature']!)).toBe(false);
  expect(body.toString()).toContain('"isRedelivery":true');
});
