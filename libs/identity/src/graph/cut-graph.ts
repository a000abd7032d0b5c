import { compareIds, linkKey, type GraphLink, type GraphNode, type IdentityGraph } from './identity-graph.js';
import { canBeShared, cardinalityOf, GRAPH_LIMITS, namesOnePerson, type GraphLimits } from './guards.js';

/** Why a link does not join its ends. */
export type BlockReason = 'shared' | 'parted' | 'forbidden' | 'cardinality' | 'size';

/** One person: its identities and the customer that stands for it. */
export interface Part {
  readonly rootCustomerId: string;
  /** Identity ids, rising. */
  readonly members: readonly string[];
}

/** Who is who, by the evidence. */
export interface Partition {
  readonly parts: readonly Part[];
  /** Links that a guard holds back, by {@link linkKey}; all others are active. */
  readonly blocked: ReadonlyMap<string, BlockReason>;
  /** Identities that the evidence shows to be used by several people. */
  readonly turnedShared: readonly string[];
}

/** Strongest evidence first, then the oldest; total, so that the order of arrival decides nothing. */
export function compareLinks(x: GraphLink, y: GraphLink): number {
  return (
    y.trust - x.trust ||
    x.evidenceAt - y.evidenceAt ||
    compareIds(x.a, y.a) ||
    compareIds(x.b, y.b) ||
    (x.rule < y.rule ? -1 : x.rule > y.rule ? 1 : 0)
  );
}

/** A set of joined identities while the cut grows it. */
interface Component {
  readonly members: string[];
  readonly groups: Map<string, number>;
}

/** An agent's word passes over what was parted and over one identity for each account: people do have two. */
const AGENT_TRUST = 5;

class Cut {
  private readonly componentOf = new Map<string, Component>();
  private readonly limitOf = new Map<string, number>();
  private readonly forbidden = new Map<string, Set<string>>();
  private readonly parted: ReadonlySet<string>;

  constructor(
    graph: IdentityGraph,
    private readonly shared: ReadonlySet<string>,
    private readonly limits: GraphLimits,
  ) {
    for (const node of graph.nodes) this.addNode(node);
    this.parted = new Set(graph.parted.map(({ a, b }) => `${a} ${b}`));
    for (const { a, b } of graph.forbidden) {
      this.forbid(a, b);
      this.forbid(b, a);
    }
  }

  /** Joins the ends of a link unless a guard stands between them. @returns the guard */
  join(link: GraphLink): BlockReason | undefined {
    if (this.shared.has(link.a) || this.shared.has(link.b)) return 'shared';
    if (link.trust < AGENT_TRUST && this.parted.has(`${link.a} ${link.b}`)) return 'parted';
    const [x, y] = [this.componentOf.get(link.a)!, this.componentOf.get(link.b)!];
    if (x === y) return undefined;
    const [small, large] = x.members.length <= y.members.length ? [x, y] : [y, x];
    const guard = this.guard(small, large, link.trust);
    if (guard === undefined) this.absorb(small, large);
    return guard;
  }

  components(): ReadonlySet<Component> {
    return new Set(this.componentOf.values());
  }

  private addNode(node: GraphNode): void {
    const cardinality = cardinalityOf(node, this.limits);
    const groups = new Map<string, number>();
    if (cardinality !== undefined) {
      groups.set(cardinality.group, 1);
      this.limitOf.set(cardinality.group, cardinality.limit);
    }
    this.componentOf.set(node.id, { members: [node.id], groups });
  }

  private forbid(from: string, to: string): void {
    const others = this.forbidden.get(from);
    if (others === undefined) this.forbidden.set(from, new Set([to]));
    else others.add(to);
  }

  private guard(small: Component, large: Component, trust: number): BlockReason | undefined {
    if (small.members.some((member) => this.isForbidden(member, large))) return 'forbidden';
    if (small.members.length + large.members.length > this.limits.identities) return 'size';
    return trust < AGENT_TRUST && this.exceedsCardinality(small, large) ? 'cardinality' : undefined;
  }

  private isForbidden(member: string, other: Component): boolean {
    for (const foe of this.forbidden.get(member) ?? []) if (this.componentOf.get(foe) === other) return true;
    return false;
  }

  /** Only what the union itself adds counts: an excess that one side already has is its own matter. */
  private exceedsCardinality(small: Component, large: Component): boolean {
    for (const [group, count] of small.groups) {
      const others = large.groups.get(group) ?? 0;
      if (others > 0 && count + others > this.limitOf.get(group)!) return true;
    }
    return false;
  }

  private absorb(small: Component, large: Component): void {
    for (const [group, count] of small.groups) large.groups.set(group, (large.groups.get(group) ?? 0) + count);
    for (const member of small.members) this.componentOf.set(member, large);
    large.members.push(...small.members);
  }
}

/**
 * Numbers and addresses that more people of one account have proved than one person can be: a family's phone, a desk.
 * A function of the evidence alone; who came first does not matter.
 */
function findShared(graph: IdentityGraph, limits: GraphLimits): string[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const claimants = new Map<string, Map<string, Set<string>>>();
  for (const { a, b } of graph.links) {
    for (const [id, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const [node, person] = [nodes.get(id)!, nodes.get(other)!];
      if (node.shared || !canBeShared(node.kind) || !namesOnePerson(person.kind)) continue;
      const groups = claimants.get(id) ?? new Map<string, Set<string>>();
      const group = `${person.kind} ${person.scope}`;
      claimants.set(id, groups.set(group, (groups.get(group) ?? new Set<string>()).add(other)));
    }
  }
  return [...claimants]
    .filter(([, groups]) => [...groups.values()].some((people) => people.size > limits.claimantsOfOne))
    .map(([id]) => id)
    .sort(compareIds);
}

/** The home that stands for a part: pinned last, then born first. A function of the set, so that orders agree. */
function rootOf(members: readonly GraphNode[]): string {
  const [best] = [...members].sort(
    (x, y) => compareIds(y.pin ?? '0', x.pin ?? '0') || compareIds(x.homeCustomerId, y.homeCustomerId),
  );
  return best!.homeCustomerId;
}

/**
 * Works out who is who: links from the strongest to the weakest, each joining its ends unless a guard stands between
 * them. The result depends on the set of evidence only, never on the order in which it came; taking evidence away gives
 * back what was before it.
 *
 * @param graph closed: a node for each end of a link or forbidden pair
 * @see identity design, sections 3.3 and 3.5
 */
export function cutGraph(graph: IdentityGraph, limits: GraphLimits = GRAPH_LIMITS): Partition {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const turnedShared = findShared(graph, limits);
  const shared = new Set([...graph.nodes.filter((node) => node.shared).map((node) => node.id), ...turnedShared]);
  const cut = new Cut(graph, shared, limits);
  const blocked = new Map<string, BlockReason>();
  for (const link of [...graph.links].sort(compareLinks)) {
    const guard = cut.join(link);
    if (guard !== undefined) blocked.set(linkKey(link), guard);
  }
  const parts = [...cut.components()].map(({ members }) => ({
    rootCustomerId: rootOf(members.map((member) => nodes.get(member)!)),
    members: members.sort(compareIds),
  }));
  return { parts, blocked, turnedShared };
}
