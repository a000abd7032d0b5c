import {
  dataSchemaOf,
  formatSequence,
  PUBLIC_TOPICS,
  toHeaders,
  uuidV7,
  type CustomerState,
  type EntryAppended,
  type EntryChanged,
  type IdentityState,
} from '@app/contracts';
import {
  publicId,
  toTimelineEntry,
  type Claim,
  type CustomerRow,
  type EventRow,
  type OutboxRow,
} from '@app/persistence';

/** An event before it has its position. */
type Draft = Omit<EventRow, 'position'>;

interface DraftParts {
  readonly topic: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly recordedtime: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly sequence?: string;
  readonly data: object;
  readonly now: Date;
}

function draft({ topic, type, subject, data, now, ...attributes }: DraftParts): Draft {
  const id = uuidV7(now);
  const headers = toHeaders({
    ...attributes,
    id,
    source: '/unifier',
    type,
    subject,
    partitionkey: subject,
    dataschema: dataSchemaOf(type),
    dataclassification: 'confidential',
  });
  return { id, topic, key: subject, type, headers, payload: JSON.stringify(data) };
}

function entryEvent(row: OutboxRow, claim: Claim, sequence: bigint, now: Date): Draft {
  const stored = claim.entries.get(row.entry_id ?? '');
  if (stored === undefined) throw new Error(`outbox row ${row.id} names an entry that does not exist`);
  const entry = toTimelineEntry(stored);
  const appended: EntryAppended = {
    customer_id: publicId.customer(row.customer_id),
    customer_ref: row.customer_ref,
    identity_id: publicId.identity(row.identity_id),
    identity_version: row.identity_version,
    conversation_id: publicId.conversation(stored.conversation_id),
    entry,
  };
  const changed: EntryChanged | undefined =
    row.kind === 'entry.changed' ? { ...appended, change: { reasons: [...(row.reasons ?? [])] } } : undefined;
  return draft({
    topic: PUBLIC_TOPICS.timeline,
    type: changed === undefined ? 'omni.timeline.entry.appended' : 'omni.timeline.entry.changed',
    subject: appended.customer_id,
    time: changed === undefined ? entry.occurred_at : row.at.toISOString(),
    recordedtime: changed === undefined ? entry.received_at : row.at.toISOString(),
    correlationid: row.correlation_id,
    ...(row.causation_id === null ? {} : { causationid: row.causation_id }),
    sequence: formatSequence(sequence),
    data: changed ?? appended,
    now,
  });
}

function identityEvent(row: OutboxRow, now: Date): Draft {
  const at = row.at.toISOString();
  const data: IdentityState = {
    identity_id: publicId.identity(row.identity_id),
    customer_id: publicId.customer(row.customer_id),
    version: row.identity_version,
    kind: row.identity_kind,
    status: row.identity_state === 'erased' ? 'erased' : 'active',
    updated_at: at,
  };
  return draft({
    topic: PUBLIC_TOPICS.identities,
    type: 'omni.identity.state',
    subject: data.identity_id,
    time: at,
    recordedtime: at,
    correlationid: row.correlation_id,
    data,
    now,
  });
}

function customerEvent(customer: CustomerRow, version: bigint, now: Date): Draft {
  const at = now.toISOString();
  const data: CustomerState = {
    customer_id: publicId.customer(customer.id),
    ref: customer.ref,
    version: Number(version),
    status: customer.status,
    canonical_id: publicId.customer(customer.canonical_id),
    ...(customer.display_name === null ? {} : { display_name: customer.display_name }),
    identities: customer.identities.map((identity) => ({
      identity_id: publicId.identity(identity.id),
      kind: identity.kind,
    })),
    ...(customer.last_entry_at === null ? {} : { last_entry_at: customer.last_entry_at.toISOString() }),
    entry_count: customer.entry_count,
    updated_at: at,
  };
  return draft({
    topic: PUBLIC_TOPICS.customers,
    type: 'omni.customer.state',
    subject: data.customer_id,
    time: at,
    recordedtime: at,
    correlationid: uuidV7(now),
    data,
    now,
  });
}

/**
 * Makes the public events of a claim: one for each outbox row, in its order and with the next number of its customer,
 * then one state for each customer concerned.
 *
 * @returns events with positions rising by one from `claim.position + 1`
 * @throws Error when the outbox names an entry that is not there, which only a broken store can cause
 */
export function renderEvents(claim: Claim, now: Date): EventRow[] {
  const sequences = new Map(claim.sequences);
  const next = (customerId: string): bigint => {
    const sequence = (sequences.get(customerId) ?? 0n) + 1n;
    sequences.set(customerId, sequence);
    return sequence;
  };
  const rows = claim.outbox.map((row) =>
    row.kind === 'identity.state' ? identityEvent(row, now) : entryEvent(row, claim, next(row.customer_id), now),
  );
  const states = claim.customers.map((customer) => customerEvent(customer, sequences.get(customer.id) ?? 0n, now));
  return [...rows, ...states].map((event, index) => ({
    ...event,
    position: String(claim.position + BigInt(index) + 1n),
  }));
}
