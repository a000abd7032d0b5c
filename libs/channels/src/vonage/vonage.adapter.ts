import type { ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, WebhookRequest } from '../channel-adapter.js';
import { rejectElement } from '../shared/element.js';
import { joinVonage, mapDelivery } from './vonage.mapper.js';
import { deliveryOf, SIGNATURE_METHODS, verifyVonage } from './vonage.request.js';

function parse(request: WebhookRequest, context: ParseContext): ParseResult {
  const delivery = deliveryOf(request);
  if (delivery !== undefined) return mapDelivery(delivery, context);
  const element = { accountId: context.account.id, bytes: request.body };
  return {
    events: [],
    rejected: [rejectElement('decode_failed', 'neither a form nor a JSON object', element)],
    ignored: [],
  };
}

function checkAccount({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^(?:\+[1-9]\d{6,14}|\d{3,8})$/.test(externalId)) {
    problems.push('external_id: our number as +84…, or a short code');
  }
  const { signature } = settings;
  if (signature !== undefined && !SIGNATURE_METHODS.some((method) => method === signature)) {
    problems.push(`settings.signature: one of ${SIGNATURE_METHODS.join(', ')}, as in the dashboard`);
  }
  if (!secrets['signature_secret']) problems.push('secrets.signature_secret: the signature secret of the dashboard');
  return problems;
}

/**
 * SMS of Vonage, which was Nexmo: the SMS API (GET, form or JSON, long messages in parts) and the Messages API.
 *
 * @see docs/channels/vonage.md
 */
export const vonageAdapter: ChannelAdapter = {
  channel: 'sms',
  provider: 'vonage',
  abilities: ['message', 'receipt', 'claims'],
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 8_000,
  // When an address is saved it is tried without parameters.
  handshake: ({ method, query, body }) =>
    (method === 'GET' ? [...query].length === 0 : body.length === 0) ? { status: 200 } : undefined,
  verify: verifyVonage,
  parse,
  join: joinVonage,
  checkAccount,
  accepted: { status: 200 },
  refused: { status: 401 },
};
