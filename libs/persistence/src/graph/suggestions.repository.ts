import { namesOnePerson, type BlockReason } from '@app/identity';
import type { Database, NamedStatement } from '../database.js';
import { bestName } from './customer-name.js';

/** A customer as a suggestion names it. */
export interface SuggestedCustomerRow {
  readonly id: string;
  readonly ref: string;
  readonly display_name: string | null;
}

/** One of the customer's identities claimed, without proof, to be an identity that another customer has. */
export interface ClaimFinding {
  readonly other_id: string;
  /** Of the claimant. */
  readonly identity_id: string;
  readonly rule: string;
  readonly trust: number;
  /** Kind and canonical value, as claimed. */
  readonly kind: string;
  readonly value: string;
  readonly claimed_at: Date;
  /** The claimant's own entry. */
  readonly source_entry: string | null;
  /** Several people use the claimed identity. */
  readonly shared: boolean;
}

/** The customer claimed what another one had claimed before it; neither proved it. */
export type CommonClaimFinding = Omit<ClaimFinding, 'shared'>;

/** Proof that a guard holds back. */
export interface BlockedFinding {
  readonly other_id: string;
  readonly identity_id: string;
  readonly rule: string;
  readonly trust: number;
  readonly blocked_by: BlockReason;
  readonly evidence_at: Date;
  readonly source_entry: string | null;
}

/** What speaks against a pair of customers. */
export type ObjectionFinding = { readonly other_id: string } & (
  | { readonly code: 'forbidden'; readonly actor: string; readonly reason: string; readonly at: Date }
  | { readonly code: 'parted'; readonly actor: string | null; readonly reason: string | null; readonly at: Date | null }
  /** Both have an account of a kind and scope of which one person has one. */
  | { readonly code: 'two_accounts'; readonly kind: string; readonly scope: string }
);

/** What a customer is known by. */
export interface CustomerFacts {
  readonly id: string;
  readonly names: readonly string[];
  readonly identities: readonly { readonly kind: string; readonly scope: string; readonly value: string }[];
  /** What they say of themselves without proof. */
  readonly claims: readonly { readonly kind: string; readonly value: string }[];
}

/** Everything found about one customer. */
export interface SuggestionFindings {
  readonly claims: readonly ClaimFinding[];
  readonly commonClaims: readonly CommonClaimFinding[];
  readonly blocked: readonly BlockedFinding[];
  /** Customers that have the same name when marks and capitals are left out. */
  readonly sameName: readonly { readonly other_id: string; readonly name: string }[];
  readonly objections: readonly ObjectionFinding[];
  readonly customers: readonly SuggestedCustomerRow[];
  /** Of the customer and of everybody found. */
  readonly facts: readonly CustomerFacts[];
}

/** Findings of one kind that are looked at. */
const MOST = 100;
/** A value that more customers claimed before, or a name that more customers have, says nothing of any of them. */
export const COMMON = 5;

const statement = (name: string, text: string): NamedStatement => ({ name, text });

const CLAIMS = statement(
  'suggest-claims',
  `SELECT y.customer_id::text AS other_id, x.id::text AS identity_id, c.rule, c.trust, c.kind, c.value, c.claimed_at,
          c.source_entry::text, y.state = 'shared' AS shared
     FROM identity x JOIN claim c ON c.identity_id = x.id
     JOIN identity y ON y.key_hash = c.key_hash AND y.valid_to IS NULL AND y.state IN ('active', 'shared')
    WHERE x.customer_id = $1 AND x.state <> 'erased' AND y.customer_id <> $1
    ORDER BY c.trust DESC, c.claimed_at, x.id, c.rule LIMIT ${MOST}`,
);
/**
 * Each customer's first claim of a value counts, and only earlier ones of others are looked at: whatever anybody claims
 * later changes nothing here.
 */
