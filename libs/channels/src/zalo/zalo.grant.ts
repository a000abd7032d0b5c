import { hash } from 'node:crypto';
import type { TokenGrant } from '../channel-adapter.js';
import { textOf } from '../shared/fields.js';
import { equalTokens } from '../shared/hmac.js';

const PERMISSION = 'https://oauth.zaloapp.com/v4/oa/permission';
export const ZALO_TOKEN_URL = 'https://oauth.zaloapp.com/v4/oa/access_token';
const CODE = /^[\w.~-]{1,2048}$/;

/** What a verifier is shown as until the code is exchanged. @see RFC 7636, section 4.2, `S256` */
export const codeChallengeOf = (verifier: string): string => hash('sha256', verifier, 'base64url');

/** An administrator of an official account grants rights to the app. @see Zalo for Developers, OAuth v4 */
export const zaloGrant: TokenGrant = {
  permissionUrl({ verifier, state, callbackUrl }, { settings }) {
    const parameters = new URLSearchParams({
      app_id: textOf(settings['app_id']) ?? '',
      redirect_uri: callbackUrl,
      code_challenge: codeChallengeOf(verifier),
      code_challenge_method: 'S256',
      state,
    });
    return `${PERMISSION}?${parameters.toString()}`;
  },
  codeOf(address, { state }, { externalId }) {
    const given = URL.canParse(address) ? new URL(address).searchParams : new URLSearchParams();
    const [code = '', oaId, back = ''] = ['code', 'oa_id', 'state'].map((name) => given.get(name) ?? undefined);
    return CODE.test(code) && oaId === externalId && equalTokens(back, state) ? code : undefined;
  },
  requestFor: (code, { verifier }, { settings, secrets }) => ({
    url: ZALO_TOKEN_URL,
    headers: { secret_key: secrets['app_secret'] ?? '' },
    form: {
      code,
      app_id: textOf(settings['app_id']) ?? '',
      grant_type: 'authorization_code',
      code_verifier: verifier,
    },
  }),
};
