import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter } from '../channel-adapter.js';
import { mapCall } from './twilio-voice.mapper.js';
import { twilioMedia } from './twilio.media.js';
import { accountProblems, deliveryOf, verifyTwilio } from './twilio.request.js';

function checkAccount(account: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^\+[1-9]\d{6,14}$/.test(account.externalId)) problems.push('external_id: our number as +84…');
  const { dialled = 'agent' } = account.settings;
  if (dialled !== 'agent' && dialled !== 'customer') problems.push('settings.dialled: "agent" or "customer"');
  return [...problems, ...accountProblems(account, 'voice')];
}

/**
 * Twilio Programmable Voice: status callbacks of calls and legs, results of `<Dial>`, recordings; signed like texts.
 *
 * @see docs/channels/twilio-voice.md
 */
export const twilioVoiceAdapter: ChannelAdapter = {
  channel: 'voice',
  provider: 'twilio',
  abilities: ['call'],
  media: twilioMedia,
  maxBodyBytes: 1024 * 1024,
  // Twilio waits 15 s and by default does not repeat a callback that timed out.
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify: verifyTwilio,
  parse: (request, context) => mapCall(deliveryOf(request), context),
  checkAccount,
  accepted: { status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
  refused: { status: 401 },
};
