import { strongestPath, type BlockReason } from '@app/identity';
import type { Database, Queryable } from '../database.js';

/** Evidence between two identities. */
export interface EvidenceRow {
  readonly a: string;
  readonly b: string;
  readonly rule: string;
  readonly trust: number;
  readonly state: 'active' | 'blocked' | 'revoked';
  readonly blocked_by: BlockReason | null;
  readonly evidence_at: Date;
  readonly last_seen: Date;
  /** The entry that proved it. */
  readonly source_entry: string | null;
  /** Agent who said so; null: it came with messages. */
  readonly actor: string | null;
  readonly reason: string | null;
  /** Agent who took it back, and why. */
  readonly revoked_by: string | null;
  readonly revoked_reason: string | null;
  /** When it was taken back. */
  readonly revoked_at: Date | null;
}

/** An identity at an end of evidence. */
export interface EndRow {
  readonly id: string;
  readonly kind: string;
  readonly value: string | null;
  readonly customer_id: string;
}

/** A "no" between two identities. */
export interface ForbiddenRow {
  readonly a: string;
  readonly b: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
}

/** Why two customers are one person, or are not. */
export type Explanation =
  | {
      readonly relation: 'same_person';
      /** Links in order, from one home identity to the other; empty when both are one. */
      readonly path: readonly EvidenceRow[];
      readonly start: string;
      readonly ends: readonly EndRow[];
    }
  | {
      /** Both lists empty: nothing connects them. */
      readonly relation: 'two_people';
      readonly evidence: readonly EvidenceRow[];
      readonly forbidden: readonly ForbiddenRow[];
      readonly ends: readonly EndRow[];
    };

/** Evidence of one pair of customers that is told of at most. */
const MOST = 50;

const COLUMNS = `l.a::text, l.b::text, l.rule, l.trust, l.state, l.blocked_by, l.evidence_at, l.last_seen,
  l.source_entry::text, l.actor, l.reason, l.revoked_by, l.revoked_reason,
  (SELECT min(g.at) FROM graph_log g WHERE g.batch_id = l.revoked_batch) AS revoked_at`;
const HOMES = `SELECT home_customer_id::text AS home, id::text, customer_id::text FROM identity
  WHERE home_customer_id = ANY($1::bigint[]) AND state <> 'erased'`;
const WITHIN = `SELECT ${COLUMNS} FROM identity x JOIN link l ON l.a = x.id JOIN identity y ON y.id = l.b
  WHERE x.customer_id = $1 AND y.customer_id = $1 AND l.state = 'active'`;
/** Links of either direction between two customers. */
const ACROSS = `SELECT ${COLUMNS} FROM identity x JOIN link l ON (l.a = x.id OR l.b = x.id)
    JOIN identity y ON y.id = CASE WHEN l.a = x.id THEN l.b ELSE l.a END
  WHERE x.customer_id = $1 AND y.customer_id = $2 AND l.state <> 'active'
  ORDER BY l.state, l.trust DESC, l.evidence_at, l.a, l.b, l.rule LIMIT ${MOST}`;
/** What was said at once of many pairs was said once. */
const FORBIDDEN = `SELECT DISTINCT ON (p.at, p.actor, p.reason) p.a::text, p.b::text, p.actor, p.reason, p.at FROM cannot_link p
    JOIN identity x ON x.id = p.a JOIN identity y ON y.id = p.b
  WHERE (x.customer_id = $1 AND y.customer_id = $2) OR (x.customer_id = $2 AND y.customer_id = $1)
  ORDER BY p.at, p.actor, p.reason, p.a, p.b LIMIT ${MOST}`;
const ENDS = `SELECT id::text, kind, value, customer_id::text FROM identity WHERE id = ANY($1::bigint[])`;

/** Tells why people are one or two. */
export class ExplainRepository {
  constructor(private readonly database: Database) {}

  /**
   * The strongest chain of evidence between the identities with which two customers were born, or what stands between
   * the people that they are part of now. All of it as at one moment.
   *
   * @returns undefined when one of them was never born or is erased
   */
  async between(oneId: string, otherId: string): Promise<Explanation | undefined> {
    return await this.database.transaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const homes = await tx.query<{ home: string; id: string; customer_id: string }>(HOMES, [[oneId, otherId]]);
      const [one, other] = [oneId, otherId].map((id) => homes.find(({ home }) => home === id));
      if (one === undefined || other === undefined) return undefined;
      return one.customer_id === other.customer_id
        ? await whatHolds(tx, one.customer_id, one.id, other.id)
        : await whatStandsBetween(tx, one.customer_id, other.customer_id);
    });
  }
}

async function endsOf(tx: Queryable, pairs: readonly { a: string; b: string }[], more: readonly string[] = []) {
  return await tx.query<EndRow>(ENDS, [[...new Set([...more, ...pairs.flatMap(({ a, b }) => [a, b])])]]);
}

async function whatHolds(tx: Queryable, customerId: string, from: string, to: string): Promise<Explanation> {
  const path = strongestPath(await tx.query<EvidenceRow>(WITHIN, [customerId]), from, to);
  if (path === undefined) throw new Error(`no active evidence connects identities ${from} and ${to} of one customer`);
  return { relation: 'same_person', path, start: from, ends: await endsOf(tx, path, [from]) };
}

async function whatStandsBetween(tx: Queryable, one: string, other: string): Promise<Explanation> {
  const evidence = await tx.query<EvidenceRow>(ACROSS, [one, other]);
  const forbidden = await tx.query<ForbiddenRow>(FORBIDDEN, [one, other]);
  return { relation: 'two_people', evidence, forbidden, ends: await endsOf(tx, [...evidence, ...forbidden]) };
}
