import type { Database, NamedStatement, Queryable } from '../database.js';
import { ENTRY_COLUMNS, type EntryRow } from '../timeline/stored-entry.js';

/** A row of the outbox with the customer that its identity belongs to now. */
export interface OutboxRow {
  readonly id: string;
  /** Number of the transaction that wrote it. */
  readonly xid: string;
  readonly kind: 'entry.appended' | 'entry.changed' | 'identity.state';
  readonly identity_id: string;
  readonly identity_version: number;
  readonly identity_kind: string;
  readonly identity_state: string;
  readonly customer_id: string;
  readonly customer_ref: string;
  readonly entry_id: string | null;
  readonly reasons: readonly string[] | null;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly at: Date;
}

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

/** One record of the public stream, as stored and as published: the same bytes every time. */
export interface EventRow {
  readonly position: string;
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** What the relay found to do, within the transaction that will do it. */
export interface Claim {
  readonly outbox: readonly OutboxRow[];
  readonly entries: ReadonlyMap<string, EntryRow>;
  readonly customers: readonly CustomerRow[];
  /** Sequence number before the first event of this claim, by customer. */
  readonly sequences: ReadonlyMap<string, bigint>;
  /** Position before the first event of this claim. */
  readonly position: bigint;
}

/** Channel on which readers of the stream are woken. */
export const EVENT_NOTIFICATION = 'omni_event';

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/**
 * Rows of transactions that had all ended before the oldest one still running: no row with a smaller number can turn up
 * later, which a plain look at ascending ids could not promise.
 */
const OUTBOX = statement(
  'relay-outbox',
  `SELECT o.id, o.xid::text, o.kind, o.identity_id, i.version AS identity_version, i.kind AS identity_kind, i.state AS identity_state,
          i.customer_id, c.ref AS customer_ref, o.entry_id, o.reasons, o.correlation_id, o.causation_id, o.at
     FROM (SELECT * FROM outbox WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT $1) o
     JOIN identity i ON i.id = o.identity_id
     JOIN customer c ON c.id = i.customer_id
    ORDER BY o.xid, o.id`,
);
const ENTRIES = statement(
  'relay-entries',
  `SELECT ${ENTRY_COLUMNS} FROM entry e JOIN conversation c ON c.id = e.conversation_id WHERE e.id = ANY($1::uuid[])`,
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
const STORE = statement(
  'relay-store',
  `INSERT INTO event (position, id, topic, key, type, headers, payload)
   SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])`,
);
const DELETE_CLAIMED = statement(
  'relay-delete-claimed',
  `DELETE FROM outbox o USING unnest($1::xid8[], $2::bigint[]) AS k(xid, id) WHERE o.xid = k.xid AND o.id = k.id`,
);
const UNPUBLISHED = statement(
  'relay-unpublished',
  `SELECT position, id, topic, key, type, headers, payload FROM event
    WHERE position > (SELECT published FROM relay_state) ORDER BY position LIMIT $1`,
);

async function claim(transaction: Queryable, limit: number): Promise<Claim | undefined> {
  const [state] = await transaction.query<{ last_position: string }>(
    'SELECT last_position FROM relay_state FOR UPDATE',
  );
  const outbox = await transaction.query<OutboxRow>(OUTBOX, [limit]);
  if (state === undefined || outbox.length === 0) return undefined;
  const entryIds = [...new Set(outbox.flatMap((row) => (row.entry_id === null ? [] : [row.entry_id])))];
  const customerIds = [...new Set(outbox.map((row) => row.customer_id))];
  const counts = new Map<string, number>();
  for (const row of outbox) {
    if (row.entry_id !== null) counts.set(row.customer_id, (counts.get(row.customer_id) ?? 0) + 1);
  }
  const entries = await transaction.query<EntryRow>(ENTRIES, [entryIds]);
  const customers = await transaction.query<CustomerRow>(CUSTOMERS, [customerIds]);
  const last = await transaction.query<{ customer_id: string; last: string }>(SEQUENCES, [
    [...counts.keys()],
    [...counts.values()],
  ]);
  return {
    outbox,
    entries: new Map(entries.map((entry) => [entry.id, entry])),
    customers,
    sequences: new Map(
      last.map((row) => [row.customer_id, BigInt(row.last) - BigInt(counts.get(row.customer_id) ?? 0)]),
    ),
    position: BigInt(state.last_position),
  };
}

async function store(
  transaction: Queryable,
  events: readonly EventRow[],
  claimed: readonly OutboxRow[],
): Promise<void> {
  await transaction.query(STORE, [
    events.map((event) => event.position),
    events.map((event) => event.id),
    events.map((event) => event.topic),
    events.map((event) => event.key),
    events.map((event) => event.type),
    events.map((event) => JSON.stringify(event.headers)),
    events.map((event) => event.payload),
  ]);
  await transaction.query(DELETE_CLAIMED, [claimed.map((row) => row.xid), claimed.map((row) => row.id)]);
  await transaction.query('UPDATE relay_state SET last_position = $1', [events.at(-1)?.position]);
  await transaction.query(`NOTIFY ${EVENT_NOTIFICATION}`);
}

/**
 * The outbox and the public stream in the store. One relay at a time moves rows: the row of `relay_state` is locked for
 * as long as a claim takes, so a second relay waits and then sees what is left.
 */
export class RelayRepository {
  constructor(private readonly database: Database) {}

  /**
   * Turns outbox rows into events with their numbers, in one transaction.
   *
   * @param render makes the events, with positions rising by one from `claim.position + 1`
   * @returns how many events were made; 0 when there is nothing to do
   */
  async moveOutbox(limit: number, render: (claim: Claim) => readonly EventRow[]): Promise<number> {
    return await this.database.transaction(async (transaction) => {
      const found = await claim(transaction, limit);
      if (found === undefined) return 0;
      const events = render(found);
      await store(transaction, events, found.outbox);
      return events.length;
    });
  }

  /** Events that are not known to be on their topics yet, oldest first. */
  async unpublished(limit: number): Promise<readonly EventRow[]> {
    return await this.database.query<EventRow>(UNPUBLISHED, [limit]);
  }

  async markPublished(position: string): Promise<void> {
    await this.database.query('UPDATE relay_state SET published = greatest(published, $1)', [position]);
  }

  /** Outbox rows that wait, counted up to a bound so that a long queue is cheap to look at. */
  async pending(): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM (SELECT 1 FROM outbox LIMIT 100000) o',
    );
    return row?.n ?? 0;
  }

  /** Deletes published events older than the retention, a slice at a time. @returns how many */
  async expire(retentionDays: number): Promise<number> {
    const rows = await this.database.query<{ position: string }>(
      `DELETE FROM event WHERE position IN (
         SELECT position FROM event WHERE at < clock_timestamp() - make_interval(days => $1)
            AND position <= (SELECT published FROM relay_state) ORDER BY position LIMIT 10000)
       RETURNING position`,
      [retentionDays],
    );
    return rows.length;
  }
}
