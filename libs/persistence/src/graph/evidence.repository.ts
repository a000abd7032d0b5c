import { randomUUID } from 'node:crypto';
import { connectedGroups, EXCLUSIVE_SOURCES, orderedPair } from '@app/identity';
import { arrayOf } from '../array-literal.js';
import type { Database, NamedStatement, Queryable } from '../database.js';
import type { ResolvedIdentities } from '../unify/resolved-identities.js';
import type { Decision } from './decision.js';
import { endsOf } from './links.js';
import { GroupTooLargeError, regroup, underStructureLock } from './regroup.js';

/** Proof within a message that its sender and another identity are one person. */
export interface ProofWrite {
  readonly identityKey: string;
  readonly provenKey: string;
  readonly rule: string;
  readonly trust: number;
  readonly evidenceAt: string;
  readonly sourceEntry: string;
  readonly correlationId: string;
}

/** Something that a message says about its sender without proof. */
export interface ClaimWrite {
  readonly identityKey: string;
  readonly claimedKey: string;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  readonly rule: string;
  readonly trust: number;
  readonly claimedAt: string;
  readonly sourceEntry: string;
}

interface LinkWrite {
  readonly a: string;
  readonly b: string;
  readonly rule: string;
  readonly trust: number;
  readonly evidenceAt: string;
  /** Its latest sight in the batch. */
  readonly seenAt: string;
  readonly sourceEntry: string;
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** How long the store may not have noticed that evidence was seen again: a link that is known costs no write. */
const NOTICE = `interval '1 day'`;

const NEWS = statement(
  'evidence-news',
  `SELECT k.n::int AS n FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[])
       WITH ORDINALITY AS k(a, b, rule, trust, at, seen, n)
    WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.a = k.a AND l.b = k.b AND l.rule = k.rule AND l.trust >= k.trust
                         AND l.evidence_at <= k.at AND l.last_seen > k.seen - ${NOTICE})`,
);
/** What was revoked stays revoked: the same evidence does not bring back what somebody parted. */
const LINK = statement(
  'evidence-link',
  `INSERT INTO link (a, b, rule, trust, evidence_at, first_seen, last_seen, source_entry, batch_id)
   SELECT a, b, rule, trust, at, at, seen, source_entry, $8
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::uuid[])
       AS k(a, b, rule, trust, at, seen, source_entry)
    ORDER BY a, b, rule
   ON CONFLICT (a, b, rule, decision) DO UPDATE SET trust = greatest(link.trust, excluded.trust),
     source_entry = CASE WHEN excluded.evidence_at < link.evidence_at THEN excluded.source_entry ELSE link.source_entry END,
     evidence_at = least(link.evidence_at, excluded.evidence_at), first_seen = least(link.first_seen, excluded.first_seen),
     last_seen = greatest(link.last_seen, excluded.last_seen)`,
);
const CUSTOMERS_OF = statement(
  'evidence-customers-of',
  'SELECT id, customer_id FROM identity WHERE id = ANY($1::bigint[])',
);
const HOLD_BACK = statement(
  'evidence-hold-back',
  `UPDATE link SET state = 'blocked', blocked_by = 'size' FROM unnest($1::bigint[], $2::bigint[]) AS k(a, b)
    WHERE link.a = k.a AND link.b = k.b AND link.state <> 'revoked'
      AND (SELECT customer_id FROM identity WHERE id = k.a) <> (SELECT customer_id FROM identity WHERE id = k.b)`,
);
const ENQUEUE = statement(
  'evidence-enqueue',
  `INSERT INTO graph_job (identity_id) SELECT * FROM unnest($1::bigint[]) ON CONFLICT DO NOTHING`,
);
/**
 * The number's present owner was last seen with it before somebody else is. Two who show the same number in turn contradict
 * nobody: the guard on one account of a kind keeps them apart.
 */
const CONTRADICTED = `
  SELECT k.proven, min(k.at) AS at
    FROM (SELECT proven, sender, min(at) AS at
            FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS k(proven, sender, at) GROUP BY 1, 2) k
    JOIN identity s ON s.id = k.sender
    CROSS JOIN LATERAL (
      SELECT b AS other, rule, state, last_seen FROM link WHERE a = k.proven
      UNION ALL SELECT a, rule, state, last_seen FROM link WHERE b = k.proven) l
    JOIN identity o ON o.id = l.other AND o.kind = s.kind AND o.scope = s.scope
   WHERE l.rule = ANY($4::text[]) AND l.state <> 'revoked'
   GROUP BY k.proven, k.sender, k.at
  HAVING bool_and(o.id <> k.sender) AND max(l.last_seen) < k.at`;
const FIND_CONTRADICTED = statement('evidence-contradicted', CONTRADICTED);
const END_EPOCHS = statement(
  'evidence-end-epochs',
  `UPDATE identity i SET valid_to = n.at FROM (SELECT proven, min(at) AS at FROM (${CONTRADICTED}) c GROUP BY 1) n
    WHERE i.id = n.proven AND i.valid_to IS NULL AND i.state = 'active' AND i.kind = 'phone'
   RETURNING i.id`,
);
const CLAIM = statement(
  'evidence-claim',
  `INSERT INTO claim (identity_id, key_hash, rule, trust, kind, scope, value, claimed_at, source_entry)
   SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::uuid[])
     AS k(identity_id, key_hash, rule, trust, kind, scope, value, claimed_at, source_entry)
    ORDER BY identity_id, key_hash, rule
   ON CONFLICT (identity_id, key_hash, rule) DO UPDATE SET trust = greatest(claim.trust, excluded.trust),
     claimed_at = excluded.claimed_at, source_entry = excluded.source_entry
   WHERE claim.claimed_at > excluded.claimed_at OR claim.trust < excluded.trust`,
);

/** @returns false when the group is too large to be worked out within a batch; nothing was changed then */
async function regroupUnlessLarge(tx: Queryable, links: readonly LinkWrite[], decision: Decision): Promise<boolean> {
  try {
    await regroup(tx, endsOf(links), decision);
    return true;
  } catch (error) {
    if (error instanceof GroupTooLargeError) return false;
    throw error;
  }
}

/** Same order as the lock order, and one row for each (a, b, rule): the earliest sight of the strongest level. */
function distinctLinks(proofs: readonly ProofWrite[], identities: ResolvedIdentities): LinkWrite[] {
  const links = new Map<string, LinkWrite>();
  for (const { identityKey, provenKey, rule, trust, evidenceAt, sourceEntry } of proofs) {
    const [sender, proven] = [identities.idAt(identityKey, evidenceAt), identities.idAt(provenKey, evidenceAt)];
    if (sender === undefined || proven === undefined || sender === proven) continue;
    const pair = orderedPair(sender, proven);
    const key = `${pair.a} ${pair.b} ${rule}`;
    const held = links.get(key);
    const earliest = held !== undefined && held.evidenceAt < evidenceAt ? held : { evidenceAt, sourceEntry };
    const seenAt = held !== undefined && held.seenAt > evidenceAt ? held.seenAt : evidenceAt;
    links.set(key, { ...pair, rule, trust: Math.max(trust, held?.trust ?? 0), seenAt, ...pick(earliest) });
  }
  return [...links.values()];
}

const pick = ({ evidenceAt, sourceEntry }: Pick<LinkWrite, 'evidenceAt' | 'sourceEntry'>) => ({
  evidenceAt,
  sourceEntry,
});

const columns = (links: readonly LinkWrite[]) => [
  arrayOf.plain(links.map((link) => link.a)),
  arrayOf.plain(links.map((link) => link.b)),
  arrayOf.plain(links.map((link) => link.rule)),
  arrayOf.plain(links.map((link) => link.trust)),
  arrayOf.plain(links.map((link) => link.evidenceAt)),
  arrayOf.plain(links.map((link) => link.seenAt)),
];

/** Writes what messages prove or claim about their senders. Every call is idempotent. */
export class EvidenceRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes proofs in and joins whom they prove to be one person, under the structure lock; evidence that is known takes
   * no lock and no write. Guards hold evidence back, never a message.
   *
   * @param identities id by key, of senders and proven identities
   */
  async prove(proofs: readonly ProofWrite[], identities: ResolvedIdentities): Promise<void> {
    const links = distinctLinks(proofs, identities);
    if (links.length === 0) return;
    const news = await this.database.query<{ n: number }>(NEWS, columns(links));
    if (news.length === 0) return;
    const fresh = news.map(({ n }) => links[n - 1]!);
    const decision: Decision = {
      actor: 'system',
      reason: null,
      batchId: randomUUID(),
      correlationId: proofs[0]!.correlationId,
      rule: 'evidence',
      trust: 0,
    };
    await underStructureLock(this.database, async (tx) => await this.join(tx, fresh, decision));
  }

