import type { Raw } from '@app/contracts';
import { phoneIdentity } from '@app/identity';
import type { ChannelAccount } from '@app/kernel';
import type { MessagePart, ParsedEvent, PartSet, RejectedElement } from '../channel-adapter.js';
import { rejectElement } from '../shared/element.js';
import { sha256Hex } from '../shared/hmac.js';
import { MISSING_PART, smsJoined, smsReceipt, type SmsFrame, type SmsMessage } from '../shared/sms-event.js';
import { isReceipt, userDataOf, type DeliverSm } from './deliver-sm.js';
import { readReceipt } from './smpp.receipt.js';
import { readSmppSettings } from './smpp.settings.js';
import { alphabetOf, decodeText } from './smpp.text.js';

/** What a `deliver_sm` is to us. */
export type MappedDelivery =
  | { readonly part: Omit<MessagePart, 'isAnother'> }
  | { readonly receipt: ParsedEvent }
  | { readonly rejected: RejectedElement };

/** A part as it is kept. */
interface Payload {
  readonly pdu: object;
  readonly from: string;
  readonly dataCoding: number;
  /** Text bytes, without header, in base64. */
  readonly bytes: string;
}

/** The PDU in words, so that it can be read again. */
const written = ({ message, ...fields }: DeliverSm): object => ({ ...fields, message: message.toString('hex') });
const rawOf = (pdu: object): Raw => ({ media_type: 'application/json', encoding: 'utf8', data: JSON.stringify(pdu) });

const VERIFICATION = { ok: true, method: 'pull' } as const;

/** Many centres leave the plus out of international numbers. */
function writtenNumber({ sourceAddress, sourceTon }: Pick<DeliverSm, 'sourceAddress' | 'sourceTon'>): string {
  return sourceTon === 1 && /^\d{7,15}$/.test(sourceAddress) ? `+${sourceAddress}` : sourceAddress;
}

const frameOf = (
  account: ChannelAccount,
  of: {
    readonly customer: string;
    readonly messageId: string;
    readonly receivedAt: Date;
    readonly timeMs?: number;
    readonly pdu: object;
  },
): SmsFrame => ({
  account,
  context: { account, accounts: [account], receivedAt: of.receivedAt, verification: VERIFICATION },
  providerName: 'smpp',
  customer: of.customer,
  messageId: of.messageId,
  timeMs: of.timeMs,
  raw: rawOf(of.pdu),
});

/**
 * Reads what a message centre delivers: a receipt, or a message or part of one. Messages bear no id in SMPP, so each is kept as a
 * set of parts, also when it is whole: whether one that looks alike is the same again is decided there.
 */
export function mapDeliverSm(pdu: DeliverSm, account: ChannelAccount, receivedAt: Date): MappedDelivery {
  const settings = readSmppSettings(account);
  const customer = writtenNumber(pdu);
  if (isReceipt(pdu)) {
    const report = readReceipt(pdu, settings);
    if (report === undefined) {
      const bytes = Buffer.from(JSON.stringify(written(pdu)));
      const detail = 'a receipt that names no message, or no state';
      return { rejected: rejectElement('unsupported_content', detail, { accountId: account.id, bytes }) };
    }
    const { messageId, status, error, doneAt } = report;
    const frame = frameOf(account, {
      customer,
      messageId,
      receivedAt,
      timeMs: doneAt ?? receivedAt.getTime(),
      pdu: written(pdu),
    });
    return { receipt: smsReceipt(frame, { status, ...(error === undefined ? {} : { error: { code: error } }) }) };
  }
  const { bytes, concatenation } = userDataOf(pdu);
  const payload: Payload = {
    pdu: written(pdu),
    from: customer,
    dataCoding: pdu.dataCoding,
    bytes: bytes.toString('base64'),
  };
  const ends = [pdu.sourceAddress, pdu.destinationAddress];
  const setKey =
    concatenation === undefined
      ? sha256Hex(JSON.stringify(['whole', ...ends, pdu.esmClass, pdu.dataCoding, pdu.message.toString('hex')]))
      : sha256Hex(JSON.stringify(['parts', ...ends, concatenation.reference, concatenation.total]));
  const senderId = phoneIdentity(customer, { accountId: account.id, authenticity: 'A2' }).value;
  const { number, total } = concatenation ?? { number: 1, total: 1 };
  return { part: { account, setKey, number, total, senderId, payload: JSON.stringify(payload) } };
}

/** Stretches of parts that follow each other; what is missing stands between them. */
function stretchesOf(parts: readonly { number: number; payload: Payload }[]): readonly (readonly Payload[])[] {
  const stretches: Payload[][] = [];
  let before: number | undefined;
  for (const { number, payload } of parts) {
    if (before !== undefined && number === before + 1) stretches.at(-1)!.push(payload);
    else stretches.push([payload]);
    before = number;
  }
  return stretches;
}

function messageOf(
  parts: readonly { number: number; payload: Payload }[],
  total: number,
  account: ChannelAccount,
): SmsMessage {
  const { defaultAlphabet } = readSmppSettings(account);
  // Bytes first: a character, and half of one, may be cut between two parts.
  const texts = stretchesOf(parts).map((stretch) =>
    decodeText(
      Buffer.concat(stretch.map(({ bytes }) => Buffer.from(bytes, 'base64'))),
      alphabetOf(stretch[0]!.dataCoding, defaultAlphabet),
    ),
  );
  const known = texts.filter((text) => text !== undefined);
  if (known.length < texts.length) return { text: '', flags: ['unreadable'] };
  const ends = [parts[0]!.number > 1 ? MISSING_PART : '', parts.at(-1)!.number < total ? MISSING_PART : ''] as const;
  return { text: [ends[0], known.join(MISSING_PART), ends[1]].join('') };
}

/** Makes the message of the parts that are there. */
export function joinSmpp({ id, total, firstAt, told, parts: stored }: PartSet, account: ChannelAccount): ParsedEvent {
  const parts = stored.map(({ number, payload }) => ({ number, payload: JSON.parse(payload) as Payload }));
  const frame = frameOf(account, {
    customer: parts[0]!.payload.from,
    messageId: `set:${id}`,
    receivedAt: firstAt,
    // The centre says no time; a message is handed over as soon as it can be.
    timeMs: firstAt.getTime(),
    pdu: parts.map(({ payload }) => payload.pdu),
  });
  return smsJoined(frame, messageOf(parts, total, account), { present: parts.length, total, told });
}
