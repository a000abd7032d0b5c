import type { Attachment, Content, DeadLetterCode } from '@app/contracts';
import { toE164 } from '@app/identity';
import { cleanIdentifier, type ChannelAccount } from '@app/kernel';
import type { ParseContext, ParseResult } from '../channel-adapter.js';
import { rawElement, rejectElement } from '../shared/element.js';
import { smsReceipt, smsReceived, type SmsFrame, type SmsMessage } from '../shared/sms-event.js';
import { decodeCarrierText } from './carrier-text.js';
import { param, type TwilioDelivery } from './twilio.request.js';
import { ERROR_TITLES, STATUS_TABLE } from './twilio.statuses.js';

/** More media than any message has; what comes above is not looked for. */
const MAX_MEDIA = 100;

const nothing: ParseResult = { events: [], rejected: [], ignored: [] };

function reject({ bytes }: TwilioDelivery, accountId: string, code: DeadLetterCode, detail: string): ParseResult {
  return { ...nothing, rejected: [rejectElement(code, detail, { accountId, bytes })] };
}

/** `whatsapp:+84…` and `rcs:+84…` name a number that the platform vouches for. */
const withoutPlatform = (address: string): string => address.replace(/^(?:whatsapp|rcs):/i, '');

const sameNumber = (a: string, b: string): boolean => a === b || (toE164(a) ?? a) === (toE164(b) ?? b);

/** The account of ours that a delivery names: by number, or by messaging service. */
function accountNamed(context: ParseContext, ...names: readonly (string | undefined)[]): ChannelAccount | undefined {
  const { account } = context;
  const candidates = context.accounts.filter(
    (other) =>
      other.channel === account.channel &&
      other.provider === account.provider &&
      other.secrets['account_sid'] === account.secrets['account_sid'],
  );
  return [account, ...candidates].find(({ externalId }) =>
    names.some((name) => name !== undefined && sameNumber(withoutPlatform(name), externalId)),
  );
}

function kindOf(mediaType: string | undefined): Attachment['kind'] {
  if (mediaType === undefined) return 'other';
  const kind = mediaType.split('/')[0];
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file';
}

/** One attachment for each medium that was announced; one without an address is kept as failed. */
function attachmentsOf(delivery: TwilioDelivery, messageId: string): Attachment[] {
  const announced = Number(param(delivery, 'NumMedia') ?? 0);
  const attachments: Attachment[] = [];
  for (let index = 0; index < MAX_MEDIA; index += 1) {
    const url = param(delivery, `MediaUrl${index}`);
    if (url === undefined && !(index < announced)) break;
    const mediaType = param(delivery, `MediaContentType${index}`);
    attachments.push({
      kind: kindOf(mediaType),
      ...(url === undefined
        ? { state: 'failed', source: 'provider', locator: `${cleanIdentifier(messageId)}/Media/${index}` }
        : { state: 'pending', source: 'url', locator: cleanIdentifier(url) }),
      ...(mediaType === undefined ? {} : { declared_media_type: cleanIdentifier(mediaType) }),
    });
  }
  return attachments;
}

function locationOf(delivery: TwilioDelivery): Content['location'] {
  const [latitude, longitude] = [param(delivery, 'Latitude'), param(delivery, 'Longitude')].map((value) =>
    value === undefined ? Number.NaN : Number(value),
  );
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined;
  const title = param(delivery, 'Label', 'Address');
  return {
    latitude: latitude!,
    longitude: longitude!,
    ...(title === undefined ? {} : { title: cleanIdentifier(title) }),
  };
}

function messageOf(delivery: TwilioDelivery, messageId: string): SmsMessage {
  const body = param(delivery, 'Body') ?? '';
  const location = locationOf(delivery);
  const [title, payload] = [param(delivery, 'ButtonText'), param(delivery, 'ButtonPayload')];
  return {
    text: decodeCarrierText(body) ?? body,
    attachments: attachmentsOf(delivery, messageId),
    repliesTo: param(delivery, 'OriginalRepliedMessageSid'),
    content: {
      ...(location === undefined ? {} : { location }),
      ...(title === undefined && payload === undefined
        ? {}
        : {
            interactive: {
              kind: 'button',
              ...(title === undefined ? {} : { title: cleanIdentifier(title) }),
              ...(payload === undefined ? {} : { payload: cleanIdentifier(payload) }),
            },
          }),
    },
  };
}

function toReceipt(delivery: TwilioDelivery, frame: SmsFrame, word: string): ParseResult {
  const status = Object.hasOwn(STATUS_TABLE, word) ? STATUS_TABLE[word] : undefined;
  if (status === undefined)
    return reject(delivery, frame.account.id, 'unsupported_content', 'a MessageStatus that is not documented');
  const code = param(delivery, 'ErrorCode');
  const title = code !== undefined && Object.hasOwn(ERROR_TITLES, code) ? ERROR_TITLES[code] : undefined;
  const error =
    code === undefined ? undefined : { code: cleanIdentifier(code), ...(title === undefined ? {} : { title }) };
  return { ...nothing, events: [smsReceipt(frame, { status, error })] };
}

/**
 * Reads a delivery of Twilio: an incoming message, or the status of one that we sent. Both come to the same address.
 *
 * Twilio states no time, so the receive time stands, flagged `clock_adjusted`.
 */
export function mapDelivery(delivery: TwilioDelivery, context: ParseContext): ParseResult {
  const { request } = delivery;
  const messageId = param(delivery, 'MessageSid', 'SmsSid', 'SmsMessageSid');
  if (messageId === undefined) return reject(delivery, context.account.id, 'unsupported_content', 'no MessageSid');
  const word = (param(delivery, 'MessageStatus', 'SmsStatus') ?? 'received').toLowerCase();
  const incoming = word === 'received' || word === 'receiving';
  const [from, to] = [param(delivery, 'From') ?? '', param(delivery, 'To') ?? ''];
  const named = accountNamed(context, incoming ? to : from, param(delivery, 'MessagingServiceSid'));
  // A report may name a brandname or a number of the pool; it came to this account's address because this account sent.
  const account = named ?? (incoming ? undefined : context.account);
  if (account === undefined)
    return reject(delivery, context.account.id, 'unknown_account', 'To names none of our numbers');
  const frame: SmsFrame = {
    account,
    context,
    providerName: 'twilio',
    customer: withoutPlatform(incoming ? from : to),
    messageId,
    eventId: request.headers['i-twilio-idempotency-token'],
    raw: rawElement(delivery.bytes, 'application/x-www-form-urlencoded', JSON.stringify({ method: request.method })),
  };
  if (!incoming) return toReceipt(delivery, frame, word);
  return { ...nothing, events: [smsReceived(frame, messageOf(delivery, messageId))] };
}
