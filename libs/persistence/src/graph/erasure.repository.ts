import { randomUUID } from 'node:crypto';
import type { Database, NamedStatement, Queryable } from '../database.js';
import { scrubIdentities } from '../relay/scrub-events.js';
import { underStructureLock } from './regroup.js';

/** Who asked for an erasure, and why. */
export interface ErasureRequest {
  readonly actor: string;
  readonly reason: string | null;
  readonly correlationId: string;
}

/** What an erasure reached. It holds ids and counts only, and outlives what was erased. */
export interface Erasure {
  readonly id: string;
  readonly customerId: string;
  readonly identityIds: readonly string[];
  readonly effectiveAt: Date;
}

/** What an erasure would reach. */
export interface ErasurePreview {
  readonly identityIds: readonly string[];
  readonly entries: number;
  readonly blobs: number;
}

/** An erasure, or why there is none. */
export type ErasureOutcome =
  | { readonly ok: true; readonly erasure: Erasure }
  | { readonly ok: false; readonly code: 'unknown-customer' | 'customer-erased' }
  | { readonly ok: false; readonly code: 'customer-merged'; readonly canonicalId: string };

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** Bytes that were kept for entries of these identities, and for no entry of anybody else. */
const OWN_BLOBS = `
  SELECT DISTINCT r.blob_id AS id FROM entry e JOIN blob_reference r ON r.entry_id = e.id
   WHERE e.identity_id = ANY($1::bigint[])
     AND NOT EXISTS (SELECT FROM blob_reference o LEFT JOIN entry x ON x.id = o.entry_id
                      WHERE o.blob_id = r.blob_id AND (x.id IS NULL OR x.identity_id <> ALL($1::bigint[])))`;

/**
 * What a row of `entry` keeps: that something was there, when, and on which channel. Run again after everybody who had
 * begun before the erasure has ended, it reaches what they wrote meanwhile.
 */
