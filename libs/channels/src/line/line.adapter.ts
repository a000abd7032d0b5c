import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { equalBytes, hmacSha256 } from '../shared/index.js';
import { lineMedia } from './line.media.js';
import { parseLine } from './line.parser.js';
import { lineProfile } from './line.profile.js';

const DIGEST_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

function checkAccount({ externalId, secrets, settings }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^U[0-9a-f]{32}$/.test(externalId))
    problems.push('external_id: the user id of the bot, U and 32 hexadecimal digits');
  if (!secrets['channel_secret'])
    problems.push('secrets.channel_secret: the Channel secret, from the console under Basic settings');
  const provider = settings['provider_id'];
  if (provider !== undefined && (typeof provider !== 'string' || provider === '')) {
    problems.push('settings.provider_id: the id of the provider in quotes');
  }
  return problems;
}

/** The key is the secret's text; LINE writes the body as plain UTF-8, which must not be written anew. */
function verify({ headers, body }: WebhookRequest, { secrets }: ChannelAccount): Verification {
  const given = headers['x-line-signature'];
  if (given === undefined || given === '') return { ok: false, reason: 'missing' };
  const claimed = BASE64.test(given) ? Buffer.from(given, 'base64') : undefined;
  if (claimed?.length !== DIGEST_BYTES) return { ok: false, reason: 'malformed' };
  const keys = [secrets['channel_secret'], secrets['previous_channel_secret']].filter(
    (key) => key !== undefined && key !== '',
  );
  const index = keys.findIndex((key) => equalBytes(hmacSha256(key!, body), claimed));
  return index === -1 ? { ok: false, reason: 'mismatch' } : { ok: true, method: 'hmac', keyId: String(index) };
}

/**
 * A LINE official account: batches of events, signed.
 *
 * @see docs/channels/line.md
 */
export const lineAdapter: ChannelAdapter = {
  channel: 'line',
  provider: 'line',
  abilities: ['message', 'delete', 'attachment', 'reply', 'unsupported'],
  media: lineMedia,
  profile: lineProfile,
  maxBodyBytes: 5 * 1024 * 1024,
  // LINE is said to wait about two seconds.
  answerWithinMs: 1_500,
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify,
  parse: ({ body }, context) => parseLine(body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
