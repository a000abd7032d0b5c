import { dataSchemaOf, INBOUND_TYPES, inboundEventId, toHeaders, type MessageReceived } from '@app/contracts';
import type { StreamRecord } from '@app/stream';

/** The record of a message as its connector would append it; the sender is the key. */
export function toRecord(data: MessageReceived, offset = 0n): StreamRecord {
  const key = data.identity.value;
  return {
    topic: `omni.inbound.${data.channel}.v1`,
    partition: 0,
    offset,
    key,
    value: Buffer.from(JSON.stringify(data)),
    headers: toHeaders({
      id: inboundEventId({
        accountId: data.account_id,
        eventKind: data.message_kind,
        messageId: data.provider.message_id,
      }),
      source: `/connectors/${data.channel}/${data.account_id}`,
      type: INBOUND_TYPES.received,
      subject: key,
      time: data.occurred_at,
      recordedtime: data.received_at,
      dataschema: dataSchemaOf(INBOUND_TYPES.received),
      partitionkey: key,
      correlationid: data.provider.message_id,
      dataclassification: 'confidential',
    }),
    timestamp: new Date(data.received_at),
  };
}
