import { z } from 'zod';
import type { OAuthSettings } from '@app/channels';
import { describeError, ProviderUnavailableError } from '@app/kernel';
import type { TokenAnswer } from '@app/runtime';
import { MailServerError } from '../pull-mailbox/pull-errors.js';

const TIMEOUT_MS = 20_000;
/** RFC 6749 recommends to say it; an hour is what both large providers give. */
const DEFAULT_LIFETIME_SECONDS = 3_600;
/** Status codes and errors after which the same request may succeed. */
const PASSING_STATUS = new Set([408, 425, 429]);
const PASSING_ERRORS = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

const answerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().max(31_536_000).default(DEFAULT_LIFETIME_SECONDS),
});
/** Only codes are kept: descriptions name people. */
const errorSchema = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) });

function formOf({ grant, clientId, clientSecret, scopes }: OAuthSettings, refreshToken: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: grant,
    client_id: clientId,
    ...(clientSecret === '' ? {} : { client_secret: clientSecret }),
    ...(grant === 'refresh_token' ? { refresh_token: refreshToken } : {}),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  });
}

async function post(oauth: OAuthSettings, refreshToken: string): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(oauth.tokenUrl, {
      method: 'POST',
      body: formOf(oauth, refreshToken),
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: readJson(text) };
  } catch (error) {
    throw new ProviderUnavailableError(`The token server did not answer (${describeError(error)})`, { cause: error });
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // A proxy's page in front of the endpoint; the status decides what it means.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Asks the token endpoint for an access token (RFC 6749, sections 4.4 and 6).
 *
 * @param refreshToken what to exchange; unused for client credentials
 * @throws MailServerError with the reason `token refused: <code>` when somebody must act, for example `invalid_grant`
 * @throws ProviderUnavailableError when the same request may succeed later
 */
export async function requestToken(oauth: OAuthSettings, refreshToken: string): Promise<TokenAnswer> {
  const { status, body } = await post(oauth, refreshToken);
  const answer = answerSchema.safeParse(body);
  if (status === 200 && answer.success) {
    const { access_token: accessToken, refresh_token: renewed, expires_in: seconds } = answer.data;
    return { accessToken, refreshToken: renewed, lifetimeMs: seconds * 1_000 };
  }
  const code = errorSchema.safeParse(body).data?.error;
  const passing = status < 400 || status >= 500 || PASSING_STATUS.has(status) || PASSING_ERRORS.has(code ?? '');
  if (passing) throw new ProviderUnavailableError(`The token server answered ${status}`, { details: { status } });
  throw new MailServerError(`token refused: ${code ?? `status ${status}`}`);
}
