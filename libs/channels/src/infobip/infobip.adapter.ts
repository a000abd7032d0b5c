import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter } from '../channel-adapter.js';
import { verifyBasic } from '../shared/basic-auth.js';
import { parseInfobip } from './infobip.mapper.js';

/** Shortest password in characters: with fewer than 128 bits it could be guessed. */
const MIN_PASSWORD_CHARS = 16;

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
  // The header of Infobip's own HMAC is not documented reliably: user and password prove the sender, TLS the rest.
  verify: ({ headers }, account) => verifyBasic(headers['authorization'], account),
  parse: ({ body }, context) => parseInfobip(body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
