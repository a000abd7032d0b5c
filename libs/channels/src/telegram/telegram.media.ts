import type { MediaAccess } from '../channel-adapter.js';
import { objectOf, readJson, textOf } from '../shared/index.js';

const API = 'https://api.telegram.org';
/** A path of Telegram's; anything that could lead elsewhere is not one. */
const FILE_PATH = /^[\w-]+(?:\/[\w.-]+)+$/;

/**
 * Files of a bot: their number is asked for a path, which holds for an hour. Both addresses hold the bot's token.
 *
 * @see Telegram Bot API, "getFile"; at most 20 MB
 */
export const telegramMedia: MediaAccess = {
  hosts: ['api.telegram.org'],
  requestFor({ locator, source }, { secrets }) {
    const token = secrets['bot_token'];
    if (token === undefined || source !== 'provider') return undefined;
    return {
      url: `${API}/bot${token}/getFile?file_id=${encodeURIComponent(locator)}`,
      next(answer) {
        const reading = readJson(answer);
        const path = reading.ok ? textOf(objectOf(objectOf(reading.value)?.['result'])?.['file_path']) : undefined;
        if (path === undefined || !FILE_PATH.test(path) || path.includes('..')) return undefined;
        return { url: `${API}/file/bot${token}/${path}` };
      },
    };
  },
};
