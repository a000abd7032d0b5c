import type { NamedStatement, Queryable } from '../database.js';

/** An identity of a customer, as shown. */
export interface CustomerIdentityRow {
  readonly id: string;
  readonly kind: string;
  readonly scope: string;
  readonly value: string | null;
  readonly state: string;
  readonly first_seen: string;
  /** Time of the newest entry of its conversations; null without one. */
  readonly last_seen: string | null;
  readonly has_avatar: boolean;
}

/** A customer with what its identities say. */
export interface CustomerDetailRow {
  readonly id: string;
  readonly ref: string;
  readonly kind: string;
  readonly status: 'active' | 'merged' | 'erased';
  readonly canonical_id: string;
  readonly display_name: string | null;
  readonly identities: readonly CustomerIdentityRow[];
  readonly channels: readonly string[];
  readonly entry_count: number;
  readonly conversation_count: number;
  readonly last_entry_at: Date | null;
}

/** Where a customer stands in a list: rank first (0 best), then recency, then id. */
export interface CustomerPlace {
  readonly rank: number;
  /** PostgreSQL's own text of the time of the newest entry, `-infinity` without one. */
  readonly at: string;
  readonly id: string;
}

/** A customer that an exact identity names. */
export interface IdentityMatch {
  readonly customer_id: string;
  readonly kind: string;
}

/** What to look for. */
export interface CustomerSearch {
  /** Folded words; all must stand in one fact. At most {@link MAX_SEARCH_WORDS}. */
  readonly words: readonly string[];
  /** The whole text folded. */
  readonly folded: string;
  /** Exact reference with its check digit. */
  readonly ref?: string;
  /** Keys of identities that the text may name exactly, 32 hexadecimal digits each. */
  readonly keys: readonly string[];
}

/** More words than this are not looked at. */
export const MAX_SEARCH_WORDS = 8;

const TOP: CustomerPlace = { rank: -1, at: 'infinity', id: '9223372036854775807' };
const LAST_AT = `coalesce((SELECT max(v.last_at) FROM identity i JOIN conversation v ON v.identity_id = i.id
                            WHERE i.customer_id = c.id), '-infinity')`;

/** Escapes what LIKE would read as a pattern. */
const literal = (word: string): string => word.replace(/[\\%_]/g, (sign) => `\\${sign}`);

function searchStatement(words: number): NamedStatement {
  const clauses = Array.from({ length: words }, (_, index) => `f.folded LIKE $${index + 9}`).join(' AND ');
  const facts = `SELECT i.customer_id,
           CASE WHEN f.key <> 'name' AND f.folded = $1 THEN 0 WHEN f.key = 'name' AND f.folded LIKE $2 THEN 1 ELSE 2 END AS rank
      FROM fact f JOIN identity i ON i.id = f.identity_id AND i.state <> 'erased' JOIN customer c ON c.id = i.customer_id AND c.kind <> 'label'
     WHERE f.key IN ('name', 'username', 'identifier') AND ${words > 0 ? clauses : 'false'}`;
  return {
    name: `customers-search-${words}`,
    text: `
  SELECT * FROM (
    SELECT h.customer_id::text AS id, h.rank, ${LAST_AT}::text AS at
      FROM (SELECT customer_id, min(rank) AS rank FROM (
              ${facts}
              UNION ALL SELECT i.customer_id, 0 FROM identity i JOIN customer c ON c.id = i.customer_id AND c.kind <> 'label'
                         WHERE i.key_hash = ANY($3::uuid[]) AND i.valid_to IS NULL AND i.state <> 'erased'
              UNION ALL SELECT coalesce(merged_into, id), 0 FROM customer WHERE ref = $4 AND status <> 'erased') m
             GROUP BY customer_id) h
      JOIN customer c ON c.id = h.customer_id) p
   WHERE p.rank > $5::int OR (p.rank = $5::int AND (p.at::timestamptz, p.id::bigint) < ($6::timestamptz, $7::bigint))
   ORDER BY p.rank, p.at::timestamptz DESC, p.id::bigint DESC LIMIT $8`,
  };
}

