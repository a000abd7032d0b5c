import { publicId, type GraphLogEntry } from '@app/persistence';
import type { DecisionResult } from './decision.schema.js';

type Move = DecisionResult['moves'][number];

/** A move as the API shows it; the numbers of a dry run are nobody's. */
export function toMove(entry: GraphLogEntry, dryRun: boolean): Move {
  return {
    ...(dryRun ? {} : { merge_id: publicId.merge(entry.id) }),
    op: entry.op,
    from_customer_id: publicId.customer(entry.from),
    to_customer_id: publicId.customer(entry.to),
    identities: entry.identities.map(({ id, version }) => ({ identity_id: publicId.identity(id), version })),
  };
}

/** What happened, without who it happened to. */
export function toDecision(moves: readonly GraphLogEntry[], dryRun: boolean): Omit<DecisionResult, 'customers'> {
  const [first] = moves;
  return {
    ...(dryRun || first === undefined ? {} : { merge_id: publicId.merge(first.id) }),
    dry_run: dryRun,
    moves: moves.map((move) => toMove(move, dryRun)),
  };
}

/** Customers that gave or got identities, each once, in the order of the moves: who has identities now comes first. */
export const customersOf = (moves: readonly GraphLogEntry[]): string[] => [
  ...new Set([...moves.map(({ to }) => to), ...moves.map(({ from }) => from)]),
];
