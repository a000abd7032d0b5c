import { compareLinks, type BlockReason, type Partition } from './cut-graph.js';
import { compareIds, linkKey, type GraphLink, type GraphNode } from './identity-graph.js';

/** A node with where it stands in the store now. */
export interface PlacedNode extends GraphNode {
  readonly customerId: string;
  /** Of the mapping to the customer; one more with each move. */
  readonly version: number;
  /** The customer into which the node's home was merged; null: it stands for itself. */
  readonly homeMergedInto: string | null;
}

/** A link with what is known to hold it back; null: nothing. */
export interface PlacedLink extends GraphLink {
  readonly blockedBy: BlockReason | null;
}

/** Identities that go from one customer to another. */
export interface Move {
  /** `merge`: `from` has no identity left, `to` stood before. `unmerge`: `to` comes back, or takes from one that stays. */
  readonly op: 'merge' | 'unmerge';
  readonly from: string;
  readonly to: string;
  /** With the version of the new mapping; empty when `from` gave everything away already. */
  readonly identities: readonly { readonly id: string; readonly version: number }[];
  /** The strongest evidence that holds them at `to`; null: they are there because nothing holds them elsewhere. */
  readonly because: { readonly rule: string; readonly trust: number } | null;
}

/** What has to be written so that the store says what the evidence says. */
export interface Regrouping {
  /** In the order in which readers must learn of them. */
  readonly moves: readonly Move[];
  readonly links: readonly PlacedLink[];
  readonly customers: readonly { readonly id: string; readonly mergedInto: string | null }[];
  readonly turnedShared: readonly string[];
}

/**
 * The difference between the store and a partition of the same nodes.
 *
 * A reader of the stream may take a merge as the end of `from`, until an unmerge brings it back: so whoever returns is
 * announced first, and whoever ends empty is announced last.
 */
export function planRegrouping(
  nodes: readonly PlacedNode[],
  links: readonly PlacedLink[],
  partition: Partition,
): Regrouping {
  const rootOf = new Map(
    partition.parts.flatMap(({ rootCustomerId, members }) => members.map((id) => [id, rootCustomerId] as const)),
  );
  const active = links.filter((link) => !partition.blocked.has(linkKey(link))).sort(compareLinks);
  return {
    moves: planMoves(nodes, rootOf, active),
    links: links.flatMap((link) => {
      const blockedBy = partition.blocked.get(linkKey(link)) ?? null;
      return blockedBy === link.blockedBy ? [] : [{ ...link, blockedBy }];
    }),
    customers: nodes.flatMap((node) => {
      const root = rootOf.get(node.id)!;
      const mergedInto = root === node.homeCustomerId ? null : root;
      return mergedInto === node.homeMergedInto ? [] : [{ id: node.homeCustomerId, mergedInto }];
    }),
    turnedShared: partition.turnedShared,
  };
}

function planMoves(
  nodes: readonly PlacedNode[],
  rootOf: ReadonlyMap<string, string>,
  active: readonly PlacedLink[],
): Move[] {
  const roots = new Set(rootOf.values());
  const stoodBefore = new Set(nodes.filter((node) => node.homeMergedInto === null).map((node) => node.homeCustomerId));
  const flows = new Map<string, { from: string; to: string; identities: { id: string; version: number }[] }>();
  for (const node of [...nodes].sort((x, y) => compareIds(x.id, y.id))) {
    const to = rootOf.get(node.id)!;
    if (to === node.customerId) continue;
    const key = `${node.customerId} ${to}`;
    const flow = flows.get(key) ?? { from: node.customerId, to, identities: [] };
    flow.identities.push({ id: node.id, version: node.version + 1 });
    flows.set(key, flow);
  }
  const moves = [...flows.values()].map((flow): Move => {
    const isMerge = !roots.has(flow.from) && stoodBefore.has(flow.to);
    return { op: isMerge ? 'merge' : 'unmerge', ...flow, because: holder(flow.identities, active) };
  });
  const ended = new Map(moves.filter((move) => !roots.has(move.from)).map((move) => [move.from, move.to] as const));
  for (const move of moves) if (move.op === 'merge') ended.delete(move.from);
  const farewells = nodes.flatMap((node): Move[] =>
    ended.has(node.homeCustomerId)
      ? [{ op: 'merge', from: node.homeCustomerId, to: rootOf.get(node.id)!, identities: [], because: null }]
      : [],
  );
  return [
    ...moves.filter((move) => move.op === 'unmerge'),
    ...moves.filter((move) => move.op === 'merge'),
    ...farewells,
  ];
}

/** @param active strongest first */
function holder(moved: readonly { readonly id: string }[], active: readonly PlacedLink[]): Move['because'] {
  const ids = new Set(moved.map(({ id }) => id));
  const link = active.find(({ a, b }) => ids.has(a) !== ids.has(b));
  return link === undefined ? null : { rule: link.rule, trust: link.trust };
}
