import type { IdentityKind } from '@app/contracts';
import { present } from '@app/kernel';
import type { ProfileAccess } from '../channel-adapter.js';
import { objectOf, readJson, textOf } from '../shared/index.js';

const GRAPH = 'https://graph.facebook.com/v25.0/';

/**
 * Names and pictures of people who wrote to a page or an Instagram account.
 *
 * @see Messenger Platform, "User Profile API"; Instagram Platform, "User Profile"
 */
export const metaProfile = (kind: Extract<IdentityKind, 'messenger_psid' | 'instagram_user'>): ProfileAccess => ({
  kind,
  scopeOf: ({ externalId }) => externalId,
  hosts: ['graph.facebook.com'],
  avatarHosts: ['fbcdn.net', 'fbsbx.com', 'cdninstagram.com'],
  requestFor(userId, { secrets }) {
    const token = secrets.access_token ?? '';
    if (token === '' || !/^\d+$/.test(userId)) return undefined;
    const fields = kind === 'messenger_psid' ? 'first_name,last_name,locale,profile_pic' : 'name,username,profile_pic';
    return { url: `${GRAPH}${userId}?fields=${fields}`, headers: { authorization: `Bearer ${token}` } };
  },
  read(answer) {
    const reading = readJson(answer);
    const person = reading.ok ? objectOf(reading.value) : undefined;
    // A surname comes first in Vietnamese names, and Meta keeps the two apart.
    const whole = [textOf(person?.last_name), textOf(person?.first_name)]
      .filter((part) => part !== undefined)
      .join(' ');
    const name = textOf(person?.name) ?? (whole === '' ? undefined : whole);
    const [username, locale, avatar] = [textOf(person?.username), textOf(person?.locale), textOf(person?.profile_pic)];
    if (name === undefined && username === undefined) return undefined;
    return present({ name, username, locale, avatar });
  },
});
