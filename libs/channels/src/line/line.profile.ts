import type { ProfileAccess } from '../channel-adapter.js';
import { objectOf, readJson, textOf } from '../shared/index.js';

/** Names and pictures of people who are friends of the bot. @see LINE Developers, Messaging API reference, "Get profile" */
export const lineProfile: ProfileAccess = {
  kind: 'line_user',
  scopeOf: ({ externalId, settings }) => textOf(settings['provider_id']) ?? externalId,
  hosts: ['api.line.me'],
  avatarHosts: ['line-scdn.net'],
  requestFor(userId, { secrets }) {
    const token = secrets['access_token'] ?? '';
    if (token === '' || !/^U[0-9a-f]{32}$/.test(userId)) return undefined;
    return { url: `https://api.line.me/v2/bot/profile/${userId}`, headers: { authorization: `Bearer ${token}` } };
  },
  read(answer) {
    const reading = readJson(answer);
    const person = reading.ok ? objectOf(reading.value) : undefined;
    const [name, locale, avatar] = [
      textOf(person?.['displayName']),
      textOf(person?.['language']),
      textOf(person?.['pictureUrl']),
    ];
    if (name === undefined) return undefined;
    return { name, ...(locale === undefined ? {} : { locale }), ...(avatar === undefined ? {} : { avatar }) };
  },
};
