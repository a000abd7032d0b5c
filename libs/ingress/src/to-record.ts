import {
  dataSchemaOf,
  deadLetterTopic,
  inboundEventId,
  inboundTopic,
  INBOUND_TYPES,
  MAX_RECORD_BYTES,
  receiptsTopic,
  toHeaders,
  type InboundEvent,
} from '@app/contracts';
import { type ChannelAccount, PermanentRecordError, senderKey } from '@app/kernel';
import type { RejectedElement } from '@app/channels';
import type { OutgoingRecord } from '@app/stream';

/** What is the same for every record of one delivery. */
export interface RecordFrame {
  /** From `deriveKey(secret, 'sender-key')`. */
  readonly senderHmacKey: Buffer;
  /** One value from the webhook or the mail to the timeline and the reply. */
  readonly correlationId: string;
}

/** About what the CloudEvents headers of an inbound record take. */
const HEADER_BYTES = 1_024;

/**
 * Makes the stream record of a canonical inbound event: CloudEvents in binary content mode, keyed by sender, receipts on
 * a topic of their own.
 *
 * @param senderId the provider's id of the customer's side; all records of one person on one account share a key
 * @throws PermanentRecordError `too_large` above 512 KiB
 * @see stream contract, sections 2 to 4
 */
export function toRecord(
  event: InboundEvent,
  account: ChannelAccount,
  senderId: string,
  { senderHmacKey, correlationId }: RecordFrame,
): OutgoingRecord {
  const value = Buffer.from(JSON.stringify(event.data));
  if (value.length + HEADER_BYTES > MAX_RECORD_BYTES) {
    throw new PermanentRecordError('too_large', `An event of ${value.length} bytes is over the limit of a record`);
  }
  const key = senderKey(senderHmacKey, account.id, senderId);
  const topicOf = event.type === INBOUND_TYPES.receipt ? receiptsTopic : inboundTopic;
  return {
    topic: topicOf(account.channel),
    key,
    value,
    headers: toHeaders({
      id: event.id,
      source: `/connectors/${account.channel}/${account.id}`,
      type: event.type,
      subject: key,
      time: event.data.occurred_at,
      recordedtime: event.data.received_at,
      dataschema: dataSchemaOf(event.type),
      partitionkey: key,
      correlationid: correlationId,
      dataclassification: 'confidential',
    }),
  };
}

/** What a dead letter of a connector says beside its bytes. */
export interface RejectionFrame {
  /** Name of the connector, as in its dead-letter topic. */
  readonly service: string;
  readonly account: ChannelAccount;
  /** Content type as received. */
  readonly mediaType: string;
  readonly failedAt: Date;
}

/**
 * Makes the dead letter of an element that was authentic but makes no event: its bytes as they came, and why.
 *
 * A redelivery makes a dead letter with the same `ce_id`.
 *
 * @see stream contract, section 10
 */
export function toDeadLetter(element: RejectedElement, frame: RejectionFrame): OutgoingRecord {
  const { service, account, mediaType, failedAt } = frame;
  const id = inboundEventId({ accountId: account.id, eventKind: 'dead_letter', messageId: element.key });
  const at = failedAt.toISOString();
  return {
    topic: deadLetterTopic(service),
    key: id,
    value: element.bytes,
    headers: {
      'content-type': mediaType,
      ce_id: id,
      dlq_service: service,
      dlq_account: account.id,
      dlq_channel: account.channel,
      dlq_error_code: element.code,
      dlq_error_detail: element.detail.slice(0, 512),
      dlq_attempts: '1',
      dlq_first_failed_at: at,
      dlq_failed_at: at,
      dlq_replay_count: '0',
    },
  };
}
