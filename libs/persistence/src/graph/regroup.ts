import {
  cutGraph,
  orderedPair,
  planRegrouping,
  type BlockReason,
  type ForbiddenPair,
  type Move,
  type PlacedLink,
  type PlacedNode,
} from '@app/identity';
import { arrayOf } from '../array-literal.js';
import type { Database, NamedStatement, Queryable } from '../database.js';
import type { Decision, GraphLogEntry } from './decision.js';

/** More identities than this are not worked out within a batch or a request, but by the lane for large groups. */
export const LARGEST_GROUP = 1_000;

/** Name space and number of the one lock under which pointers move. */
const STRUCTURE_LOCK = [0x6f6d6e69, 1] as const;

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** Identities that evidence connects, held back or not; a shared one is reached and not passed. */
const GROUP = statement(
  'graph-group',
  `WITH RECURSIVE reach(id) AS (
     SELECT * FROM unnest($1::bigint[])
     UNION
     SELECT l.other FROM reach r
       JOIN identity i ON i.id = r.id AND i.state <> 'shared'
       CROSS JOIN LATERAL (
         SELECT b AS other FROM link WHERE a = r.id AND state <> 'revoked'
         UNION ALL SELECT a FROM link WHERE b = r.id AND state <> 'revoked') l)
   SELECT id FROM reach LIMIT $2`,
);
const NODES = statement(
  'graph-nodes',
  `SELECT i.id, i.kind, i.scope, i.state, i.customer_id, i.home_customer_id, i.version, h.pin, h.merged_into
     FROM identity i JOIN customer h ON h.id = i.home_customer_id
    WHERE i.id = ANY($1::bigint[]) AND i.state <> 'erased' ORDER BY i.id`,
);
const LINKS = statement(
  'graph-links',
  `SELECT a, b, rule, trust, state, blocked_by, evidence_at FROM link WHERE a = ANY($1::bigint[]) AND b = ANY($1::bigint[])`,
);
const FORBIDDEN = statement(
  'graph-forbidden',
  'SELECT a, b FROM cannot_link WHERE a = ANY($1::bigint[]) AND b = ANY($1::bigint[])',
);
const SET_LINKS = statement(
  'graph-set-links',
  `UPDATE link SET state = CASE WHEN k.blocked_by IS NULL THEN 'active' ELSE 'blocked' END, blocked_by = k.blocked_by
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS k(a, b, rule, blocked_by)
    WHERE link.a = k.a AND link.b = k.b AND link.rule = k.rule AND link.state <> 'revoked'`,
);
const SET_SHARED = statement(
  'graph-set-shared',
  `WITH s AS (UPDATE identity SET state = 'shared' WHERE id = ANY($1::bigint[]) RETURNING home_customer_id)
   UPDATE customer SET kind = 'household' FROM s WHERE customer.id = s.home_customer_id AND customer.kind = 'person'`,
);
const SET_CUSTOMERS = statement(
  'graph-set-customers',
  `UPDATE customer SET merged_into = k.into, status = CASE WHEN k.into IS NULL THEN 'active' ELSE 'merged' END, version = version + 1
     FROM unnest($1::bigint[], $2::bigint[]) AS k(id, "into") WHERE customer.id = k.id`,
);
/** The log and what readers are told of it, in the order of the moves. */
const LOG = statement(
  'graph-log',
  `WITH k AS MATERIALIZED (
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[])
       WITH ORDINALITY AS k(op, from_customer, to_customer, moved, details, payload, n)),
   l AS (
     INSERT INTO graph_log (op, from_customer, to_customer, moved, details, actor, reason, batch_id)
     SELECT op, from_customer, to_customer, moved::bigint[], details, $7, $8, $9::uuid FROM k ORDER BY n
     RETURNING id, op, from_customer, to_customer, moved),
   o AS (
     INSERT INTO outbox (kind, identity_id, correlation_id, payload)
     SELECT CASE l.op WHEN 'merge' THEN 'customer.merged' ELSE 'customer.unmerged' END,
            coalesce(l.moved[1], (SELECT i.id FROM identity i WHERE i.home_customer_id = l.to_customer)), $10,
            k.payload || jsonb_build_object('merge_id', l.id::text)
       FROM l JOIN k USING (op, from_customer, to_customer) ORDER BY k.n)
   SELECT l.id::text FROM l JOIN k USING (op, from_customer, to_customer) ORDER BY k.n`,
);
const MOVE = statement(
  'graph-move',
  `WITH p AS (
     UPDATE identity SET customer_id = k.customer_id, version = k.version
       FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS k(id, customer_id, version) WHERE identity.id = k.id
     RETURNING identity.id, identity.customer_id, identity.version)
   INSERT INTO outbox (kind, identity_id, correlation_id, payload)
   SELECT 'identity.state', id, $4, jsonb_build_object('customer_id', customer_id::text, 'version', version, 'status', 'active')
     FROM p ORDER BY id`,
);

