import type { CommentAccess } from '../comment-access.js';
import { youtubeComment, youtubeEdit, youtubeVanished } from './youtube.mapper.js';
import {
  readReplies,
  readThreads,
  repliesRequest,
  threadsRequest,
  youtubeRefusal,
  YOUTUBE_HOSTS,
  type YoutubeComment,
} from './youtube.page.js';
import { readYoutubeSettings } from './youtube.settings.js';
import { youtubeVideos } from './youtube.videos.js';

/** How the comments of a channel are asked for: one list of all threads, and one of the answers to each. */
export const youtubeComments: CommentAccess<YoutubeComment> = {
  hosts: YOUTUBE_HOSTS,
  paceOf: (account) => readYoutubeSettings(account).pace,
  quotaOf: (account) => ({ sharedBy: account.secrets['api_key'] ?? '', perDay: readYoutubeSettings(account).perDay }),
  listRequest: ({ cursor }, account) => threadsRequest(account, cursor),
  readList: (answer, place, account) => readThreads(answer, place, account),
  repliesRequest: ({ id }, cursor, account) => repliesRequest(account, id, cursor),
  readReplies: (answer, thread, account) => readReplies(answer, thread, account),
  posts: youtubeVideos,
  refusalOf: youtubeRefusal,
  received: youtubeComment,
  // The time of an edit tells it from others.
  edited: (comment, account, receivedAt) => youtubeEdit(comment, account, receivedAt),
  vanished: youtubeVanished,
};
