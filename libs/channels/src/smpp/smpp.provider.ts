import type { ChannelProvider } from '../channel-adapter.js';
import { joinSmpp } from './smpp.mapper.js';
import { smppProblems } from './smpp.settings.js';

/** A message centre to which we bind, by SMPP 3.4. */
export const smppProvider: ChannelProvider = {
  channel: 'sms',
  provider: 'smpp',
  abilities: ['message', 'edit', 'receipt', 'claims'],
  join: joinSmpp,
  checkAccount: smppProblems,
};
