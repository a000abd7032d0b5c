import type { ProfileAccess } from '../channel-adapter.js';
import { objectOf, textOf } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';

/** Names and pictures of people who wrote to an official account. @see Zalo for Developers, "Get user detail" v3.0 */
export const zaloProfile: ProfileAccess = {
  kind: 'zalo_user',
  scopeOf: ({ externalId }) => externalId,
  hosts: ['openapi.zalo.me'],
  avatarHosts: ['zdn.vn', 'zadn.vn', 'dlfl.vn'],
  requestFor(userId, { secrets }) {
    const token = secrets['access_token'] ?? '';
    if (token === '' || !/^\d+$/.test(userId)) return undefined;
    const data = encodeURIComponent(JSON.stringify({ user_id: userId }));
    return { url: `https://openapi.zalo.me/v3.0/oa/user/detail?data=${data}`, headers: { access_token: token } };
  },
  read(answer) {
    const reading = readJson(answer);
    const body = reading.ok ? objectOf(reading.value) : undefined;
    // Zalo answers 200 to everything; `error` says whether it meant it.
    if (body?.['error'] !== 0) return undefined;
    const person = objectOf(body['data']);
    const name = textOf(person?.['display_name']);
    const avatar = textOf(person?.['avatar']);
    return name === undefined ? undefined : { name, ...(avatar === undefined ? {} : { avatar }) };
  },
};