interface NodeRow {
  readonly id: string;
  readonly kind: string;
  readonly scope: string;
  readonly state: string;
  readonly customer_id: string;
  readonly home_customer_id: string;
  readonly version: number;
  readonly pin: string | null;
  readonly merged_into: string | null;
}
interface LinkRow {
  readonly a: string;
  readonly b: string;
  readonly rule: string;
  readonly trust: number;
  readonly state: string;
  readonly blocked_by: BlockReason | null;
  readonly evidence_at: Date;
}

/** The group of some identities as stored. */
interface StoredGroup {
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
  readonly forbidden: readonly ForbiddenPair[];
  readonly parted: readonly ForbiddenPair[];
}

/** What a regrouping did. */
export interface Regrouped {
  /** In the order in which readers learn of it. */
  readonly moves: readonly GraphLogEntry[];
  /** Guards that began to hold evidence back. */
  readonly held: readonly BlockReason[];
  /** Everybody who was looked at. */
  readonly identities: readonly string[];
}

/** Raised when a group is too large to be worked out here; nothing was changed. */
export class GroupTooLargeError extends Error {
  override readonly name = 'GroupTooLargeError';
  constructor() {
    super(`more than ${LARGEST_GROUP} identities hang together`);
  }
}

/**
 * The lock, and plans by index for the rest of the transaction: a plan that was made while the tables were nearly empty
 * is kept, and one with a walk through all links for each identity of a group took eighty times as long.
 */
const LOCK = `SELECT pg_advisory_xact_lock($1, $2), set_config('enable_seqscan', 'off', true)`;

/**
 * Runs work that changes who is who: one at a time in the whole installation. It is the first lock that a transaction
 * takes, so nothing waits in a circle (identity design, section 4.2).
 */
export async function underStructureLock<T>(database: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return await database.transaction(async (tx) => {
    await tx.query(LOCK, [...STRUCTURE_LOCK]);
    return await work(tx);
  });
}

const toNode = (row: NodeRow): PlacedNode => ({
  id: row.id,
  kind: row.kind,
  scope: row.scope,
  homeCustomerId: row.home_customer_id,
  pin: row.pin,
  shared: row.state === 'shared',
  customerId: row.customer_id,
  version: row.version,
  homeMergedInto: row.merged_into,
});

const toLink = (row: LinkRow): PlacedLink => ({
  a: row.a,
  b: row.b,
  rule: row.rule,
  trust: row.trust,
  evidenceAt: row.evidence_at.getTime(),
  blockedBy: row.blocked_by,
});

async function loadGroup(tx: Queryable, seeds: readonly string[], largest: number): Promise<StoredGroup> {
  const reached = await tx.query<{ id: string }>(GROUP, [arrayOf.plain(seeds), largest + 1]);
  if (reached.length > largest) throw new GroupTooLargeError();
  const nodes = (await tx.query<NodeRow>(NODES, [arrayOf.plain(reached.map((row) => row.id))])).map(toNode);
  const ids = arrayOf.plain(nodes.map((node) => node.id));
  const links = await tx.query<LinkRow>(LINKS, [ids]);
  return {
    nodes,
    links: links.filter((row) => row.state !== 'revoked').map(toLink),
    forbidden: await tx.query<ForbiddenPair>(FORBIDDEN, [ids]),
    // An agent's own word that was taken back leaves the pair as it was before it.
    parted: links.filter((row) => row.state === 'revoked' && row.trust < 5).map(({ a, b }) => orderedPair(a, b)),
  };
}