const COMMON_CLAIMS = statement(
  'suggest-common-claims',
  `WITH mine AS (
     SELECT DISTINCT ON (c.key_hash) c.key_hash, x.id, c.rule, c.trust, c.kind, c.value, c.claimed_at, c.source_entry
       FROM identity x JOIN claim c ON c.identity_id = x.id
      WHERE x.customer_id = $1 AND x.state <> 'erased' ORDER BY c.key_hash, c.claimed_at, x.id, c.rule)
   SELECT o.other_id::text, m.id::text AS identity_id, m.rule, m.trust, m.kind, m.value, m.claimed_at, m.source_entry::text
     FROM mine m CROSS JOIN LATERAL (
       SELECT y.customer_id AS other_id, count(*) OVER () AS claimants
         FROM claim t JOIN identity y ON y.id = t.identity_id AND y.state <> 'erased'
        WHERE t.key_hash = m.key_hash AND y.customer_id <> $1 AND (t.claimed_at, y.customer_id) < (m.claimed_at, $1)
        GROUP BY y.customer_id LIMIT ${COMMON + 1}) o
    WHERE o.claimants <= ${COMMON} ORDER BY m.claimed_at, o.other_id LIMIT ${MOST}`,
);
const BLOCKED = statement(
  'suggest-blocked',
  `SELECT y.customer_id::text AS other_id, x.id::text AS identity_id, l.rule, l.trust, l.blocked_by, l.evidence_at,
          l.source_entry::text
     FROM identity x CROSS JOIN LATERAL (
       SELECT b AS other, rule, trust, blocked_by, evidence_at, source_entry FROM link WHERE a = x.id AND state = 'blocked'
       UNION ALL
       SELECT a, rule, trust, blocked_by, evidence_at, source_entry FROM link WHERE b = x.id AND state = 'blocked') l
     JOIN identity y ON y.id = l.other AND y.state <> 'erased'
    WHERE x.customer_id = $1 AND y.customer_id <> $1
    ORDER BY l.trust DESC, l.evidence_at, x.id, y.id, l.rule LIMIT ${MOST}`,
);
/** Only names of two words or more, and only customers that were there before. */
const SAME_NAME = statement(
  'suggest-same-name',
  `WITH mine AS (SELECT f.folded, min(f.value) AS name FROM identity x JOIN fact f ON f.identity_id = x.id AND f.key = 'name'
                  WHERE x.customer_id = $1 AND x.state <> 'erased' AND f.folded LIKE '% %' GROUP BY f.folded)
   SELECT o.other_id::text, m.name
     FROM mine m CROSS JOIN LATERAL (
       SELECT y.customer_id AS other_id, count(*) OVER () AS people
         FROM fact f JOIN identity y ON y.id = f.identity_id AND y.state <> 'erased'
         JOIN customer c ON c.id = y.customer_id AND c.kind = 'person'
        WHERE f.key = 'name' AND f.folded = m.folded AND y.customer_id < $1
        GROUP BY y.customer_id LIMIT ${COMMON + 1}) o
    WHERE o.people <= ${COMMON} ORDER BY o.other_id LIMIT ${MOST}`,
);
const OBJECTIONS = statement(
  'suggest-objections',
  `SELECT y.customer_id::text AS other_id, 'forbidden' AS code, p.actor, p.reason, p.at
     FROM identity x CROSS JOIN LATERAL (
       SELECT b AS other, actor, reason, at FROM cannot_link WHERE a = x.id
       UNION ALL SELECT a, actor, reason, at FROM cannot_link WHERE b = x.id) p
     JOIN identity y ON y.id = p.other AND y.customer_id = ANY($2::bigint[]) WHERE x.customer_id = $1
   UNION ALL
   SELECT y.customer_id::text, 'parted', l.revoked_by, l.revoked_reason, (SELECT min(g.at) FROM graph_log g WHERE g.batch_id = l.revoked_batch)
     FROM identity x CROSS JOIN LATERAL (
       SELECT b AS other, revoked_by, revoked_reason, revoked_batch FROM link WHERE a = x.id AND state = 'revoked'
       UNION ALL SELECT a, revoked_by, revoked_reason, revoked_batch FROM link WHERE b = x.id AND state = 'revoked') l
     JOIN identity y ON y.id = l.other AND y.customer_id = ANY($2::bigint[]) WHERE x.customer_id = $1
   ORDER BY other_id, code, at, actor, reason`,
);
const TWO_ACCOUNTS = statement(
  'suggest-two-accounts',
  `SELECT DISTINCT y.customer_id::text AS other_id, 'two_accounts' AS code, x.kind, x.scope
     FROM identity x JOIN identity y ON y.customer_id = ANY($2::bigint[]) AND y.kind = x.kind AND y.scope = x.scope
    WHERE x.customer_id = $1 AND x.state <> 'erased' AND y.state <> 'erased' ORDER BY other_id, x.kind, x.scope`,
);
const CUSTOMERS = statement(
  'suggest-customers',
  `SELECT c.id::text, c.ref, ${bestName('c.id')} AS display_name FROM customer c
    WHERE c.id = ANY($1::bigint[]) AND c.status = 'active'`,
);

