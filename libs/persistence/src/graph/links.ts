import type { Queryable } from '../database.js';
import type { Decision } from './decision.js';

/** The ends of a link. */
export interface LinkEnds {
  readonly a: string;
  readonly b: string;
}

/** Which evidence to take back. */
export interface EvidenceFilter {
  /** Rule that brought it, for example `zalo.user_id_by_app`. */
  readonly rule?: string;
  /** Import or decision that brought it. */
  readonly batchId?: string;
  /** Only what was first seen at or after this instant. */
  readonly since?: Date;
}

/** An agent's word that two identities are one person: a row of its own for each time. */
export async function writeAgentLink(tx: Queryable, { a, b }: LinkEnds, decision: Decision): Promise<void> {
  await tx.query(
    `INSERT INTO link (a, b, rule, trust, evidence_at, first_seen, last_seen, actor, reason, batch_id, decision)
     VALUES ($1, $2, $3, $4, now(), now(), now(), $5, $6, $7, $7)`,
    [a, b, decision.rule, decision.trust, decision.actor, decision.reason, decision.batchId],
  );
}

/**
 * Takes back everything that holds some identities in a customer together with others of it.
 *
 * @returns the ends of what was revoked
 */
export async function revokeAround(tx: Queryable, ids: readonly string[], decision: Decision): Promise<LinkEnds[]> {
  return await tx.query<LinkEnds>(
    `UPDATE link SET state = 'revoked', blocked_by = NULL, revoked_batch = $2, revoked_by = $3, revoked_reason = $4
       FROM identity x, identity y
      WHERE x.id = link.a AND y.id = link.b AND x.customer_id = y.customer_id AND link.state <> 'revoked'
        AND (link.a = ANY($1::bigint[]) OR link.b = ANY($1::bigint[]))
        AND (link.a = ANY($1::bigint[])) <> (link.b = ANY($1::bigint[]))
     RETURNING link.a, link.b`,
    [ids, decision.batchId, decision.actor, decision.reason],
  );
}

/** Takes back what a rule or a batch brought; an agent's own words are not a rule's doing unless named. */
export async function revokeMatching(tx: Queryable, filter: EvidenceFilter, decision: Decision): Promise<LinkEnds[]> {
  return await tx.query<LinkEnds>(
    `UPDATE link SET state = 'revoked', blocked_by = NULL, revoked_batch = $4, revoked_by = $5, revoked_reason = $6
      WHERE state <> 'revoked' AND ($1::text IS NULL OR rule = $1) AND ($2::uuid IS NULL OR batch_id = $2)
        AND ($3::timestamptz IS NULL OR first_seen >= $3)
     RETURNING a, b`,
    [
      filter.rule ?? null,
      filter.batchId ?? null,
      filter.since ?? null,
      decision.batchId,
      decision.actor,
      decision.reason,
    ],
  );
}

/** Brings back what a decision took away, and lifts what it forbade. @returns the ends of both */
export async function restoreBatch(tx: Queryable, batchId: string): Promise<LinkEnds[]> {
  const links = await tx.query<LinkEnds>(
    `UPDATE link SET state = 'active', revoked_batch = NULL, revoked_by = NULL, revoked_reason = NULL
      WHERE revoked_batch = $1 AND state = 'revoked' RETURNING a, b`,
    [batchId],
  );
  const pairs = await tx.query<LinkEnds>('DELETE FROM cannot_link WHERE batch_id = $1 RETURNING a, b', [batchId]);
  return [...links, ...pairs];
}

/** Forbids two identities to be one person. @returns false when they were forbidden already */
export async function forbidPair(tx: Queryable, { a, b }: LinkEnds, decision: Decision): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO cannot_link (a, b, actor, reason, at, batch_id) VALUES ($1, $2, $3, $4, now(), $5)
     ON CONFLICT DO NOTHING RETURNING a`,
    [a, b, decision.actor, decision.reason ?? '', decision.batchId],
  );
  return rows.length > 0;
}

/** Forbids every one of some identities to be one person with any of others. */
export async function forbidAll(
  tx: Queryable,
  some: readonly string[],
  others: readonly string[],
  decision: Decision,
): Promise<void> {
  await tx.query(
    `INSERT INTO cannot_link (a, b, actor, reason, at, batch_id)
     SELECT least(x, y), greatest(x, y), $3, $4, now(), $5 FROM unnest($1::bigint[]) AS x, unnest($2::bigint[]) AS y
      ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [some, others, decision.actor, decision.reason ?? '', decision.batchId],
  );
}

/** Every identity at an end, once. */
export const endsOf = (links: readonly LinkEnds[]): string[] => [...new Set(links.flatMap(({ a, b }) => [a, b]))];
