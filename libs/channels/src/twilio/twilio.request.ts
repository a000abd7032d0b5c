import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookRequest } from '../channel-adapter.js';
import { equalTokens, sha256Hex } from '../shared/hmac.js';
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

/** Checks the signature of any request of Twilio, of messages and calls alike. */
export function verifyTwilio(request: WebhookRequest, account: ChannelAccount): Verification {
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

/** A delivery as it came: its parameters and its bytes. */
export interface TwilioDelivery {
  readonly params: URLSearchParams;
  /** Body of a POST, query string of a GET. */
  readonly bytes: Buffer;
  readonly request: WebhookRequest;
}

/** Reads a verified request; anything but a form or a query has no parameters. */
export function deliveryOf(request: WebhookRequest): TwilioDelivery {
  if (request.method === 'GET') {
    return { params: request.query, bytes: Buffer.from(rawQuery(request.originalUrl)), request };
  }
  const params = isForm(request) ? formOf(request.body) : new URLSearchParams();
  return { params, bytes: request.body, request };
}

/** First value of a parameter; undefined when it is absent or empty. */
export function param({ params }: TwilioDelivery, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = params.get(name);
    if (value !== null && value !== '') return value;
  }
  return undefined;
}

/** Problems of what every account at Twilio has. */
export function accountProblems({ settings, secrets }: ChannelAccount, channel: 'sms' | 'voice'): string[] {
  const problems: string[] = [];
  const publicUrl = settings['public_url'];
  if (typeof publicUrl !== 'string' || !/^https?:\/\/[^\s/]/i.test(publicUrl) || !URL.canParse(publicUrl)) {
    problems.push(
      `settings.public_url: the address that Twilio calls, for example https://cs.example.vn/webhooks/${channel}/hotline`,
    );
  }
  if (!secrets['account_sid']) problems.push('secrets.account_sid: the account SID, AC and 32 hexadecimal digits');
  if (!secrets['auth_token']) problems.push('secrets.auth_token: the auth token of the account that owns the number');
  return problems;
}
