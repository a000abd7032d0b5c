import type { PostAccess } from '../comment-access.js';
import { excerptOf } from '../shared/excerpt.js';
import { idOf, objectOf, textOf } from '../shared/fields.js';
import { pageOf, requestOf } from './youtube.page.js';

/**
 * Titles of videos, which their comments do not bring: one unit a call. A video that is gone or private is not in the answer.
 *
 * @see YouTube Data API, "Videos: list"; read 2026-11
 */
export const youtubeVideos: PostAccess = {
  atOnce: 50,
  request: (ids, account) =>
    requestOf('videos', { part: 'snippet', id: ids.join(','), fields: 'items(id,snippet/title)' }, account),
  read(answer) {
    const items = pageOf(answer)?.items;
    if (items === undefined) return undefined;
    const titles = items.flatMap((item): [string, string][] => {
      const id = idOf(objectOf(item)?.['id']);
      const title = excerptOf(textOf(objectOf(objectOf(item)?.['snippet'])?.['title']));
      return id === undefined || title === undefined ? [] : [[id, title]];
    });
    return new Map(titles);
  },
};