const REDACT_ENTRIES = statement(
  'erasure-redact-entries',
  `UPDATE entry SET body = '{"content":{"type":"system"},"provider":{"name":"","message_id":""}}', changes = NULL, raw = NULL,
          event_id = '', correlation_id = '', revision = revision + 1
    WHERE identity_id = ANY($1::bigint[]) AND event_id <> ''`,
);
/** In the order in which batches lock them: entries, then what changes them. */
const LOCK_ENTRIES = statement(
  'erasure-lock-entries',
  'SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]) ORDER BY id FOR UPDATE',
);
const LEFT = statement(
  'erasure-left',
  `SELECT EXISTS (SELECT FROM entry WHERE identity_id = ANY($1::bigint[]) AND event_id <> '')
       OR EXISTS (SELECT FROM fact WHERE identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM identity_avatar WHERE identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM claim WHERE identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM media_job j JOIN entry e ON e.id = j.entry_id WHERE e.identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM media_reference r JOIN entry e ON e.id = r.entry_id WHERE e.identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM blob_reference r JOIN entry e ON e.id = r.entry_id WHERE e.identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM entry_alias a JOIN entry e ON e.id = a.entry_id WHERE e.identity_id = ANY($1::bigint[]))
       OR EXISTS (SELECT FROM change c JOIN entry e ON e.id = c.entry_id WHERE e.identity_id = ANY($1::bigint[])) AS left`,
);
const FORGET: readonly NamedStatement[] = [
  statement(
    'erasure-changes',
    'DELETE FROM change WHERE entry_id IN (SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]))',
  ),
  statement(
    'erasure-blob-references',
    'DELETE FROM blob_reference WHERE entry_id IN (SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]))',
  ),
  // What reports on a mail names it by its Message-ID; the report itself holds nothing of the person.
  statement(
    'erasure-aliases',
    'DELETE FROM entry_alias WHERE entry_id IN (SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]))',
  ),
  statement(
    'erasure-media-jobs',
    'DELETE FROM media_job WHERE entry_id IN (SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]))',
  ),
  // The bytes go when nobody refers to them any more.
  statement(
    'erasure-media',
    'DELETE FROM media_reference WHERE entry_id IN (SELECT id FROM entry WHERE identity_id = ANY($1::bigint[]))',
  ),
  // Texts that are still joined or remembered, while the number is still known.
  statement(
    'erasure-parts',
    `DELETE FROM message_set WHERE sender IN (SELECT value FROM identity WHERE id = ANY($1::bigint[]) AND kind = 'phone')`,
  ),
  // That a comment was seen stays, or it would be taken for new; who wrote it does not.
  statement(
    'erasure-polled',
    `UPDATE polled_comment SET author = '', told = false
      WHERE author IN (SELECT value FROM identity WHERE id = ANY($1::bigint[])
                        AND kind IN ('youtube_channel', 'facebook_user', 'instagram_user'))`,
  ),
  statement('erasure-avatars', 'DELETE FROM identity_avatar WHERE identity_id = ANY($1::bigint[])'),
  statement('erasure-facts', 'DELETE FROM fact WHERE identity_id = ANY($1::bigint[])'),
  statement(
    'erasure-claims',
    `DELETE FROM claim WHERE identity_id = ANY($1::bigint[])
        OR key_hash IN (SELECT key_hash FROM identity WHERE id = ANY($1::bigint[]))`,
  ),
  statement('erasure-outbox', `DELETE FROM outbox WHERE identity_id = ANY($1::bigint[]) AND kind LIKE 'entry.%'`),
];
/** Agents write reasons in their own words, which may name the person. */
const FORGET_GRAPH: readonly NamedStatement[] = [
  statement('erasure-links', 'DELETE FROM link WHERE a = ANY($1::bigint[]) OR b = ANY($1::bigint[])'),
  statement('erasure-forbidden', 'DELETE FROM cannot_link WHERE a = ANY($1::bigint[]) OR b = ANY($1::bigint[])'),
  statement('erasure-reasons', 'UPDATE graph_log SET reason = NULL WHERE moved && $1::bigint[]'),
  statement(
    'erasure-speakers',
    'UPDATE conversation SET speaker_identity_id = NULL WHERE speaker_identity_id = ANY($1::bigint[])',
  ),
];
const ERASE_IDENTITIES = statement(
  'erasure-identities',
  `WITH i AS (
     UPDATE identity SET value = NULL, state = 'erased', valid_to = least(coalesce(valid_to, $2), $2), version = version + 1
      WHERE id = ANY($1::bigint[]) RETURNING id, key_hash, version),
   t AS (
     INSERT INTO erasure (key_hash, erased_at, request_id) SELECT DISTINCT key_hash, $2::timestamptz, $3::uuid FROM i
     ON CONFLICT (key_hash) DO UPDATE SET erased_at = excluded.erased_at, request_id = excluded.request_id)
   INSERT INTO outbox (kind, identity_id, correlation_id, payload)
   SELECT 'identity.state', id, $4, jsonb_build_object('customer_id', $5::text, 'version', version, 'status', 'erased') FROM i ORDER BY id`,
);

/**
 * Erases people. It reaches every table that this store has; ids, times and the keys under which replayed messages are
 * recognised stay. What is on Kafka's topics ends with their retention.
 *
 * @see identity design, section 3.6; stream contract, section 8
 */
export class ErasureRepository {
  constructor(private readonly database: Database) {}

  /** What {@link erase} would reach. */
  async preview(customerId: string): Promise<ErasurePreview> {
    const identityIds = await identitiesOf(this.database, customerId);
    const [counts] = await this.database.query<{ entries: number; blobs: number }>(
      `SELECT (SELECT count(*)::int FROM entry WHERE identity_id = ANY($1::bigint[])) AS entries,
              (SELECT count(*)::int FROM (${OWN_BLOBS}) b) AS blobs`,
      [identityIds],
    );
    return { identityIds, entries: counts!.entries, blobs: counts!.blobs };
  }

