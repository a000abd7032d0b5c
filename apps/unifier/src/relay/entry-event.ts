import { formatSequence, PUBLIC_TOPICS, type EntryAppended, type EntryChanged } from '@app/contracts';
import {
  publicId,
  toRedactedEntry,
  toTimelineEntry,
  type Claim,
  type EntryOutboxRow,
  type Owner,
} from '@app/persistence';
import { draftEvent, type Draft } from './draft-event.js';

/** Where an event of a customer stands. */
export interface Place {
  readonly sequence: bigint;
  readonly now: Date;
}

/**
 * The event of an entry that is new or changed, as it stands now. When its person was erased meanwhile, the event tells
 * that there was an entry and nothing of what it said.
 *
 * @throws Error when the entry or the customer is not there, which only a broken store can cause
 */
export function entryEvent(row: EntryOutboxRow, owner: Owner, claim: Claim, { sequence, now }: Place): Draft {
  const stored = claim.entries.get(row.entry_id);
  const customer = claim.customers.get(owner.customerId);
  if (stored === undefined) throw new Error(`outbox row ${row.id} names an entry that does not exist`);
  if (customer === undefined) throw new Error(`outbox row ${row.id} belongs to a customer that does not exist`);
  const entry = stored.erased ? toRedactedEntry(stored) : toTimelineEntry(stored);
  const appended: EntryAppended = {
    customer_id: publicId.customer(owner.customerId),
    customer_ref: customer.ref,
    identity_id: publicId.identity(row.identity_id),
    identity_version: owner.version,
    conversation_id: publicId.conversation(stored.conversation_id),
    entry,
  };
  const changed: EntryChanged | undefined =
    row.kind === 'entry.changed' ? { ...appended, change: { reasons: [...(row.reasons ?? [])] } } : undefined;
  return draftEvent({
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
