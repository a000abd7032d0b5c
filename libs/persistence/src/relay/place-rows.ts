import {
  namedIdentities,
  type EntryOutboxRow,
  type ErasureOutboxRow,
  type IdentityOutboxRow,
  type MoveOutboxRow,
  type OutboxRow,
} from './outbox-row.js';
import { Ownership, type OwnedIdentity, type Owner } from './ownership.js';

/** A row of the outbox with the owner of its identity at its place in the stream. */
export type PlacedRow =
  | { readonly is: 'entry'; readonly row: EntryOutboxRow; readonly owner: Owner }
  | { readonly is: 'identity'; readonly row: IdentityOutboxRow; readonly owner: Owner }
  | { readonly is: 'move'; readonly row: MoveOutboxRow }
  | { readonly is: 'erasure'; readonly row: ErasureOutboxRow };

/** What a claim will publish, before it has its numbers. */
export interface Placement {
  readonly placed: readonly PlacedRow[];
  /** Identities whose owner in the stream is another one after this claim. */
  readonly moved: readonly OwnedIdentity[];
  /** Customers whose state is to be published again, each with the number of its events; 0: only its state. */
  readonly customers: ReadonlyMap<string, number>;
}

/** Customers that a row gives an event to, in the order of those events. An identity's state is no event of a customer. */
function sequencedCustomers(placed: PlacedRow): readonly string[] {
  switch (placed.is) {
    case 'entry':
      return [placed.owner.customerId];
    case 'identity':
      return [];
    case 'move':
      return [placed.row.payload.from, placed.row.payload.to];
    case 'erasure':
      return [placed.row.payload.customer_id];
  }
}

/** Customers whose state may be another one, though they get no event. */
function touchedCustomers(placed: PlacedRow, homes: ReadonlyMap<string, string>): readonly string[] {
  if (placed.is === 'identity') return [placed.owner.customerId];
  // The home customer of an identity that moved points elsewhere; of one that was erased it is erased too.
  return namedIdentities(placed.row).flatMap((id) => homes.get(id) ?? []);
}

function place(row: OutboxRow, view: Ownership): PlacedRow {
  switch (row.kind) {
    case 'entry.appended':
    case 'entry.changed':
      return { is: 'entry', row, owner: view.of(row.identity_id) };
    case 'identity.state':
      return { is: 'identity', row, owner: stateOwner(row, view) };
    case 'customer.merged':
    case 'customer.unmerged':
      for (const { id, version } of row.payload.identities) view.move(id, { customerId: row.payload.to, version });
      return { is: 'move', row };
    case 'customer.erased':
      return { is: 'erasure', row };
  }
}

/** A state says what was true when it was written; it stands on another topic and moves nothing on the timeline's. */
function stateOwner({ payload, identity_id }: IdentityOutboxRow, view: Ownership): Owner {
  if (payload === null) return view.of(identity_id);
  return { customerId: payload.customer_id, version: payload.version };
}

/** An identity that a move or an erasure names, with its home customer. */
export interface NamedIdentity extends OwnedIdentity {
  readonly homeCustomerId: string;
}

/**
 * Decides which customer each row belongs to, by the order of the rows alone: from a move on, and not before, entries
 * of the moved identities belong to the other customer. So nothing of theirs follows the fence of the customer that lost
 * them (G12) or precedes the announcement to the one that won them (G13), whatever order the tables were written in.
 *
 * @param rows in the order of the outbox
 * @param named every identity that a move or an erasure among the rows names
 */
export function placeRows(rows: readonly OutboxRow[], named: readonly NamedIdentity[]): Placement {
  const view = new Ownership([
    ...rows.map((row) => ({
      identityId: row.identity_id,
      customerId: row.owner_customer_id,
      version: row.owner_version,
    })),
    ...named,
  ]);
  const homes = new Map(named.map(({ identityId, homeCustomerId }) => [identityId, homeCustomerId]));
  const placed = rows.map((row) => place(row, view));
  const customers = new Map<string, number>();
  for (const one of placed) {
    for (const id of sequencedCustomers(one)) customers.set(id, (customers.get(id) ?? 0) + 1);
    for (const id of touchedCustomers(one, homes)) customers.set(id, customers.get(id) ?? 0);
  }
  return { placed, moved: view.changed(), customers };
}
