import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, Verification, WebhookRequest } from '../channel-adapter.js';
import { twilioMedia } from './twilio.media.js';
import { equalTokens, sha256Hex } from '../shared/hmac.js';
import { mapDelivery } from './twilio.mapper.js';
import { calledAddress, signedAddresses, twilioSignature, type FormPairs } from './twilio.signature.js';

const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Base64 of the 20 bytes of an HMAC-SHA1. */
const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

const isForm = ({ headers }: WebhookRequest): boolean => FORM.test(headers['content-type'] ?? '');

const formOf = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString('utf8'));

const rawQuery = (originalUrl: string): string => {
  const question = originalUrl.indexOf('?');
  return question === -1 ? '' : originalUrl.slice(question + 1);
};

/** Tokens in force: the present one, and the one before while Twilio still signs with it. */
const tokensOf = ({ secrets }: ChannelAccount): readonly string[] =>
  [secrets['auth_token'], secrets['previous_auth_token']].filter(
    (token) => token !== undefined && token !== '',
  ) as string[];

/** Pairs that the signature covers; undefined when the body is covered by nothing. */
function signedPairs(request: WebhookRequest): FormPairs | undefined {
  if (request.method === 'GET') return [];
  if (isForm(request)) return [...formOf(request.body)];
  const digest = request.query.get('bodySHA256');
  if (digest === null) return request.body.length === 0 ? [] : undefined;
  return equalTokens(digest.toLowerCase(), sha256Hex(request.body)) ? [] : undefined;
}

function verify(request: WebhookRequest, account: ChannelAccount): Verification {
  const given = request.headers['x-twilio-signature'];
  if (given === undefined || given === '') return { ok: false, reason: 'missing' };
  if (!SIGNATURE.test(given)) return { ok: false, reason: 'malformed' };
  const pairs = signedPairs(request);
  if (pairs === undefined) return { ok: false, reason: 'body_not_signed' };
  const addresses = signedAddresses(calledAddress(String(account.settings['public_url']), request.originalUrl));
  for (const [index, token] of tokensOf(account).entries()) {
    if (addresses.some((url) => equalTokens(given, twilioSignature(token, url, pairs)))) {
      return { ok: true, method: 'hmac', keyId: String(index) };
    }
  }
  return { ok: false, reason: 'mismatch' };
}

function parse(request: WebhookRequest, context: ParseContext): ParseResult {
  if (request.method === 'GET') {
    return mapDelivery({ params: request.query, bytes: Buffer.from(rawQuery(request.originalUrl)), request }, context);
  }
  const params = isForm(request) ? formOf(request.body) : new URLSearchParams();
  return mapDelivery({ params, bytes: request.body, request }, context);
}

function checkAccount({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  const publicUrl = settings['public_url'];
  if (!/^(?:\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/.test(externalId)) {
    problems.push('external_id: our number as +84…, a short code, or a messaging service MG…');
  }
  if (typeof publicUrl !== 'string' || !/^https?:\/\/[^\s/]/i.test(publicUrl) || !URL.canParse(publicUrl)) {
    problems.push(
      'settings.public_url: the address that Twilio calls, for example https://cs.example.vn/webhooks/sms/hotline-sms',
    );
  }
  if (!secrets['account_sid']) problems.push('secrets.account_sid: the account SID, AC and 32 hexadecimal digits');
  if (!secrets['auth_token']) problems.push('secrets.auth_token: the auth token of the account that owns the number');
  return problems;
}

/**
 * Twilio Programmable Messaging: incoming messages and status callbacks, as forms or in the query, signed.
 *
 * @see docs/channels/twilio.md
 */
export const twilioAdapter: ChannelAdapter = {
  channel: 'sms',
  provider: 'twilio',
  abilities: ['message', 'receipt', 'attachment', 'reply', 'claims'],
  media: twilioMedia,
  maxBodyBytes: 1024 * 1024,
  // Twilio waits 15 s and by default does not repeat a delivery that timed out.
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify,
  parse,
  checkAccount,
  accepted: { status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
  refused: { status: 401 },
};
