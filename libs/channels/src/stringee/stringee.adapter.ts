import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, Verification, WebhookRequest } from '../channel-adapter.js';
import { verifySigned } from '../shared/signed-body.js';
import { mapCallEvent } from './stringee.mapper.js';
import { stringeeMedia } from './stringee.media.js';

/** Of a GET the path and query as received are signed, of a POST the body. */
const signedBytes = ({ method, originalUrl, body }: WebhookRequest): Buffer =>
  method === 'GET' ? Buffer.from(originalUrl) : body;

function verify(request: WebhookRequest, account: ChannelAccount): Verification {
  return verifySigned(signedBytes(request), request.headers['x-stringee-signature'], account, {
    algorithm: 'sha1',
    encoding: 'base64',
    secret: 'signing_secret',
    form: /^[A-Za-z0-9+/]{27}=$/,
  });
}

/** The answer address asks how to route a call, which is not ours to say. */
function parse(request: WebhookRequest, context: ParseContext): ParseResult {
  if (request.method === 'GET') return { events: [], rejected: [], ignored: [{ reason: 'answer_url' }] };
  return mapCallEvent(request.body, context);
}

function checkAccount({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (externalId === '') problems.push('external_id: our number');
  if (typeof (settings['recordings'] ?? false) !== 'boolean') problems.push('settings.recordings: true or false');
  if (!secrets['signing_secret']) problems.push('secrets.signing_secret: the signing secret of the project');
  if (!secrets['api_key_sid'] !== !secrets['api_key_secret']) {
    problems.push('secrets.api_key_secret: together with secrets.api_key_sid, or neither');
  }
  return problems;
}

/**
 * Stringee: events of calls (`event_url` of a project), signed over the body.
 *
 * @see docs/channels/stringee.md
 */
export const stringeeVoiceAdapter: ChannelAdapter = {
  channel: 'voice',
  provider: 'stringee',
  abilities: ['call'],
  media: stringeeMedia,
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 5_000,
  handshake: () => undefined,
  verify,
  parse,
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
