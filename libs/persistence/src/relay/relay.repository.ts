import type { Database, NamedStatement, Queryable } from '../database.js';
import { openClaim, type Claim, type OpenClaim } from './claim.js';
import { scrubEvents } from './scrub-events.js';

/**
 * One record of the public stream, as stored and as published: the same bytes every time, until the person whom they
 * are about is erased.
 */
export interface EventRow {
  readonly position: string;
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: a tombstone. */
  readonly payload: string | null;
}

/** Channel on which readers of the stream are woken. */
export const EVENT_NOTIFICATION = 'omni_event';

const statement = (name: string, text: string): NamedStatement => ({ name, text });

const STORE = statement(
  'relay-store',
  `INSERT INTO event (position, id, topic, key, type, headers, payload)
   SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])`,
);
const OWNERS = statement(
  'relay-owners',
  `INSERT INTO relay_owner (identity_id, customer_id, version)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS k(identity_id, customer_id, version)
   ON CONFLICT (identity_id) DO UPDATE SET customer_id = excluded.customer_id, version = excluded.version`,
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

async function store(
  transaction: Queryable,
  events: readonly EventRow[],
  { outbox, moved, position }: OpenClaim,
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
  if (moved.length > 0) {
    await transaction.query(OWNERS, [
      moved.map((identity) => identity.identityId),
      moved.map((identity) => identity.customerId),
      moved.map((identity) => identity.version),
    ]);
  }
  await scrubEvents(transaction, outbox);
  await transaction.query(DELETE_CLAIMED, [outbox.map((row) => row.xid), outbox.map((row) => row.id)]);
  await transaction.query('UPDATE relay_state SET last_position = $1', [events.at(-1)?.position ?? String(position)]);
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
   * @returns how many rows were moved; 0 when there is nothing to do
   */
  async moveOutbox(limit: number, render: (claim: Claim) => readonly EventRow[]): Promise<number> {
    return await this.database.transaction(async (transaction) => {
      const found = await openClaim(transaction, limit);
      if (found === undefined) return 0;
      await store(transaction, render(found), found);
      return found.outbox.length;
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
