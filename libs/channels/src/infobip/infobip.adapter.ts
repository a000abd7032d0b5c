import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, Verification, WebhookRequest } from '../channel-adapter.js';
import { equalTokens } from '../shared/index.js';
import { parseInfobip } from './infobip.mapper.js';

/** Shortest password in characters: with fewer than 128 bits it could be guessed. */
const MIN_PASSWORD_CHARS = 16;
const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;

function checkAccount({ externalId, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^(?:\+[1-9]\d{6,14}|\d{3,8})$/.test(externalId))
    problems.push('external_id: our number as +84…, or a short code');
  if (!secrets['user']) problems.push('secrets.user: the user of the notification profile’s BASIC security');
  const { password = '' } = secrets;
  if (password.length < MIN_PASSWORD_CHARS) {
    problems.push(`secrets.password: the password of that user, at least ${MIN_PASSWORD_CHARS} characters`);
  }
  return problems;
}

/** The header of Infobip's own HMAC is not documented reliably: user and password prove the sender, TLS the rest. */
function verify({ headers }: WebhookRequest, { secrets }: ChannelAccount): Verification {
  const given = headers['authorization'];
  if (given === undefined || given === '') return { ok: false, reason: 'missing' };
  const encoded = BASIC.exec(given)?.[1];
  if (encoded === undefined) return { ok: false, reason: 'malformed' };
  // The text itself is compared: decoding would forgive what stands behind it.
  const wanted = Buffer.from(`${secrets['user']}:${secrets['password']}`).toString('base64');
  return equalTokens(encoded, wanted) ? { ok: true, method: 'token' } : { ok: false, reason: 'mismatch' };
}

/**
 * SMS of Infobip: batches of messages and of delivery reports, as JSON.
 *
 * @see docs/channels/infobip.md
 */
export const infobipAdapter: ChannelAdapter = {
  channel: 'sms',
  provider: 'infobip',
  abilities: ['message', 'receipt', 'attachment', 'claims'],
  media: { hosts: ['infobip.com'] },
  // The largest of a channel is what its door waits for: no larger than that of the other SMS providers.
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 5_000,
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify,
  parse: ({ body }, context) => parseInfobip(body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
