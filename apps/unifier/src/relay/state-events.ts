import { PUBLIC_TOPICS, uuidV7, type CustomerState, type IdentityState } from '@app/contracts';
import { publicId, type Claim, type CustomerRow, type IdentityOutboxRow, type Owner } from '@app/persistence';
import { draftEvent, type Draft } from './draft-event.js';

/** The state of an identity, for the compacted topic. */
export function identityEvent(row: IdentityOutboxRow, owner: Owner, now: Date): Draft {
  const at = row.at.toISOString();
  const data: IdentityState = {
    identity_id: publicId.identity(row.identity_id),
    customer_id: publicId.customer(owner.customerId),
    version: owner.version,
    kind: row.identity_kind,
    status: isErased(row) ? 'erased' : 'active',
    updated_at: at,
  };
  return draftEvent({
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

const isErased = (row: IdentityOutboxRow): boolean => (row.payload?.status ?? row.identity_state) === 'erased';

/**
 * The state of a customer, for the compacted topic. Of one that was merged or erased only the identifiers are left.
 *
 * @param version number of the last event of this customer that the state includes
 */
export function customerEvent(customer: CustomerRow, version: bigint, now: Date): Draft {
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
  return draftEvent({
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

/** The record that makes a compacted topic forget its key. */
const tombstone = (state: Pick<Draft, 'topic' | 'type' | 'key'>, correlationid: string, now: Date): Draft => {
  const at = now.toISOString();
  const { topic, type, key: subject } = state;
  return draftEvent({ topic, type, subject, time: at, recordedtime: at, correlationid, data: null, now });
};

/**
 * Tombstones of everybody who is erased by this claim, or was before and had a state in it. They stand after every
 * state, so that a key ends with its tombstone, in whatever order and in however many claims the rows came.
 */
export function tombstones(claim: Claim, now: Date): readonly Draft[] {
  const identities = new Map<string, string>();
  const customers = new Map<string, string>();
  for (const { is, row } of claim.placed) {
    if (is === 'identity' && isErased(row)) identities.set(row.identity_id, row.correlation_id);
    if (is !== 'erasure') continue;
    customers.set(row.payload.customer_id, row.correlation_id);
    for (const id of row.payload.identities) identities.set(id, row.correlation_id);
  }
  for (const customer of claim.customers.values()) {
    if (customer.status === 'erased' && !customers.has(customer.id)) customers.set(customer.id, uuidV7(now));
  }
  const of = (topic: string, type: string, name: (id: string) => string, ids: ReadonlyMap<string, string>): Draft[] =>
    [...ids].map(([id, correlationid]) => tombstone({ topic, type, key: name(id) }, correlationid, now));
  return [
    ...of(PUBLIC_TOPICS.customers, 'omni.customer.state', publicId.customer, customers),
    ...of(PUBLIC_TOPICS.identities, 'omni.identity.state', publicId.identity, identities),
  ];
}
