import type { DeadLetterCode } from '@app/contracts';
import { withPresent, type ChannelAccount } from '@app/kernel';
import type { ChannelAdapter, ParseContext, ParseResult, Verification, WebhookRequest } from '../channel-adapter.js';
import { exceedsRecord, rawElement, rejectElement } from '../shared/element.js';
import { textOf } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';
import { secretsInForce } from '../shared/signed-body.js';
import { readEnvelope } from './zalo.envelope.js';
import { mapDelivery } from './zalo.mapper.js';
import { zaloProfile } from './zalo.profile.js';
import { zaloToken } from './zalo.token.js';
import { matchingKey, readSignatureHeader, readTimestamp } from './zalo.signature.js';

const appIdOf = ({ settings }: ChannelAccount): string => textOf(settings['app_id']) ?? '';

function verify(request: WebhookRequest, account: ChannelAccount): Verification {
  const header = request.headers['x-zevent-signature'];
  if (header === undefined || header.trim() === '') return { ok: false, reason: 'missing' };
  const given = readSignatureHeader(header);
  if (given === undefined) return { ok: false, reason: 'malformed' };
  const timestamp = readTimestamp(request.body);
  const index = matchingKey(given, request.body, appIdOf(account), timestamp, secretsInForce(account, 'oa_secret_key'));
  return index === -1 ? { ok: false, reason: 'mismatch' } : { ok: true, method: 'hash', keyId: String(index) };
}

function parse({ body }: WebhookRequest, context: ParseContext): ParseResult {
  const reject = (code: DeadLetterCode, detail: string, accountId = context.account.id): ParseResult => ({
    events: [],
    rejected: [rejectElement(code, detail, { accountId, bytes: body })],
    ignored: [],
  });
  const reading = readJson(body);
  if (!reading.ok) return reject('decode_failed', 'the body is not JSON');
  const envelope = readEnvelope(reading.value, context);
  if (envelope === undefined) return reject('schema_invalid', 'no event_name');
  const { account, person } = envelope;
  if (account === undefined) return reject('unknown_account', 'the event names no connected official account');
  if (person === undefined) return reject('unsupported_content', 'an event about no person', account.id);
  const event = mapDelivery(withPresent(envelope, { account, person, context, raw: rawElement(body) }));
  if ('missing' in event) return reject('schema_invalid', `missing: ${event.missing}`, account.id);
  if (exceedsRecord(event, body.length)) return reject('too_large', 'larger than a record', account.id);
  return { events: [{ event, account, senderId: person.value }], rejected: [], ignored: [] };
}

function checkAccount({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems: string[] = [];
  if (!/^\d{5,25}$/.test(externalId)) problems.push('external_id: the id of the official account, digits only');
  const appId = settings['app_id'];
  if (typeof appId === 'number') {
    problems.push('settings.app_id: quote it, because a number of this length loses digits');
  } else if (typeof appId !== 'string' || !/^\d{5,25}$/.test(appId)) {
    problems.push('settings.app_id: the App ID in quotes, for example "4310000000000000001"');
  } else if (appId === externalId) {
    problems.push('settings.app_id: this is the id of the official account; the App ID is another number');
  }
  if (!secrets['oa_secret_key']) {
    problems.push('secrets.oa_secret_key: the OA Secret Key of the webhook page, which is not the App Secret');
  }
  if (secrets['refresh_token'] && !secrets['app_secret']) {
    problems.push('secrets.app_secret: the App Secret, with which the refresh token is exchanged');
  }
  return problems;
}

/**
 * Zalo Official Account: one event for each POST, signed with a plain SHA-256.
 *
 * @see docs/channels/zalo.md
 */
export const zaloAdapter: ChannelAdapter = {
  channel: 'zalo',
  provider: 'zalo',
  abilities: ['message', 'echo', 'reaction', 'receipt', 'attachment', 'reply', 'claims', 'unsupported'],
  profile: zaloProfile,
  token: zaloToken,
  // As observed; addresses may be written with http.
  media: { hosts: ['zdn.vn', 'zadn.vn', 'dlfl.vn'] },
  maxBodyBytes: 5 * 1024 * 1024,
  // Zalo waits two seconds, its network included, and after five failures switches the webhook off.
  answerWithinMs: 1_500,
  // There is no challenge; some consoles ask with GET when the address is saved.
  handshake: ({ method }) => (method === 'GET' ? { status: 200 } : undefined),
  verify,
  parse,
  checkAccount,
  accepted: { status: 200 },
  // The check of the console may be unsigned and must hear 200; any other answer ends with a disabled webhook.
  refused: { status: 200 },
};
