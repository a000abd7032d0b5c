import {
  formatSequence,
  PUBLIC_TOPICS,
  type CustomerErased,
  type CustomerMerged,
  type CustomerUnmerged,
} from '@app/contracts';
import { publicId, type ErasureOutboxRow, type MoveOutboxRow } from '@app/persistence';
import { draftEvent, type Draft } from './draft-event.js';
import type { Place } from './entry-event.js';

/** Days after which nothing of an erased customer is on any topic: retention of the timeline and two more (G16). */
const PHYSICALLY_GONE_DAYS = 16;
const DAY_MS = 86_400_000;
const SYSTEM = 'system';
/** From here on the evidence was given by a provider and not only proven to us (identity design, section 3.2). */
const PROVIDER_BOUND = 4;
/** Evidence below this joins only because the installation trusts the rule. */
const POSSESSION_PROVEN = 3;

type Payload = MoveOutboxRow['payload'];

function reasonKind({ actor, trust }: Payload): CustomerMerged['reason']['kind'] {
  if (actor !== SYSTEM) return 'manual';
  if (trust === null || trust < POSSESSION_PROVEN) return 'rule';
  return trust >= PROVIDER_BOUND ? 'provider_link' : 'verified_identifier';
}

/** What both kinds of move tell. What an agent wrote stays out: it may name anybody. */
const told = (row: MoveOutboxRow): Pick<CustomerMerged, 'identities' | 'reason' | 'actor' | 'occurred_at'> => ({
  identities: row.payload.identities.map(({ id, version }) => ({ identity_id: publicId.identity(id), version })),
  reason: {
    kind: reasonKind(row.payload),
    rule: row.payload.rule,
    ...(row.payload.trust === null ? {} : { trust: row.payload.trust }),
  },
  actor: row.payload.actor === SYSTEM ? { type: SYSTEM } : { type: 'agent', id: row.payload.actor },
  occurred_at: row.at.toISOString(),
});

function merged(row: MoveOutboxRow, role: CustomerMerged['role']): CustomerMerged {
  return {
    merge_id: publicId.merge(row.payload.merge_id),
    survivor_customer_id: publicId.customer(row.payload.to),
    absorbed_customer_id: publicId.customer(row.payload.from),
    role,
    ...told(row),
    reversible: true,
  };
}

function unmerged(row: MoveOutboxRow, role: CustomerUnmerged['role']): CustomerUnmerged {
  const { merge_id, undoes, from, to } = row.payload;
  return {
    unmerge_id: publicId.merge(merge_id),
    ...(undoes === null ? {} : { merge_id: publicId.merge(undoes) }),
    source_customer_id: publicId.customer(from),
    restored_customer_id: publicId.customer(to),
    role,
    ...told(row),
  };
}

function erased({ payload }: ErasureOutboxRow): CustomerErased {
  const effective = new Date(payload.effective_at);
  return {
    erasure_id: publicId.erasure(payload.erasure_id),
    customer_id: publicId.customer(payload.customer_id),
    identities: payload.identities.map(publicId.identity),
    scope: 'full',
    requested_at: new Date(payload.requested_at).toISOString(),
    effective_at: effective.toISOString(),
    physically_gone_by: new Date(effective.getTime() + PHYSICALLY_GONE_DAYS * DAY_MS).toISOString(),
  };
}

/** Data of an event, and the customer that it is keyed by. */
interface Told {
  readonly customerId: string;
  readonly data: object;
}

function tell(row: MoveOutboxRow | ErasureOutboxRow): readonly Told[] {
  switch (row.kind) {
    case 'customer.merged':
      return [
        { customerId: row.payload.from, data: merged(row, 'absorbed') },
        { customerId: row.payload.to, data: merged(row, 'survivor') },
      ];
    case 'customer.unmerged':
      return [
        { customerId: row.payload.from, data: unmerged(row, 'source') },
        { customerId: row.payload.to, data: unmerged(row, 'restored') },
      ];
    case 'customer.erased':
      return [{ customerId: row.payload.customer_id, data: erased(row) }];
  }
}

/**
 * The events of a merge, a separation or an erasure. A merge and a separation make two, each with its own id: first for
 * the customer that loses identities, then for the one that has them from now on.
 *
 * @param place gives a customer its next number
 */
export function structureEvents(
  row: MoveOutboxRow | ErasureOutboxRow,
  place: (customerId: string) => Place,
): readonly Draft[] {
  const at = row.at.toISOString();
  return tell(row).map(({ customerId, data }) => {
    const { sequence, now } = place(customerId);
    return draftEvent({
      topic: PUBLIC_TOPICS.timeline,
      type: `omni.${row.kind}`,
      subject: publicId.customer(customerId),
      time: at,
      recordedtime: at,
      correlationid: row.correlation_id,
      sequence: formatSequence(sequence),
      data,
      now,
    });
  });
}
