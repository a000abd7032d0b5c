import type { Database, NamedStatement } from '../database.js';
import { bestName } from './customer-name.js';

/** A merge or an unmerge as it was decided. */
export interface HistoryRow {
  readonly id: string;
  readonly op: 'merge' | 'unmerge';
  readonly from_customer: string;
  readonly to_customer: string;
  /** Identities that went from one to the other. */
  readonly moved: readonly string[];
  readonly rule: string;
  readonly trust: number;
  /** `system`, or the name of an agent. */
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
  readonly batch_id: string;
  readonly undoes: string | null;
  readonly undone_by: string | null;
}

/** A customer with which another one is never to be joined, and who said so. */
export interface DistinctRow {
  readonly customer_id: string;
  readonly ref: string;
  readonly display_name: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
}

/** After every row of the log: the first page starts here. */
const TOP = '9223372036854775807';

/** What happened to the identities that a customer has now, and to the customers that are part of it. */
const HISTORY: NamedStatement = {
  name: 'graph-history',
  text: `
  WITH own AS (SELECT id, home_customer_id FROM identity WHERE customer_id = $1),
       part AS (SELECT home_customer_id AS id FROM own UNION SELECT $1)
  SELECT g.id::text, g.op, g.from_customer::text, g.to_customer::text, g.moved::text[], g.details->>'rule' AS rule,
         (g.details->>'trust')::int AS trust, g.actor, g.reason, g.at, g.batch_id::text, g.details->>'undoes' AS undoes,
         g.undone_by::text
    FROM (SELECT id FROM (SELECT l.id FROM part JOIN graph_log l ON l.from_customer = part.id
                          UNION SELECT l.id FROM part JOIN graph_log l ON l.to_customer = part.id
                          UNION SELECT id FROM graph_log WHERE moved && ARRAY(SELECT id FROM own)) every
           WHERE id < $2 ORDER BY id DESC LIMIT $3) page
    JOIN graph_log g ON g.id = page.id
   ORDER BY g.id DESC`,
};
const DISTINCT: NamedStatement = {
  name: 'graph-distinct',
  text: `
  SELECT d.id::text AS customer_id, d.ref, ${bestName('d.id')} AS display_name, d.actor, d.reason, d.at FROM (
  SELECT DISTINCT ON (c.id) c.id, c.ref, p.actor, p.reason, p.at
    FROM identity x
    CROSS JOIN LATERAL (
      SELECT b AS other, actor, reason, at FROM cannot_link WHERE a = x.id
      UNION ALL SELECT a, actor, reason, at FROM cannot_link WHERE b = x.id) p
    JOIN identity y ON y.id = p.other AND y.state <> 'erased'
    JOIN customer c ON c.id = y.customer_id
   WHERE x.customer_id = $1 ORDER BY c.id, p.at DESC, p.actor, p.reason) d
   ORDER BY d.at DESC, d.id LIMIT $2`,
};

/** Reads what was decided about who is who. */
export class HistoryRepository {
  constructor(private readonly database: Database) {}

  /**
   * Merges and unmerges, the newest first by number.
   *
   * @param customerId of a root
   * @param before number of the last one of the page before
   */
  async merges(customerId: string, limit: number, before = TOP): Promise<readonly HistoryRow[]> {
    return await this.database.query<HistoryRow>(HISTORY, [customerId, before, limit]);
  }

  /** Customers with which one is never to be joined, the latest decision first. @param customerId of a root */
  async distinctFrom(customerId: string, limit: number): Promise<readonly DistinctRow[]> {
    return await this.database.query<DistinctRow>(DISTINCT, [customerId, limit]);
  }
}
