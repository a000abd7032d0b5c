import { ORDER_STATUS_RANK, type Order, type OrderReport } from '@app/contracts';
import type { PlacedReport } from './fold-call.js';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A status of a newer feed stands before those of its instant that are known here. */
const rankOf = (status: string): number =>
  Object.hasOwn(ORDER_STATUS_RANK, status) ? ORDER_STATUS_RANK[status as keyof typeof ORDER_STATUS_RANK] : 0;

const compare = (a: PlacedReport<OrderReport>, b: PlacedReport<OrderReport>): number =>
  byText(a.occurredAt, b.occurredAt) || rankOf(a.report.status) - rankOf(b.report.status) || byText(a.id, b.id);

/** An order, and when it began. */
export interface FoldedOrder {
  readonly order: Order;
  /** RFC 3339. */
  readonly placedAt: string;
}

/**
 * What all reports of an order together make of it: of each part the latest word counts, parts that a report does not
 * mention stay. Payment may come before or after shipping, so time decides and not a fixed way. A function of the set.
 *
 * @param placed at least one report, in any order
 */
export function foldOrder(placed: readonly PlacedReport<OrderReport>[]): FoldedOrder {
  const ordered = [...placed].sort(compare);
  const history = new Map<string, string>();
  for (const { report, occurredAt } of ordered) {
    if (!history.has(report.status)) history.set(report.status, occurredAt);
  }
  const latest = Object.assign({}, ...ordered.map(({ report }) => report)) as OrderReport;
  const times = ordered.flatMap(({ report, occurredAt }) => report.placed_at ?? occurredAt).sort(byText);
  return {
    order: { ...latest, history: [...history].map(([status, at]) => ({ status, occurred_at: at })) },
    placedAt: times[0]!,
  };
}
