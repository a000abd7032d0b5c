import type { ChannelAccount } from '@app/kernel';
import type {
  ChannelAdapter,
  ParseContext,
  ParsedEvent,
  ParseResult,
  RejectedElement,
  Verification,
  WebhookReply,
  WebhookRequest,
} from '../channel-adapter.js';
import { rejectElement } from '../shared/element.js';
import { secretProblems, verifyDelivery } from './http-sms.auth.js';
import { elementsOf, isProbe } from './http-sms.element.js';
import { mapElement } from './http-sms.mapper.js';
import { readSettings, type ReplySettings } from './http-sms.settings.js';

const ACCEPTED: WebhookReply = { status: 200 };
const REFUSED: WebhookReply = { status: 401 };

const toReply = ({ status, content_type: contentType, body }: ReplySettings): WebhookReply => ({
  status,
  ...(contentType === undefined ? {} : { contentType }),
  ...(body === undefined ? {} : { body }),
});

function handshake(request: WebhookRequest, account: ChannelAccount): WebhookReply | undefined {
  const reading = readSettings(account);
  return reading.ok && isProbe(request, reading.settings) ? toReply(reading.settings.probe) : undefined;
}

function verify(request: WebhookRequest, account: ChannelAccount): Verification {
  const reading = readSettings(account);
  if (!reading.ok) return { ok: false, reason: 'settings' };
  const { settings } = reading;
  if (settings.method !== 'any' && settings.method !== request.method) return { ok: false, reason: 'method' };
  return verifyDelivery(request, account, settings, elementsOf(request, settings));
}

function parse(request: WebhookRequest, context: ParseContext): ParseResult {
  const reading = readSettings(context.account);
  const elements = reading.ok ? elementsOf(request, reading.settings) : undefined;
  if (!reading.ok || elements === undefined) {
    const element = { accountId: context.account.id, bytes: request.body };
    return { events: [], rejected: [rejectElement('decode_failed', 'the body cannot be read', element)], ignored: [] };
  }
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  for (const element of elements) {
    const mapped = mapElement(element, { context, settings: reading.settings });
    if (mapped.event === undefined) rejected.push(mapped.rejected);
    else events.push(mapped.event);
  }
  return { events, rejected, ignored: [] };
}

function checkAccount(account: ChannelAccount): readonly string[] {
  const reading = readSettings(account);
  return reading.ok ? secretProblems(account, reading.settings) : reading.problems;
}

/**
 * Any SMS gateway that delivers by HTTP, described by the settings of its account: method, names of the fields, encoding,
 * times, proof of authenticity, answers. Presets describe the Vietnamese ones.
 *
 * @see docs/channels/http-sms.md
 */
export const httpSmsAdapter: ChannelAdapter = {
  channel: 'sms',
  provider: 'http',
  abilities: ['message', 'receipt', 'claims'],
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 10_000,
  handshake,
  verify,
  parse,
  checkAccount,
  accepted: ACCEPTED,
  refused: REFUSED,
  repliesFor(account) {
    const reading = readSettings(account);
    if (!reading.ok) return { accepted: ACCEPTED, refused: REFUSED };
    return { accepted: toReply(reading.settings.accepted), refused: toReply(reading.settings.refused) };
  },
};