/**
 * Works out anew who is who around some identities and writes the difference: pointers, customers, states of links, the
 * graph log and the outbox.
 *
 * Because the result is a function of the evidence, every change is done the same way: write the evidence, then regroup.
 *
 * @param tx holds the structure lock and has written the evidence
 * @param seeds both ends of every piece of evidence that came, changed or went
 * @throws GroupTooLargeError when more than `largest` identities hang together
 */
export async function regroup(
  tx: Queryable,
  seeds: readonly string[],
  decision: Decision,
  largest = LARGEST_GROUP,
): Promise<Regrouped> {
  if (seeds.length === 0) return { moves: [], held: [], identities: [] };
  const group = await loadGroup(tx, seeds, largest);
  const plan = planRegrouping(group.nodes, group.links, cutGraph(group));
  if (plan.links.length > 0) {
    await tx.query(SET_LINKS, [
      plan.links.map((link) => link.a),
      plan.links.map((link) => link.b),
      plan.links.map((link) => link.rule),
      plan.links.map((link) => link.blockedBy),
    ]);
  }
  if (plan.turnedShared.length > 0) await tx.query(SET_SHARED, [plan.turnedShared]);
  if (plan.customers.length > 0) {
    await tx.query(SET_CUSTOMERS, [plan.customers.map(({ id }) => id), plan.customers.map((one) => one.mergedInto)]);
  }
  const moves = plan.moves.length === 0 ? [] : await writeMoves(tx, plan.moves, decision);
  return {
    moves,
    held: plan.links.flatMap(({ blockedBy }) => blockedBy ?? []),
    identities: group.nodes.map(({ id }) => id),
  };
}

async function writeMoves(
  tx: Queryable,
  moves: readonly Move[],
  decision: Decision,
): Promise<readonly GraphLogEntry[]> {
  const ids = await tx.query<{ id: string }>(LOG, [
    moves.map((move) => move.op),
    moves.map((move) => move.from),
    moves.map((move) => move.to),
    moves.map((move) => arrayOf.plain(move.identities.map(({ id }) => id))),
    moves.map((move) => JSON.stringify(detailsOf(move, decision))),
    moves.map((move) => JSON.stringify(announcementOf(move, decision))),
    decision.actor,
    decision.reason,
    decision.batchId,
    decision.correlationId,
  ]);
  const moved = moves.flatMap((move) => move.identities.map((identity) => ({ ...identity, to: move.to })));
  await tx.query(MOVE, [
    moved.map(({ id }) => id),
    moved.map(({ to }) => to),
    moved.map(({ version }) => version),
    decision.correlationId,
  ]);
  return moves.map(({ op, from, to, identities }, index) => ({ id: ids[index]!.id, op, from, to, identities }));
}

/** What the graph log keeps besides who moved. */
const detailsOf = (move: Move, decision: Decision): Record<string, unknown> => ({
  ...evidenceOf(move, decision),
  undoes: decision.undoes ?? null,
  pinned: decision.pinned ?? null,
});

/** What the relay makes events of, without the number that the log gives. */
const announcementOf = (move: Move, decision: Decision): Record<string, unknown> => ({
  undoes: decision.undoes ?? null,
  from: move.from,
  to: move.to,
  identities: move.identities,
  actor: decision.actor,
  reason: decision.reason,
  ...evidenceOf(move, decision),
});

/** A merge names the evidence that holds it; whatever else happens is the decision's own doing. */
function evidenceOf(move: Move, decision: Decision): { readonly rule: string; readonly trust: number } {
  return move.op === 'merge' && move.because !== null ? move.because : { rule: decision.rule, trust: decision.trust };
}
