import { randomUUID } from 'node:crypto';
import {
  CustomersRepository,
  type CustomerDetailRow,
  type Decision,
  type DecisionOptions,
  type GraphLogEntry,
  type GraphOutcome,
} from '@app/persistence';
import { toCustomer } from '../customers/customer.mapper.js';
import { customersOf, toDecision } from './decision.mapper.js';
import type { DecisionResult } from './decision.schema.js';
import { toRefusal, type NamedCustomers } from './refusal.js';

/** An agent's word (identity design, section 3.2). */
const AGENT_TRUST = 5;

/** What people decide; the names of the rules under which it is kept begin with `agent.`. */
export type AgentRule = 'merge' | 'split' | 'undo' | 'forbid' | 'allow' | 'share' | 'rollback';

/** Who decides, why, and in which request. */
export interface Deciding {
  readonly author: string;
  readonly reason?: string;
  /** Becomes the correlation id of every event that the decision makes. */
  readonly requestId: string;
}

/** A decision of its own: what it does is undone together. */
export function decisionOf(rule: AgentRule, { author, reason, requestId }: Deciding): Decision {
  return {
    actor: author,
    reason: reason ?? null,
    batchId: randomUUID(),
    correlationId: requestId,
    rule: `agent.${rule}`,
    trust: AGENT_TRUST,
  };
}

/** @throws ProblemError for a refusal */
export function movesOf(outcome: GraphOutcome, named: NamedCustomers = {}): readonly GraphLogEntry[] {
  if (!outcome.ok) throw toRefusal(outcome.refusal, named);
  return outcome.moves;
}

/** Everybody concerned, read within the decision's own transaction, so that a dry run shows what would be. */
class Onlooker {
  rows: readonly CustomerDetailRow[] = [];

  constructor(private readonly always: readonly string[]) {}

  readonly look: NonNullable<DecisionOptions['look']> = async (tx, moves) => {
    this.rows = await new CustomersRepository(tx).details([...new Set([...this.always, ...customersOf(moves)])]);
  };
}

/** Options of {@link carryOut}. */
export interface CarryOutOptions extends NamedCustomers {
  readonly dryRun: boolean;
  /** Internal ids of customers that the answer shows even if nothing moved. */
  readonly concerned?: readonly string[];
}

/**
 * Lets a decision be made and tells what it did.
 *
 * @throws ProblemError for a refusal; nothing was changed
 */
export async function carryOut(
  { dryRun, concerned = [], ...named }: CarryOutOptions,
  decide: (options: DecisionOptions) => Promise<GraphOutcome>,
): Promise<DecisionResult> {
  const onlooker = new Onlooker(concerned);
  const moves = movesOf(await decide({ dryRun, look: onlooker.look }), named);
  return { ...toDecision(moves, dryRun), customers: onlooker.rows.map(toCustomer) };
}
