import type { ChannelProvider } from '../channel-adapter.js';
import { imapProblems } from './imap-settings.js';

/** A mailbox that is pulled by IMAP. */
export const imapProvider: ChannelProvider = {
  channel: 'email',
  provider: 'imap',
  abilities: ['message', 'echo', 'receipt', 'attachment', 'reply', 'claims'],
  checkAccount: imapProblems,
};
