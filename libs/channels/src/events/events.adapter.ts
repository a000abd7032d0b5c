import type { ChannelAccount } from '@app/kernel';
import type {
  ChannelAdapter,
  ParseContext,
  ParsedEvent,
  ParseResult,
  RejectedElement,
  WebhookRequest,
} from '../channel-adapter.js';
import { SYSTEM_NAME } from '../shared/customer-of.js';
import { rejectElement } from '../shared/element.js';
import { readCloudEvents } from './cloud-events.js';
import { mapCloudEvent } from './events.mapper.js';
import { keyOf, verifyStandardWebhook } from './standard-webhooks.js';

const DEFAULT_TOLERANCE_SECONDS = 300;
const MAX_TOLERANCE_SECONDS = 7 * 86_400;

const toleranceOf = ({ settings }: ChannelAccount): number =>
  Number(settings['tolerance_seconds'] ?? DEFAULT_TOLERANCE_SECONDS);

function parse(request: WebhookRequest, context: ParseContext): ParseResult {
  const accountId = context.account.id;
  const elements = readCloudEvents(request);
  if (elements === undefined) {
    const rejected = rejectElement('decode_failed', 'the body is not JSON', { accountId, bytes: request.body });
    return { events: [], rejected: [rejected], ignored: [] };
  }
  const events: ParsedEvent[] = [];
  const rejected: RejectedElement[] = [];
  for (const element of elements) {
    const mapped = mapCloudEvent(element, context);
    if ('problem' in mapped) {
      rejected.push(rejectElement('unsupported_content', mapped.problem, { accountId, bytes: element.bytes }));
    } else events.push(mapped);
  }
  return { events, rejected, ignored: [] };
}

function checkAccount(account: ChannelAccount): readonly string[] {
  const { settings, secrets } = account;
  const problems: string[] = [];
  if (typeof settings['system'] !== 'string' || !SYSTEM_NAME.test(settings['system'])) {
    problems.push('settings.system: the system whose ids its customers have, for example haravan');
  }
  if (typeof (settings['system_of_record'] ?? false) !== 'boolean')
    problems.push('settings.system_of_record: true or false');
  const tolerance = toleranceOf(account);
  if (!(Number.isInteger(tolerance) && tolerance >= 1 && tolerance <= MAX_TOLERANCE_SECONDS))
    problems.push(`settings.tolerance_seconds: 1 to ${MAX_TOLERANCE_SECONDS}`);
  if (keyOf(secrets['signing_secret'] ?? '') === undefined)
    problems.push('secrets.signing_secret: whsec_ and the base64 of at least 24 random bytes, or 24 random characters');
  return problems;
}

/**
 * Orders, visits and forms of any system, as CloudEvents 1.0 signed as Standard Webhooks prescribes.
 *
 * @see docs/channels/events.md
 */
export const eventsAdapter: ChannelAdapter = {
  channel: 'events',
  carries: ['order', 'visit', 'webform'],
  provider: 'cloudevents',
  abilities: ['message', 'order', 'claims'],
  maxBodyBytes: 1024 * 1024,
  answerWithinMs: 10_000,
  handshake: () => undefined,
  verify: (request, account, receivedAt) =>
    receivedAt === undefined
      ? { ok: false, reason: 'no_time' }
      : verifyStandardWebhook(request, account, { receivedAt, toleranceMs: toleranceOf(account) * 1000 }),
  parse,
  checkAccount,
  accepted: { status: 202 },
  refused: { status: 401 },
};
