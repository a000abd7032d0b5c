import { orderedPair, type BlockReason } from '@app/identity';
import type { Database, Queryable } from '../database.js';
import type { Decision, GraphLogEntry } from './decision.js';
import {
  endsOf,
  forbidAll,
  forbidPair,
  restoreBatch,
  revokeAround,
  revokeMatching,
  writeAgentLink,
  type EvidenceFilter,
} from './links.js';
import { GroupTooLargeError, regroup, underStructureLock, type Regrouped } from './regroup.js';

/** Groups of this size are still worked out for a person who waits. */
const LARGEST_FOR_AGENTS = 50_000;

/** Why nothing was changed. */
export type GraphRefusal =
  | { readonly code: 'same-customer' | 'unknown-customer' | 'unknown-merge' | 'unknown-identity' }
  | { readonly code: 'customer-merged'; readonly customerId: string; readonly canonicalId: string }
  | { readonly code: 'customer-erased'; readonly customerId: string }
  | { readonly code: 'guarded'; readonly guard: BlockReason }
  | { readonly code: 'already-undone'; readonly undoneBy: string }
  | { readonly code: 'nothing-to-undo' | 'too-large' };

/** What a decision did, or would do. */
export type GraphOutcome =
  | { readonly ok: true; readonly moves: readonly GraphLogEntry[] }
  | { readonly ok: false; readonly refusal: GraphRefusal };

/** Whether to write what was decided, or only to tell what it would do. */
export interface DecisionOptions {
  readonly dryRun?: boolean;
  /** Reads what the decision made of the store, also of what is not going to be kept. It must be quick: nobody else decides meanwhile. */
  readonly look?: (tx: Queryable, moves: readonly GraphLogEntry[]) => Promise<void>;
}

interface CustomerState {
  readonly id: string;
  readonly status: 'active' | 'merged' | 'erased';
  readonly merged_into: string | null;
  readonly pin: string | null;
  readonly home_identity: string;
}
interface LogRow {
  readonly id: string;
  readonly op: 'merge' | 'unmerge';
  readonly moved: readonly string[];
  readonly batch_id: string;
  readonly undone_by: string | null;
  readonly details: { readonly pinned?: { customerId: string; before: string | null } | null };
}

/** Carries an outcome out of a transaction that must not be committed. */
class Abandon extends Error {
  constructor(readonly outcome: GraphOutcome) {
    super('abandoned on purpose');
  }
}

const refuse = (refusal: GraphRefusal): never => {
  throw new Abandon({ ok: false, refusal });
};

/** What people decide about who is who. Each call is one transaction; a refusal changes nothing. */
export class GraphRepository {
  constructor(private readonly database: Database) {}

