import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { verifySigned } from '../shared/signed-body.js';
import { lineMedia } from './line.media.js';
import { parseLine } from './line.parser.js';
import { lineProfile } from './line.profile.js';

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
const verify = ({ headers, body }: WebhookRequest, account: ChannelAccount): Verification =>
  verifySigned(body, headers['x-line-signature'], account, {
    algorithm: 'sha256',
    encoding: 'base64',
    secret: 'channel_secret',
    form: /^[A-Za-z0-9+/]{43}=$/,
  });

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
