import type { ChannelProvider } from '../channel-adapter.js';
import { youtubeComments } from './youtube.comments.js';
import { youtubeProblems } from './youtube.settings.js';

/** Comments under the videos of a YouTube channel, which are asked for. */
export const youtubeProvider: ChannelProvider = {
  channel: 'youtube_comment',
  provider: 'youtube',
  abilities: ['message', 'echo', 'edit', 'delete', 'comment', 'reply'],
  comments: youtubeComments,
  checkAccount: youtubeProblems,
};
