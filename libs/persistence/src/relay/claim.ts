import type { NamedStatement, Queryable } from '../database.js';
import { ENTRY_COLUMNS, type EntryRow } from '../timeline/stored-entry.js';
import { isEntry, namedIdentities, type OutboxRow } from './outbox-row.js';
import type { OwnedIdentity } from './ownership.js';
import { placeRows, type NamedIdentity, type PlacedRow } from './place-rows.js';

/** What the compacted topic `customers` says of a customer. */
export interface CustomerRow {
  readonly id: string;
  readonly ref: string;
  readonly status: string;
  readonly canonical_id: string;
  readonly display_name: string | null;
  readonly identities: readonly { id: string; kind: string }[];
  readonly last_entry_at: Date | null;
  readonly entry_count: number;
}

/** A stored entry, and whether the person it belongs to was erased when it was read. */
export interface RelayedEntryRow extends EntryRow {
  readonly erased: boolean;
}

/** What the relay found to do, within the transaction that will do it. */
export interface Claim {
  readonly placed: readonly PlacedRow[];
  readonly entries: ReadonlyMap<string, RelayedEntryRow>;
  /** Customers concerned, by id. */
  readonly customers: ReadonlyMap<string, CustomerRow>;
  /** Sequence number before the first event of this claim, by customer. */
  readonly sequences: ReadonlyMap<string, bigint>;
  /** Position before the first event of this claim. */
  readonly position: bigint;
}

/** A claim with what is to be remembered of it. */
export interface OpenClaim extends Claim {
  readonly outbox: readonly OutboxRow[];
  readonly moved: readonly OwnedIdentity[];
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/**
 * Rows of transactions that had all ended before the oldest one still running: no row with a smaller number can turn up
 * later, which a plain look at ascending ids could not promise.
 */
const OUTBOX = statement(
  'relay-outbox',
  `SELECT o.id, o.xid::text, o.kind, o.identity_id, i.kind AS identity_kind, i.state AS identity_state,
          coalesce(r.customer_id, i.home_customer_id) AS owner_customer_id, coalesce(r.version, 1) AS owner_version,
          o.entry_id, o.reasons, o.correlation_id, o.causation_id, o.payload, o.at
     FROM (SELECT * FROM outbox WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT $1) o
     JOIN identity i ON i.id = o.identity_id
     LEFT JOIN relay_owner r ON r.identity_id = o.identity_id
    ORDER BY o.xid, o.id`,
);
const NAMED = statement(
  'relay-named',
  `SELECT i.id AS "identityId", i.home_customer_id AS "homeCustomerId",
          coalesce(r.customer_id, i.home_customer_id) AS "customerId", coalesce(r.version, 1) AS version
     FROM identity i LEFT JOIN relay_owner r ON r.identity_id = i.id WHERE i.id = ANY($1::bigint[])`,
);
/** Entry and state of its identity by one look: between two, an erasure could come. */
const ENTRIES = statement(
  'relay-entries',
  `SELECT ${ENTRY_COLUMNS}, i.state = 'erased' AS erased
     FROM entry e JOIN conversation c ON c.id = e.conversation_id JOIN identity i ON i.id = e.identity_id
    WHERE e.id = ANY($1::uuid[])`,
);
const CUSTOMERS = statement(
  'relay-customers',
  `SELECT c.id, c.ref, c.status, coalesce(c.merged_into, c.id) AS canonical_id,
          (SELECT f.value FROM identity i JOIN fact f ON f.identity_id = i.id AND f.key = 'name'
            WHERE i.customer_id = c.id ORDER BY f.trust DESC, f.observed_at DESC, f.value LIMIT 1) AS display_name,
          (SELECT coalesce(json_agg(json_build_object('id', i.id::text, 'kind', i.kind) ORDER BY i.id), '[]')
             FROM identity i WHERE i.customer_id = c.id) AS identities,
          (SELECT max(v.last_at) FROM identity i JOIN conversation v ON v.identity_id = i.id WHERE i.customer_id = c.id) AS last_entry_at,
          (SELECT coalesce(sum(v.entries), 0)::int FROM identity i JOIN conversation v ON v.identity_id = i.id
            WHERE i.customer_id = c.id) AS entry_count
     FROM customer c WHERE c.id = ANY($1::bigint[]) ORDER BY c.id`,
);
/** Reserves numbers for each customer; the row lock keeps them gap-free. */
const SEQUENCES = statement(
  'relay-sequences',
  `INSERT INTO customer_sequence (customer_id, last)
   SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS k(customer_id, n) ORDER BY customer_id
   ON CONFLICT (customer_id) DO UPDATE SET last = customer_sequence.last + excluded.last
   RETURNING customer_id, last`,
);

/** An erasure may have taken the entry away altogether; then nothing is left to tell of it. */
const isLeft = (row: OutboxRow, entries: ReadonlyMap<string, RelayedEntryRow>): boolean =>
  !isEntry(row) || entries.has(row.entry_id) || row.identity_state !== 'erased';

async function findEntries(
  transaction: Queryable,
  outbox: readonly OutboxRow[],
): Promise<ReadonlyMap<string, RelayedEntryRow>> {
  const ids = new Set(outbox.filter(isEntry).map((row) => row.entry_id));
  const entries = await transaction.query<RelayedEntryRow>(ENTRIES, [[...ids]]);
  return new Map(entries.map((entry) => [entry.id, entry]));
}

async function findNamed(transaction: Queryable, outbox: readonly OutboxRow[]): Promise<readonly NamedIdentity[]> {
  const ids = new Set(outbox.flatMap(namedIdentities));
  return ids.size === 0 ? [] : await transaction.query<NamedIdentity>(NAMED, [[...ids]]);
}

/**
 * Takes what can be published, with its numbers; the transaction that calls it has to store what is made of it.
 *
 * @returns undefined when there is nothing
 */
export async function openClaim(transaction: Queryable, limit: number): Promise<OpenClaim | undefined> {
  const [state] = await transaction.query<{ last_position: string }>(
    'SELECT last_position FROM relay_state FOR UPDATE',
  );
  const outbox = await transaction.query<OutboxRow>(OUTBOX, [limit]);
  if (state === undefined || outbox.length === 0) return undefined;
  const entries = await findEntries(transaction, outbox);
  const { placed, moved, customers } = placeRows(
    outbox.filter((row) => isLeft(row, entries)),
    await findNamed(transaction, outbox),
  );
  const ids = [...customers.keys()];
  const states = await transaction.query<CustomerRow>(CUSTOMERS, [ids]);
  const last = await transaction.query<{ customer_id: string; last: string }>(SEQUENCES, [
    ids,
    [...customers.values()],
  ]);
  return {
    outbox,
    placed,
    moved,
    entries,
    customers: new Map(states.map((row) => [row.id, row])),
    sequences: new Map(
      last.map((row) => [row.customer_id, BigInt(row.last) - BigInt(customers.get(row.customer_id) ?? 0)]),
    ),
    position: BigInt(state.last_position),
  };
}
