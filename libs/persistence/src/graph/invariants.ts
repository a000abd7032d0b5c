import { GRAPH_LIMITS } from '@app/identity';
import type { Queryable } from '../database.js';

/** One thing that must always be true, and how often it is not. */
export interface InvariantReport {
  readonly name: string;
  /** Rows that break it; 0 means it holds. */
  readonly broken: number;
  /** Ids of some of them, for looking closer. */
  readonly examples: readonly string[];
}

/** Each gives one row with an `id` for everything that breaks it. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'an identity points to a customer that stands for itself': `
    SELECT i.id::text FROM identity i LEFT JOIN customer c ON c.id = i.customer_id
     WHERE i.state <> 'erased' AND (c.status IS DISTINCT FROM 'active' OR c.merged_into IS NOT NULL)`,
  'a merged customer names one that stands for itself': `
    SELECT c.id::text FROM customer c LEFT JOIN customer r ON r.id = c.merged_into
     WHERE c.merged_into IS NOT NULL AND (r.status IS DISTINCT FROM 'active' OR r.merged_into IS NOT NULL)`,
  'a customer is merged exactly when its home identity belongs to another one': `
    SELECT c.id::text FROM customer c JOIN identity i ON i.home_customer_id = c.id
     WHERE i.state <> 'erased' AND nullif(i.customer_id, c.id) IS DISTINCT FROM c.merged_into`,
  'an active link holds both its ends in one customer': `
    SELECT l.a || '-' || l.b FROM link l JOIN identity x ON x.id = l.a JOIN identity y ON y.id = l.b
     WHERE l.state = 'active' AND x.customer_id <> y.customer_id`,
  'the identities of a customer hang together by active links': `
    SELECT i.id::text FROM identity i
     WHERE i.customer_id <> i.home_customer_id AND i.state <> 'erased' AND NOT EXISTS (
       WITH RECURSIVE reach(id) AS (
         SELECT h.id FROM identity h WHERE h.home_customer_id = i.customer_id
         UNION
         SELECT l.other FROM reach r CROSS JOIN LATERAL (
           SELECT b AS other FROM link WHERE a = r.id AND state = 'active'
           UNION ALL SELECT a FROM link WHERE b = r.id AND state = 'active') l)
       SELECT 1 FROM reach WHERE reach.id = i.id)`,
  'the home that was pinned last, then the oldest, stands for a customer': `
    SELECT i.id::text FROM identity i JOIN customer h ON h.id = i.home_customer_id JOIN customer r ON r.id = i.customer_id
     WHERE i.state <> 'erased' AND (coalesce(h.pin, 0), -h.id) > (coalesce(r.pin, 0), -r.id)`,
  'a forbidden pair is in two customers': `
    SELECT p.a || '-' || p.b FROM cannot_link p JOIN identity x ON x.id = p.a JOIN identity y ON y.id = p.b
     WHERE x.customer_id = y.customer_id`,
  'no active link touches a shared identity': `
    SELECT l.a || '-' || l.b FROM link l JOIN identity i ON i.id IN (l.a, l.b) WHERE l.state = 'active' AND i.state = 'shared'`,
  'no customer is larger than the limit': `
    SELECT customer_id::text FROM identity WHERE state <> 'erased' GROUP BY customer_id HAVING count(*) > ${GRAPH_LIMITS.identities}`,
  'an active link of a machine stands on no pair that was parted': `
    SELECT l.a || '-' || l.b FROM link l JOIN link r ON r.a = l.a AND r.b = l.b AND r.state = 'revoked' AND r.trust < 5
     WHERE l.state = 'active' AND l.trust < 5`,
  'the graph log leads to the pointers': `
    SELECT i.id::text FROM identity i
      LEFT JOIN (SELECT DISTINCT ON (m.id) m.id, g.to_customer FROM graph_log g CROSS JOIN LATERAL unnest(g.moved) AS m(id)
                  ORDER BY m.id, g.id DESC) g ON g.id = i.id
     WHERE i.state <> 'erased' AND coalesce(g.to_customer, i.home_customer_id) <> i.customer_id`,
  'every entry has its identity': `
    SELECT e.id::text FROM entry e LEFT JOIN identity i ON i.id = e.identity_id WHERE i.id IS NULL`,
  'a conversation counts its entries': `
    SELECT c.id::text FROM conversation c
      LEFT JOIN (SELECT conversation_id, count(*) AS n, max(occurred_at) AS last_at FROM entry GROUP BY 1) e ON e.conversation_id = c.id
     WHERE c.entries <> coalesce(e.n, 0) OR c.last_at IS DISTINCT FROM e.last_at`,
  'an entry stands in a conversation of its identity': `
    SELECT e.id::text FROM entry e LEFT JOIN conversation c ON c.id = e.conversation_id WHERE c.identity_id IS DISTINCT FROM e.identity_id`,
};

/** The whole check as one statement of one snapshot. */
const CHECK = Object.keys(INVARIANTS)
  .map(
    (name) =>
      `SELECT '${name}' AS name, count(*)::int AS broken, coalesce((array_agg(id))[1:5], '{}') AS examples FROM (${INVARIANTS[name]!}) AS x(id)`,
  )
  .join('\nUNION ALL\n');

/**
 * Checks what must always be true of identities, customers and timelines (identity design, section 5.1). It reads
 * whole tables: right for tests, for an operator who asks, and once in a while in production.
 */
export async function checkInvariants(database: Queryable): Promise<readonly InvariantReport[]> {
  return await database.query<InvariantReport>(CHECK);
}
