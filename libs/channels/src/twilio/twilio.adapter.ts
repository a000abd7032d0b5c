import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, WebhookRequest } from '../channel-adapter.js';
import { twilioMedia } from './twilio.media.js';
import { mapDelivery } from './twilio.mapper.js';
import { accountProblems, deliveryOf, verifyTwilio } from './twilio.request.js';

const parse = (request: WebhookRequest, context: ParseContext): ParseResult =>
  mapDelivery(deliveryOf(request), context);

function checkAccount(account: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^(?:\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/.test(account.externalId)) {
    problems.push('external_id: our number as +84…, a short code, or a messaging service MG…');
  }
  return [...problems, ...accountProblems(account, 'sms')];
}

/**
 * Twilio Programmable Messaging: incoming messages and status callbacks, as forms or in the query, signed.
 *
 * @see docs/channels/twilio.md
 */
export const twilioAdapter: ChannelAdapter = {
  channel: 'sms',
  provider: 'twilio',
  abilities: ['message', 'receipt', 'attachment', 'reply', 'claims'],
  media: twilioMedia,
  maxBodyBytes: 1024 * 1024,
  // Twilio waits 15 s and by default does not repeat a delivery that timed out.
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify: verifyTwilio,
  parse,
  checkAccount,
  accepted: { status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
  refused: { status: 401 },
};
