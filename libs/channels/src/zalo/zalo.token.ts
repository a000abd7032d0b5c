import type { TokenAccess } from '../channel-adapter.js';
import { idOf, numberOf, objectOf, textOf } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';
import { zaloGrant, ZALO_TOKEN_URL } from './zalo.grant.js';

/** Renewed when this much of its life is over. */
const LIFE_USED = 0.8;
const DEFAULT_LIFETIME_SECONDS = 3_600;
const MAX_LIFETIME_SECONDS = 90 * 86_400;

/** The pair of tokens of an official account; each refresh token works once. @see Zalo for Developers, OAuth v4 */
export const zaloToken: TokenAccess = {
  hosts: ['oauth.zaloapp.com'],
  grant: zaloGrant,
  refreshTokenOf: ({ secrets }) => textOf(secrets['refresh_token']),
  requestFor: (refreshToken, { settings, secrets }) => ({
    url: ZALO_TOKEN_URL,
    headers: { secret_key: secrets['app_secret'] ?? '' },
    form: { refresh_token: refreshToken, app_id: textOf(settings['app_id']) ?? '', grant_type: 'refresh_token' },
  }),
  read(answer) {
    const reading = readJson(answer);
    const body = reading.ok ? objectOf(reading.value) : undefined;
    const [accessToken, refreshToken] = [textOf(body?.['access_token']), textOf(body?.['refresh_token'])];
    if (accessToken !== undefined && refreshToken !== undefined) {
      const seconds = numberOf(body?.['expires_in']) ?? DEFAULT_LIFETIME_SECONDS;
      const lifetimeMs = Math.min(Math.max(seconds, 60), MAX_LIFETIME_SECONDS) * 1_000 * LIFE_USED;
      return { ok: true, accessToken, refreshToken, lifetimeMs };
    }
    // Zalo refuses with status 200 and a number.
    const code = idOf(body?.['error']);
    return code === undefined ? undefined : { ok: false, reason: code.slice(0, 20) };
  },
};
