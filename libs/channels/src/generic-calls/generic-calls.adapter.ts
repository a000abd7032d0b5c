import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter } from '../channel-adapter.js';
import { verifySigned } from '../shared/signed-body.js';
import { mapReports } from './generic-calls.mapper.js';

/** Shortest secret in characters: with fewer than 128 bits it could be guessed. */
const MIN_SECRET_CHARS = 16;

function checkAccount({ secrets }: ChannelAccount): readonly string[] {
  return (secrets['signing_secret'] ?? '').length < MIN_SECRET_CHARS
    ? [`secrets.signing_secret: at least ${MIN_SECRET_CHARS} random characters, the same as at the exchange`]
    : [];
}

/**
 * Any telephone exchange that can post JSON: Asterisk and FreePBX by a line of the dialplan, others by their hooks.
 *
 * @see docs/channels/generic-calls.md
 */
export const genericCallsAdapter: ChannelAdapter = {
  channel: 'voice',
  provider: 'http',
  abilities: ['call'],
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify: (request, account) =>
    verifySigned(request.body, request.headers['x-omniline-signature'], account, {
      algorithm: 'sha256',
      encoding: 'hex',
      secret: 'signing_secret',
      form: /^[0-9a-f]{64}$/,
      prefix: 'sha256=',
    }),
  parse: (request, context) => mapReports(request.body, context),
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
