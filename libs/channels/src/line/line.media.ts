import type { MediaAccess } from '../channel-adapter.js';

/**
 * Content of messages, by the message's number. It is removed after a time that is not documented.
 *
 * @see LINE Developers, Messaging API reference, "Get content"
 */
export const lineMedia: MediaAccess = {
  hosts: ['api-data.line.me'],
  requestFor({ locator, source }, { secrets }) {
    const token = secrets['access_token'] ?? '';
    if (token === '' || source !== 'provider' || !/^\d+$/.test(locator)) return undefined;
    return {
      url: `https://api-data.line.me/v2/bot/message/${locator}/content`,
      headers: { authorization: `Bearer ${token}` },
    };
  },
};
