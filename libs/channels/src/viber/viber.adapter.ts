import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { verifySigned } from '../shared/signed-body.js';
import { parseViber } from './viber.mapper.js';
import { viberMedia, viberMediaProblems } from './viber.media.js';

function checkAccount(account: ChannelAccount): readonly string[] {
  const { externalId, secrets } = account;
  const problems = [...viberMediaProblems(account)];
  if (externalId.trim() === '') problems.push('external_id: the id of the bot, as get_account_info names it');
  if (!secrets['auth_token']) problems.push('secrets.auth_token: the token of the bot, which also signs its callbacks');
  return problems;
}

/** The token is the key. Where a header cannot be sent, the signature stands in the address as `sig`. */
function verify({ headers, query, body }: WebhookRequest, account: ChannelAccount): Verification {
  const given = headers['x-viber-content-signature'] ?? query.get('sig') ?? '';
  return verifySigned(body, given.toLowerCase(), account, {
    algorithm: 'sha256',
    encoding: 'hex',
    secret: 'auth_token',
    form: /^[0-9a-f]{64}$/,
  });
}

/**
 * A Viber bot: one callback for each POST, signed.
 *
 * @see docs/channels/viber.md
 */
export const viberAdapter: ChannelAdapter = {
  channel: 'viber',
  provider: 'viber',
  abilities: ['message', 'receipt', 'attachment', 'claims', 'unsupported'],
  media: viberMedia,
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 5_000,
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify,
  parse: ({ body }, context) => parseViber(body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
