import type { MediaAccess } from '../channel-adapter.js';
import { objectOf, readJson, textOf } from '../shared/index.js';

const GRAPH = 'https://graph.facebook.com/v25.0/';

/**
 * Files of WhatsApp: their number is asked for an address that lives five minutes; both want the token of the account.
 *
 * @see WhatsApp Business Platform, Cloud API, "Media"; a number of a received file lives seven days
 */
export const whatsAppMedia: MediaAccess = {
  hosts: ['graph.facebook.com', 'fbsbx.com', 'fbcdn.net'],
  requestFor({ locator, source }, { secrets }) {
    const token = secrets.access_token ?? '';
    if (token === '' || source !== 'provider' || !/^\w+$/.test(locator)) return undefined;
    const headers = { authorization: `Bearer ${token}` };
    return {
      url: `${GRAPH}${locator}`,
      headers,
      next(answer) {
        const reading = readJson(answer);
        const url = reading.ok ? textOf(objectOf(reading.value)?.['url']) : undefined;
        return url === undefined ? undefined : { url, headers };
      },
    };
  },
};
