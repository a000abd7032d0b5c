import type { ChannelAccount } from '@app/kernel';
import type { Verification, WebhookRequest } from '../channel-adapter.js';
import { secretsInForce, verifySigned, verifyToken } from '../shared/signed-body.js';
import type { WebFormSettings } from './web-form.settings.js';

/** Shortest secret in characters: with fewer than 128 bits it could be guessed. */
export const MIN_SECRET_CHARS = 16;

const BEARER = /^Bearer (\S{1,1024})$/i;
const FORMS = { hex: /^[0-9a-f]{64}$/, base64: /^[A-Za-z0-9+/]{43}=$/ } as const;

/** A token that stands twice in an address is refused: two readers might take different ones. */
function tokenIn(
  { headers, query }: WebhookRequest,
  { token_in_address: inAddress }: WebFormSettings,
): string | undefined {
  const bearer = BEARER.exec(headers['authorization'] ?? '')?.[1];
  const given = bearer ?? headers['x-omniline-token'];
  if (given !== undefined || !inAddress) return given;
  const tokens = query.getAll('token');
  return tokens.length === 1 ? tokens[0] : undefined;
}

/** Checks the signature of a form, when its account has one, else its token. */
export function verifyForm(request: WebhookRequest, account: ChannelAccount, settings: WebFormSettings): Verification {
  const { signature } = settings;
  if (signature !== undefined)
    return verifySigned(request.body, request.headers[signature.header], account, {
      algorithm: 'sha256',
      encoding: signature.encoding,
      secret: 'signing_secret',
      form: FORMS[signature.encoding],
      prefix: signature.prefix,
    });
  const given = tokenIn(request, settings);
  const outcomes = secretsInForce(account, 'token').map((token) => verifyToken(given, token));
  return outcomes.find(({ ok }) => ok) ?? outcomes[0] ?? { ok: false, reason: 'settings' };
}

/** Secrets that an account lacks. */
export function secretProblems({ secrets }: ChannelAccount, { signature }: WebFormSettings): readonly string[] {
  const name = signature === undefined ? 'token' : 'signing_secret';
  const given = signature === undefined ? secrets['token'] : secrets['signing_secret'];
  if ((given ?? '').length >= MIN_SECRET_CHARS) return [];
  return [`secrets.${name}: at least ${MIN_SECRET_CHARS} random characters, the same as at the web site`];
}
