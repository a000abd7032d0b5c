import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { decodeHex, equalBytes, hmacSha256 } from '../shared/index.js';
import { parseViber } from './viber.mapper.js';

const DIGEST_BYTES = 32;

function checkAccount({ externalId, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (externalId.trim() === '') problems.push('external_id: the id of the bot, as get_account_info names it');
  if (!secrets['auth_token']) problems.push('secrets.auth_token: the token of the bot, which also signs its callbacks');
  return problems;
}

/** The token is the key. Where a header cannot be sent, the signature stands in the address as `sig`. */
function verify(request: WebhookRequest, { secrets }: ChannelAccount): Verification {
  const given = request.headers['x-viber-content-signature'] ?? request.query.get('sig') ?? '';
  if (given === '') return { ok: false, reason: 'missing' };
  const claimed = decodeHex(given, DIGEST_BYTES);
  if (claimed === undefined) return { ok: false, reason: 'malformed' };
  const keys = [secrets['auth_token'], secrets['previous_auth_token']].filter((key) => key !== undefined && key !== '');
  const index = keys.findIndex((key) => equalBytes(hmacSha256(key!, request.body), claimed));
  return index === -1 ? { ok: false, reason: 'mismatch' } : { ok: true, method: 'hmac', keyId: String(index) };
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
  media: { hosts: ['viber.com'] },
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 5_000,
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify,
  parse: ({ body }, context) => parseViber(body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