  /**
   * Ends the time of owners whose number another account now proves to have: what was written stays where it is, and
   * whoever writes from the number after that is somebody new. To be called before proofs are taken in.
   *
   * @returns whether anybody's time ended; the identities of the batch must then be resolved anew
   */
  async endContradicted(proofs: readonly ProofWrite[], identities: ResolvedIdentities): Promise<boolean> {
    const binding = proofs
      .filter(({ rule }) => (EXCLUSIVE_SOURCES as readonly string[]).includes(rule))
      .flatMap(({ identityKey, provenKey, evidenceAt: at }) => {
        const [sender, proven] = [identities.idAt(identityKey, at), identities.idAt(provenKey, at)];
        return sender === undefined || proven === undefined ? [] : [{ sender, proven, at }];
      });
    if (binding.length === 0) return false;
    const values = [
      arrayOf.plain(binding.map(({ proven }) => proven)),
      arrayOf.plain(binding.map(({ sender }) => sender)),
      arrayOf.plain(binding.map(({ at }) => at)),
      [...EXCLUSIVE_SOURCES],
    ];
    // Nearly always nobody is contradicted: that costs a look, and no lock.
    const found = await this.database.query(FIND_CONTRADICTED, values);
    if (found.length === 0) return false;
    const ended = await underStructureLock(this.database, async (tx) => await tx.query(END_EPOCHS, values));
    return ended.length > 0;
  }