  /** Makes two customers one; `intoId` survives. */
  async merge(
    fromId: string,
    intoId: string,
    decision: Decision,
    options: DecisionOptions = {},
  ): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      if (fromId === intoId) refuse({ code: 'same-customer' });
      const [from, into] = [await activeCustomer(tx, fromId), await activeCustomer(tx, intoId)];
      const pair = orderedPair(from.home_identity, into.home_identity);
      const before = await tx.query<{ id: string }>('SELECT id FROM identity WHERE customer_id = ANY($1::bigint[])', [
        [fromId, intoId],
      ]);
      await writeAgentLink(tx, pair, decision);
      const pinned = await pinIfNeeded(tx, from, into);
      const regrouped = await regroup(tx, endsOf([pair]), { ...decision, ...pinned }, LARGEST_FOR_AGENTS);
      const joined = await areOne(
        tx,
        before.map(({ id }) => id),
      );
      if (!joined) {
        refuse({ code: 'guarded', guard: regrouped.held[0] ?? 'forbidden' });
      }
      return regrouped;
    });
  }

  /**
   * Parts some identities of a customer from the others: all evidence between them is revoked.
   *
   * @param forbid also forbid them to come together again
   */
  async split(
    customerId: string,
    identityIds: readonly string[],
    decision: Decision,
    options: DecisionOptions & { readonly forbid?: boolean } = {},
  ): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      await activeCustomer(tx, customerId);
      const members = (
        await tx.query<{ id: string }>('SELECT id FROM identity WHERE customer_id = $1 ORDER BY id', [customerId])
      ).map(({ id }) => id);
      const parted = members.filter((id) => identityIds.includes(id));
      const staying = members.filter((id) => !identityIds.includes(id));
      if (parted.length !== new Set(identityIds).size) refuse({ code: 'unknown-identity' });
      if (parted.length === 0 || staying.length === 0) refuse({ code: 'nothing-to-undo' });
      const revoked = await revokeAround(tx, parted, decision);
      if (options.forbid === true) await forbidAll(tx, parted, staying, decision);
      return await regroup(tx, endsOf(revoked), decision, LARGEST_FOR_AGENTS);
    });
  }

  /** Takes back a merge or an unmerge, with everything that was decided together with it. */
  async undo(logId: string, decision: Decision, options: DecisionOptions = {}): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      const rows = await undoable(tx, logId);
      const seeds: string[] = [];
      for (const row of rows) {
        if (row.op === 'merge') seeds.push(...endsOf(await revokeAround(tx, row.moved, decision)));
      }
      seeds.push(...endsOf(await restoreBatch(tx, rows[0]!.batch_id)));
      if (seeds.length === 0) refuse({ code: 'nothing-to-undo' });
      const pinned = await restorePin(tx, rows);
      const undoing = { ...decision, ...pinned, undoes: logId };
      const regrouped = await regroup(tx, [...new Set(seeds)], undoing, LARGEST_FOR_AGENTS);
      const [first] = regrouped.moves;
      if (first === undefined) return refuse({ code: 'nothing-to-undo' });
      await tx.query('UPDATE graph_log SET undone_by = $2 WHERE id = ANY($1::bigint[])', [
        rows.map((row) => row.id),
        first.id,
      ]);
      return regrouped;
    });
  }

  /** Takes back everything that a rule or an import did. */
  async rollBack(filter: EvidenceFilter, decision: Decision, options: DecisionOptions = {}): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      const revoked = await revokeMatching(tx, filter, decision);
      return await regroup(tx, endsOf(revoked), decision, LARGEST_FOR_AGENTS);
    });
  }

  /** Forbids two customers to be one person, whatever evidence comes. */
  async forbid(
    oneId: string,
    otherId: string,
    decision: Decision,
    options: DecisionOptions = {},
  ): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      if (oneId === otherId) refuse({ code: 'same-customer' });
      const [one, other] = [await activeCustomer(tx, oneId), await activeCustomer(tx, otherId)];
      const pair = orderedPair(one.home_identity, other.home_identity);
      await forbidPair(tx, pair, decision);
      return await regroup(tx, endsOf([pair]), decision, LARGEST_FOR_AGENTS);
    });
  }

  /** Lifts what was forbidden between the people of two customers; evidence that waited joins them now. */
  async allow(
    oneId: string,
    otherId: string,
    decision: Decision,
    options: DecisionOptions = {},
  ): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      const pairs = await tx.query<{ a: string; b: string }>(
        `DELETE FROM cannot_link p USING identity x, identity y
          WHERE x.id = p.a AND y.id = p.b
            AND ((x.customer_id = $1 AND y.customer_id = $2) OR (x.customer_id = $2 AND y.customer_id = $1))
         RETURNING p.a, p.b`,
        [oneId, otherId],
      );
      if (pairs.length === 0) refuse({ code: 'nothing-to-undo' });
      return await regroup(tx, endsOf(pairs), decision, LARGEST_FOR_AGENTS);
    });
  }

  /** Marks an identity as used by several people, or by one again. */
  async share(
    identityId: string,
    shared: boolean,
    decision: Decision,
    options: DecisionOptions = {},
  ): Promise<GraphOutcome> {
    return await this.decide(options, async (tx) => {
      const neighbours = await tx.query<{ id: string }>(
        `SELECT CASE WHEN a = $1 THEN b ELSE a END AS id FROM link WHERE (a = $1 OR b = $1) AND state <> 'revoked'`,
        [identityId],
      );
      const changed = await tx.query<{ home_customer_id: string }>(
        `UPDATE identity SET state = $2 WHERE id = $1 AND state IN ('active', 'shared') AND state <> $2 RETURNING home_customer_id`,
        [identityId, shared ? 'shared' : 'active'],
      );
      if (changed.length === 0) refuse({ code: 'unknown-identity' });
      await tx.query(`UPDATE customer SET kind = $2 WHERE id = $1 AND kind IN ('person', 'household')`, [
        changed[0]!.home_customer_id,
        shared ? 'household' : 'person',
      ]);
      return await regroup(tx, [identityId, ...neighbours.map(({ id }) => id)], decision, LARGEST_FOR_AGENTS);
    });
  }

  private async decide(
    { dryRun = false, look }: DecisionOptions,
    work: (tx: Queryable) => Promise<Regrouped>,
  ): Promise<GraphOutcome> {
    try {
      return await underStructureLock(this.database, async (tx) => {
        const { moves } = await work(tx);
        await look?.(tx, moves);
        const outcome: GraphOutcome = { ok: true, moves };
        if (dryRun) throw new Abandon(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof Abandon) return error.outcome;
      if (error instanceof GroupTooLargeError) return { ok: false, refusal: { code: 'too-large' } };
      throw error;
    }
  }
}

async function activeCustomer(tx: Queryable, id: string): Promise<CustomerState> {
  const [row] = await tx.query<CustomerState>(
    `SELECT c.id, c.status, c.merged_into, c.pin, i.id AS home_identity
       FROM customer c JOIN identity i ON i.home_customer_id = c.id WHERE c.id = $1`,
    [id],
  );
  if (row === undefined) return refuse({ code: 'unknown-customer' });
  if (row.status === 'erased') refuse({ code: 'customer-erased', customerId: id });
  if (row.merged_into !== null) refuse({ code: 'customer-merged', customerId: id, canonicalId: row.merged_into });
  return row;
}

/** Whether identities are all with one customer. */
async function areOne(tx: Queryable, ids: readonly string[]): Promise<boolean> {
  const rows = await tx.query('SELECT DISTINCT customer_id FROM identity WHERE id = ANY($1::bigint[])', [ids]);
  return rows.length === 1;
}

/** The one into which an agent merges survives, also when it is the younger one. */
async function pinIfNeeded(tx: Queryable, from: CustomerState, into: CustomerState): Promise<Pick<Decision, 'pinned'>> {
  const [fromPin, intoPin] = [BigInt(from.pin ?? 0), BigInt(into.pin ?? 0)];
  const survives = intoPin > fromPin || (intoPin === fromPin && BigInt(into.id) < BigInt(from.id));
  if (survives) return {};
  await tx.query(`UPDATE customer SET pin = nextval('pin_number') WHERE id = $1`, [into.id]);
  return { pinned: { customerId: into.id, before: into.pin } };
}

/** The rows to take back: an agent's decision as a whole, an automatic merge alone. */
async function undoable(tx: Queryable, logId: string): Promise<readonly LogRow[]> {
  const rows = await tx.query<LogRow>(
    `SELECT l.id::text, l.op, l.moved, l.batch_id, l.undone_by::text, l.details FROM graph_log l
       JOIN graph_log k ON k.id = $1 AND (l.id = k.id OR (l.batch_id = k.batch_id AND k.actor <> 'system')) ORDER BY l.id`,
    [logId],
  );
  const named = rows.find((row) => row.id === logId);
  if (named === undefined) return refuse({ code: 'unknown-merge' });
  if (named.undone_by !== null) refuse({ code: 'already-undone', undoneBy: named.undone_by });
  return rows;
}

/** Gives a customer back the pin that it had before a decision. @returns what to remember for taking this back too */
async function restorePin(tx: Queryable, rows: readonly LogRow[]): Promise<Pick<Decision, 'pinned'>> {
  const pinned = rows.flatMap((row) => row.details.pinned ?? [])[0];
  if (pinned === undefined) return {};
  const [held] = await tx.query<{ pin: string | null }>('SELECT pin FROM customer WHERE id = $1', [pinned.customerId]);
  await tx.query('UPDATE customer SET pin = $2 WHERE id = $1', [pinned.customerId, pinned.before]);
  return { pinned: { customerId: pinned.customerId, before: held?.pin ?? null } };
}