  /** Erases a customer with all its identities, for good. */
  async erase(customerId: string, request: ErasureRequest): Promise<ErasureOutcome> {
    return await underStructureLock(this.database, async (tx): Promise<ErasureOutcome> => {
      const [customer] = await tx.query<{ status: string; merged_into: string | null }>(
        'SELECT status, merged_into::text FROM customer WHERE id = $1',
        [customerId],
      );
      if (customer === undefined) return { ok: false, code: 'unknown-customer' };
      if (customer.status === 'erased') return { ok: false, code: 'customer-erased' };
      if (customer.merged_into !== null) {
        return { ok: false, code: 'customer-merged', canonicalId: customer.merged_into };
      }
      return { ok: true, erasure: await eraseCustomer(tx, customerId, request) };
    });
  }

  /** What became of a request. @param id as {@link Erasure.id} */
  async find(id: string): Promise<Erasure | undefined> {
    const [row] = await this.database.query<{ customer_id: string; identities: string[]; effective_at: Date }>(
      'SELECT customer_id::text, identities::text[], effective_at FROM erasure_request WHERE id = $1',
      [id],
    );
    return row && { id, customerId: row.customer_id, identityIds: row.identities, effectiveAt: row.effective_at };
  }

  /**
   * Reaches what batches that had begun before an erasure wrote after it. Call it now and then: it looks at the erasures
   * of the last hour only.
   *
   * @returns of how many identities it removed something
   */
  async sweep(): Promise<number> {
    const [recent] = await this.database.query<{ ids: string[] | null }>(
      `SELECT array_agg(i)::text[] AS ids FROM erasure_request r, unnest(r.identities) AS i
        WHERE r.effective_at > clock_timestamp() - interval '1 hour'`,
    );
    const ids = recent?.ids ?? [];
    if (ids.length === 0) return 0;
    const [found] = await this.database.query<{ left: boolean }>(LEFT, [ids]);
    if (found?.left !== true) return 0;
    await this.database.transaction(async (tx) => await forget(tx, ids));
    return ids.length;
  }
}

async function identitiesOf(store: Queryable, customerId: string): Promise<string[]> {
  const rows = await store.query<{ id: string }>('SELECT id::text FROM identity WHERE customer_id = $1 ORDER BY id', [
    customerId,
  ]);
  return rows.map(({ id }) => id);
}

async function forget(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query(LOCK_ENTRIES, [ids]);
  await tx.query(`DELETE FROM blob WHERE id IN (${OWN_BLOBS})`, [ids]);
  for (const one of FORGET) await tx.query(one, [ids]);
  await tx.query(REDACT_ENTRIES, [ids]);
  await scrubIdentities(tx, ids);
}

async function eraseCustomer(tx: Queryable, customerId: string, request: ErasureRequest): Promise<Erasure> {
  const id = randomUUID();
  const identityIds = await identitiesOf(tx, customerId);
  await forget(tx, identityIds);
  for (const one of FORGET_GRAPH) await tx.query(one, [identityIds]);
  await tx.query(
    `UPDATE customer SET status = 'erased', merged_into = NULL, pin = NULL, version = version + 1
      WHERE id IN (SELECT home_customer_id FROM identity WHERE id = ANY($1::bigint[]))`,
    [identityIds],
  );
  const [row] = await tx.query<{ effective_at: Date }>(
    `INSERT INTO erasure_request (id, customer_id, identities, actor, reason) VALUES ($1, $2, $3::bigint[], $4, $5) RETURNING effective_at`,
    [id, customerId, identityIds, request.actor, request.reason],
  );
  const effectiveAt = row!.effective_at;
  await tx.query(
    `INSERT INTO outbox (kind, identity_id, correlation_id, payload) VALUES ('customer.erased', $1, $2, $3)`,
    [
      identityIds[0],
      request.correlationId,
      JSON.stringify({
        erasure_id: id,
        customer_id: customerId,
        identities: identityIds,
        effective_at: effectiveAt.toISOString(),
        requested_at: effectiveAt.toISOString(),
      }),
    ],
  );
  await tx.query(ERASE_IDENTITIES, [identityIds, effectiveAt, id, request.correlationId, customerId]);
  return { id, customerId, identityIds, effectiveAt };
}
