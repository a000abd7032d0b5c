import type { DeadLetterCode } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, WebhookRequest } from '../channel-adapter.js';
import { exceedsRecord, rawElement, readJson, rejectElement, verifyToken } from '../shared/index.js';
import { telegramMedia } from './telegram.media.js';
import { mapUpdate } from './telegram.mapper.js';
import { readUpdate } from './telegram.update.js';

const HEADER = 'x-telegram-bot-api-secret-token';
const SECRET_TOKEN = /^[A-Za-z0-9_-]{1,256}$/;

function checkAccount({ externalId, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^\d{5,20}$/.test(externalId))
    problems.push('external_id: the id of the bot, the digits before the colon of its token');
  const { secret_token: secret = '', bot_token: token } = secrets;
  if (!SECRET_TOKEN.test(secret)) {
    problems.push('secrets.secret_token: what was given to setWebhook as secret_token; 1 to 256 of A-Z a-z 0-9 _ -');
  }
  if (token === '') problems.push('secrets.bot_token: empty; leave it out instead');
  return problems;
}

function parse({ body }: WebhookRequest, context: ParseContext): ParseResult {
  const { account } = context;
  const reject = (code: DeadLetterCode, detail: string): ParseResult => ({
    events: [],
    rejected: [rejectElement(code, detail, { accountId: account.id, bytes: body })],
    ignored: [],
  });
  const reading = readJson(body);
  if (!reading.ok) return reject('decode_failed', 'the body is not JSON');
  const update = readUpdate(reading.value);
  if (update === undefined) return reject('schema_invalid', 'no update_id with something beside it');
  const mapped = mapUpdate({ update, context, raw: rawElement(body) });
  if ('reject' in mapped) return reject(mapped.reject, mapped.detail);
  if (mapped.events.some(({ event }) => exceedsRecord(event, body.length))) {
    return reject('too_large', `an update of ${body.length} bytes`);
  }
  return { events: mapped.events, rejected: [], ignored: [] };
}

/**
 * A Telegram bot: one update for each POST, proved by a token that was chosen when the webhook was set.
 *
 * @see docs/channels/telegram.md
 */
export const telegramAdapter: ChannelAdapter = {
  channel: 'telegram',
  provider: 'telegram',
  abilities: ['message', 'echo', 'edit', 'delete', 'reaction', 'attachment', 'reply', 'claims', 'unsupported'],
  media: telegramMedia,
  maxBodyBytes: 5 * 1024 * 1024,
  answerWithinMs: 5_000,
  // Telegram asks nothing when a webhook is set; a look by GET is answered so that it is seen to work.
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify: ({ headers }, { secrets }) => verifyToken(headers[HEADER], secrets['secret_token']),
  parse,
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
