import { INBOUND_SCHEMAS, type DeadLetterCode, type InboundEvent, type InboundType } from '@app/contracts';
import type { StreamRecord } from '@app/stream';

/** An inbound event as read from the stream. */
export interface DecodedEvent {
  readonly ok: true;
  readonly event: InboundEvent;
  /** One value from the webhook to the timeline. */
  readonly correlationId: string;
}

/** Why a record cannot be read; `detail` holds no content. */
export interface UndecodableRecord {
  readonly ok: false;
  readonly code: DeadLetterCode;
  readonly detail: string;
}

const refuse = (code: DeadLetterCode, detail: string): UndecodableRecord => ({
  ok: false,
  code,
  detail: detail.slice(0, 512),
});

const isInboundType = (type: string | undefined): type is InboundType =>
  type !== undefined && Object.hasOwn(INBOUND_SCHEMAS, type);

/**
 * Reads one record of an inbound or receipts topic. Unknown fields are ignored; everything else is checked against the
 * contract, because any connector may write to these topics.
 */
export function decodeRecord(record: StreamRecord): DecodedEvent | UndecodableRecord {
  const { ce_type: type, ce_id: id, ce_correlationid: correlationId } = record.headers;
  if (!isInboundType(type)) return refuse('schema_invalid', 'ce_type names no inbound event');
  if (id === undefined || correlationId === undefined)
    return refuse('schema_invalid', 'ce_id or ce_correlationid is missing');
  if (record.value === null) return refuse('schema_invalid', 'the record has no value');
  let json: unknown;
  try {
    json = JSON.parse(record.value.toString('utf8'));
  } catch {
    return refuse('decode_failed', 'the value is not JSON');
  }
  const parsed = INBOUND_SCHEMAS[type].safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse('schema_invalid', `/${issue?.path.join('/') ?? ''}: ${issue?.code ?? 'invalid'}`);
  }
  return { ok: true, event: { id, type, data: parsed.data } as InboundEvent, correlationId };
}