const RECENT: NamedStatement = {
  name: 'customers-recent',
  text: `SELECT id::text, 0 AS rank, at::text FROM (
           SELECT i.customer_id AS id, max(v.last_at) AS at
             FROM conversation v JOIN identity i ON i.id = v.identity_id AND i.state <> 'erased'
            WHERE v.last_at IS NOT NULL GROUP BY i.customer_id) p
          WHERE (p.at, p.id) < ($1::timestamptz, $2::bigint)
          ORDER BY p.at DESC, p.id DESC LIMIT $3`,
};
const BY_KEYS: NamedStatement = {
  name: 'customers-by-identity',
  text: `SELECT i.customer_id::text, i.kind FROM identity i
          WHERE i.key_hash = ANY($1::uuid[]) AND i.valid_to IS NULL AND i.state <> 'erased'
          ORDER BY array_position($1::uuid[], i.key_hash)`,
};
const BY_REF: NamedStatement = { name: 'customer-by-ref', text: 'SELECT id::text FROM customer WHERE ref = $1' };
const DETAILS: NamedStatement = {
  name: 'customers-details',
  text: `
  SELECT c.id::text, c.ref, c.kind, c.status, coalesce(c.merged_into, c.id)::text AS canonical_id,
         (SELECT f.value FROM identity i JOIN fact f ON f.identity_id = i.id AND f.key = 'name'
           WHERE i.customer_id = c.id ORDER BY f.trust DESC, f.observed_at DESC, f.value LIMIT 1) AS display_name,
         (SELECT coalesce(json_agg(json_build_object('id', i.id::text, 'kind', i.kind, 'scope', i.scope, 'value', i.value,
                   'state', i.state, 'first_seen', i.first_seen, 'last_seen',
                   (SELECT max(v.last_at) FROM conversation v WHERE v.identity_id = i.id), 'has_avatar',
                   EXISTS (SELECT FROM identity_avatar a WHERE a.identity_id = i.id)) ORDER BY i.id), '[]')
            FROM identity i WHERE i.customer_id = c.id) AS identities,
         t.channels, t.entry_count, t.conversation_count, t.last_entry_at
    FROM customer c
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(DISTINCT v.channel) FILTER (WHERE v.channel IS NOT NULL), '{}') AS channels,
             coalesce(sum(v.entries), 0)::int AS entry_count, count(*)::int AS conversation_count,
             max(v.last_at) AS last_entry_at
        FROM identity i JOIN conversation v ON v.identity_id = i.id WHERE i.customer_id = c.id) t
   WHERE c.id = ANY($1::bigint[]) ORDER BY array_position($1::bigint[], c.id)`,
};

/** Finds customers and tells what is known of them. */
export class CustomersRepository {
  /** @param database a pool, or one transaction to see what it has written */
  constructor(private readonly database: Queryable) {}

  /**
   * Places of the customers that match, best first: exact reference or identifier, then the start of a name, then the
   * others; within a rank the most recent first. Customers of kind `label` come up by their reference only.
   */
  async search(search: CustomerSearch, limit: number, after: CustomerPlace = TOP): Promise<readonly CustomerPlace[]> {
    const words = search.words.slice(0, MAX_SEARCH_WORDS).map((word) => `%${literal(word)}%`);
    const keys = [...search.keys];
    return await this.database.query<CustomerPlace>(searchStatement(words.length), [
      search.folded,
      `${literal(search.folded)}%`,
      keys,
      search.ref ?? null,
      after.rank,
      after.at,
      after.id,
      limit,
      ...words,
    ]);
  }

  /**
   * Places of all customers with an entry, the most recently active first. It looks at every conversation: fit for
   * an installation of some hundred thousand.
   */
  async recent(limit: number, after: CustomerPlace = TOP): Promise<readonly CustomerPlace[]> {
    return await this.database.query<CustomerPlace>(RECENT, [after.at, after.id, limit]);
  }

  /** Customers of exact identities, in the order of the keys. @param keys 32 hexadecimal digits each */
  async byIdentityKeys(keys: readonly string[]): Promise<readonly IdentityMatch[]> {
    return await this.database.query<IdentityMatch>(BY_KEYS, [keys]);
  }

  /** Internal id of the customer with a reference, merged ones included. */
  async idOfRef(ref: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(BY_REF, [ref]);
    return row?.id;
  }

  /** Customers in the order of the ids; unknown ids are left out. */
  async details(ids: readonly string[]): Promise<readonly CustomerDetailRow[]> {
    return ids.length === 0 ? [] : await this.database.query<CustomerDetailRow>(DETAILS, [ids]);
  }
}