  private async join(tx: Queryable, links: readonly LinkWrite[], decision: Decision): Promise<void> {
    await tx.query(LINK, [...columns(links), arrayOf.plain(links.map((link) => link.sourceEntry)), decision.batchId]);
    if (await regroupUnlessLarge(tx, links, decision)) return;
    // One group is too large: the others shall not wait for it.
    const rows = await tx.query<{ id: string; customer_id: string }>(CUSTOMERS_OF, [arrayOf.plain(endsOf(links))]);
    const customerOf = new Map(rows.map((row) => [row.id, row.customer_id]));
    for (const group of connectedGroups(links, ({ a, b }) => [customerOf.get(a)!, customerOf.get(b)!])) {
      if (await regroupUnlessLarge(tx, group, decision)) continue;
      await tx.query(HOLD_BACK, [group.map(({ a }) => a), group.map(({ b }) => b)]);
      await tx.query(ENQUEUE, [group.map(({ a }) => a)]);
    }
  }

  /** Keeps claims: they join nobody. The first time of each counts. */
  async recordClaims(offered: readonly ClaimWrite[], identities: ResolvedIdentities): Promise<void> {
    const claims = offered.filter((claim) => identities.idAt(claim.identityKey, claim.claimedAt) !== undefined);
    if (claims.length === 0) return;
    await this.database.query(CLAIM, [
      arrayOf.plain(claims.map((claim) => identities.idAt(claim.identityKey, claim.claimedAt)!)),
      arrayOf.plain(claims.map((claim) => claim.claimedKey)),
      arrayOf.text(claims.map((claim) => claim.rule)),
      arrayOf.plain(claims.map((claim) => claim.trust)),
      arrayOf.text(claims.map((claim) => claim.kind)),
      arrayOf.text(claims.map((claim) => claim.scope)),
      arrayOf.text(claims.map((claim) => claim.value)),
      arrayOf.plain(claims.map((claim) => claim.claimedAt)),
      arrayOf.plain(claims.map((claim) => claim.sourceEntry)),
    ]);
  }
}
