/** A `deliver_sm` as it came: fields of the PDU, nothing decoded. */
export interface DeliverSm {
  readonly sourceAddress: string;
  /** Type of number: 1 international, 2 national, 5 alphanumeric, 3 and 6 short. */
  readonly sourceTon: number;
  readonly destinationAddress: string;
  readonly esmClass: number;
  readonly dataCoding: number;
  /** `short_message`, or `message_payload` when that is empty; a user data header included. */
  readonly message: Buffer;
  /** `sar_msg_ref_num`, `sar_total_segments`, `sar_segment_seqnum`. */
  readonly sar?: { readonly reference: number; readonly total: number; readonly number: number };
  readonly receiptedMessageId?: string;
  readonly messageState?: number;
}

/** What a long message says of one of its parts. */
export interface Concatenation {
  readonly reference: number;
  readonly total: number;
  readonly number: number;
}

/** The text bytes of a message, and which part of a long one it is. */
export interface UserData {
  readonly bytes: Buffer;
  readonly concatenation?: Concatenation;
}

const UDHI = 0x40;
const RECEIPT = 0x04;
const INTERMEDIATE = 0x20;
const KIND = 0x3c;

/** Whether it reports on a message that we sent. */
export const isReceipt = ({ esmClass, messageState, receiptedMessageId }: DeliverSm): boolean =>
  (esmClass & KIND) === RECEIPT ||
  (esmClass & KIND) === INTERMEDIATE ||
  (messageState ?? receiptedMessageId) !== undefined;

const concatenationOf = (reference: number, total: number, number: number): Concatenation | undefined =>
  total >= 2 && number >= 1 && number <= total ? { reference, total, number } : undefined;

/** Elements of a user data header, as far as it is one. */
function concatenationIn(header: Buffer): Concatenation | undefined {
  for (let at = 0; at + 2 <= header.length;) {
    const [id, length] = [header[at]!, header[at + 1]!];
    const value = header.subarray(at + 2, at + 2 + length);
    if (id === 0x00 && value.length === 3) return concatenationOf(value[0]!, value[1]!, value[2]!);
    if (id === 0x08 && value.length === 4) return concatenationOf(value.readUInt16BE(0), value[2]!, value[3]!);
    at += 2 + length;
  }
  return undefined;
}

/** Takes the header off the text. @see 3GPP TS 23.040, section 9.2.3.24 */
export function userDataOf({ message, esmClass, sar }: DeliverSm): UserData {
  const bySar = sar === undefined ? undefined : concatenationOf(sar.reference, sar.total, sar.number);
  const length = message[0] ?? 0;
  if ((esmClass & UDHI) === 0 || message.length < length + 1) {
    return { bytes: message, ...(bySar === undefined ? {} : { concatenation: bySar }) };
  }
  const concatenation = concatenationIn(message.subarray(1, 1 + length)) ?? bySar;
  return { bytes: message.subarray(1 + length), ...(concatenation === undefined ? {} : { concatenation }) };
}
