import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, WebhookRequest } from '../channel-adapter.js';
import { objectOf, readJson, rejectElement, verifyToken } from '../shared/index.js';
import { mapUpdate } from './zalo-bot.mapper.js';

const HEADER = 'x-bot-api-secret-token';

function checkAccount({ externalId, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^\d{5,25}$/.test(externalId)) {
    problems.push('external_id: the id of the bot, the digits before the colon of its token');
  }
  const { secret_token: secret = '' } = secrets;
  if (secret.length < 8 || secret.length > 256) {
    problems.push('secrets.secret_token: what was given to setWebhook as secret_token, 8 to 256 characters');
  }
  return problems;
}

function parse({ body }: WebhookRequest, context: ParseContext): ParseResult {
  const reading = readJson(body);
  const object = reading.ok ? objectOf(reading.value) : undefined;
  if (object !== undefined) return mapUpdate(object, body, context);
  const rejected = rejectElement('decode_failed', 'the body is no JSON object', {
    accountId: context.account.id,
    bytes: body,
  });
  return { events: [], rejected: [rejected], ignored: [] };
}

/**
 * A bot of the Zalo Bot Platform, which is another product than an official account: one message for each POST.
 *
 * @see docs/channels/zalo-bot.md
 */
export const zaloBotAdapter: ChannelAdapter = {
  channel: 'zalo',
  provider: 'zalo_bot',
  abilities: ['message', 'attachment', 'unsupported'],
  // As observed for official accounts.
  media: { hosts: ['zdn.vn', 'zadn.vn', 'dlfl.vn'] },
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 1_500,
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify: ({ headers }, { secrets }) => verifyToken(headers[HEADER], secrets['secret_token']),
  parse,
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