const FACTS = statement(
  'suggest-facts',
  `SELECT c.id::text,
          (SELECT coalesce(json_agg(DISTINCT f.value), '[]') FROM identity i JOIN fact f ON f.identity_id = i.id AND f.key = 'name'
            WHERE i.customer_id = c.id) AS names,
          (SELECT coalesce(json_agg(json_build_object('kind', i.kind, 'scope', i.scope, 'value', i.value) ORDER BY i.id), '[]')
             FROM identity i WHERE i.customer_id = c.id AND i.state = 'active') AS identities,
          (SELECT coalesce(json_agg(json_build_object('kind', k.kind, 'value', k.value) ORDER BY k.claimed_at, k.key_hash), '[]')
             FROM identity i JOIN claim k ON k.identity_id = i.id WHERE i.customer_id = c.id) AS claims
     FROM customer c WHERE c.id = ANY($1::bigint[])`,
);

/**
 * Finds whom a customer may be as well, by what is stored; nothing is written.
 *
 * What somebody only says is found on their own side: nothing that one customer claims appears at, or takes anything away
 * from, what is found of another.
 *
 * @see identity design, section 3.2, rule (ii)
 */
export class SuggestionsRepository {
  constructor(private readonly database: Database) {}

  /** @param customerId of a root */
  async find(customerId: string): Promise<SuggestionFindings> {
    const query = async <Row extends object>(text: NamedStatement) =>
      await this.database.query<Row>(text, [customerId]);
    const [claims, commonClaims, blocked, sameName] = await Promise.all([
      query<ClaimFinding>(CLAIMS),
      query<CommonClaimFinding>(COMMON_CLAIMS),
      query<BlockedFinding>(BLOCKED),
      query<{ other_id: string; name: string }>(SAME_NAME),
    ]);
    const others = [...new Set([claims, commonClaims, blocked, sameName].flat().map((finding) => finding.other_id))];
    return {
      claims,
      commonClaims,
      blocked,
      sameName,
      objections: await this.objections(customerId, others),
      customers: await this.database.query<SuggestedCustomerRow>(CUSTOMERS, [others]),
      facts: await this.database.query<CustomerFacts>(FACTS, [[customerId, ...others]]),
    };
  }

  /** What speaks against a customer's being one of some others. @param customerId of a root, as the others */
  async objections(customerId: string, otherIds: readonly string[]): Promise<readonly ObjectionFinding[]> {
    if (otherIds.length === 0) return [];
    const said = await this.database.query<ObjectionFinding>(OBJECTIONS, [customerId, otherIds]);
    const accounts = await this.database.query<ObjectionFinding & { readonly code: 'two_accounts' }>(TWO_ACCOUNTS, [
      customerId,
      otherIds,
    ]);
    return [...said, ...accounts.filter(({ kind }) => namesOnePerson(kind))];
  }
}
