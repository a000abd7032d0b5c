import { compareIds, linkKey, type GraphLink, type GraphNode, type IdentityGraph } from './identity-graph.js';
import { connectedGroups } from './connected-groups.js';
import { canBeShared, cardinalityOf, GRAPH_LIMITS, namesOnePerson, type GraphLimits } from './guards.js';

/** Why a link does not join its ends. */
export type BlockReason = 'shared' | 'parted' | 'forbidden' | 'cardinality' | 'size' | 'rate';

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

const HOUR_MS = 3_600_000;

/** An agent's word: no limit of an account stands against it, because people do have two ids of one page. */
const AGENT_TRUST = 5;

/** Identities that hang together while the cut grows them. */
class Components {
  private readonly membersOf = new Map<string, string[]>();

  constructor(nodes: readonly GraphNode[]) {
    for (const { id } of nodes) this.membersOf.set(id, [id]);
  }

  of(id: string): readonly string[] {
    return this.membersOf.get(id)!;
  }

  join(x: string, y: string): void {
    const [one, other] = [this.membersOf.get(x)!, this.membersOf.get(y)!];
    if (one === other) return;
    const [small, large] = one.length <= other.length ? [one, other] : [other, one];
    for (const member of small) this.membersOf.set(member, large);
    large.push(...small);
  }

  all(): ReadonlySet<string[]> {
    return new Set(this.membersOf.values());
  }
}

class Cut {
  /** What all evidence holds together. */
  readonly people: Components;
  /** What machines alone hold together: the limits of an account and of proof are theirs to keep. */
  private readonly personas: Components;
  private readonly nodes: ReadonlyMap<string, GraphNode>;
  /** When machines joined something to a persona. */
  private readonly joinedAt = new Map<readonly string[], number[]>();
  private readonly forbidden = new Map<string, Set<string>>();
  private readonly parted: ReadonlySet<string>;

  constructor(
    graph: IdentityGraph,
    private readonly shared: ReadonlySet<string>,
    private readonly limits: GraphLimits,
  ) {
    this.people = new Components(graph.nodes);
    this.personas = new Components(graph.nodes);
    this.nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    this.parted = new Set(graph.parted.map(({ a, b }) => `${a} ${b}`));
    for (const { a, b } of graph.forbidden) {
      this.forbid(a, b);
      this.forbid(b, a);
    }
  }

  /** Joins the ends of a link unless a guard stands between them. @returns the guard */
  join(link: GraphLink): BlockReason | undefined {
    const guard = this.guard(link);
    if (guard !== undefined) return guard;
    this.people.join(link.a, link.b);
    if (link.trust < AGENT_TRUST) this.joinPersonas(link);
    return undefined;
  }

  private joinPersonas({ a, b, evidenceAt }: GraphLink): void {
    const [one, other] = [this.personas.of(a), this.personas.of(b)];
    if (one === other) return;
    const times = [...(this.joinedAt.get(one) ?? []), ...(this.joinedAt.get(other) ?? []), evidenceAt];
    this.personas.join(a, b);
    this.joinedAt.set(this.personas.of(a), times);
  }

  private forbid(from: string, to: string): void {
    const others = this.forbidden.get(from);
    if (others === undefined) this.forbidden.set(from, new Set([to]));
    else others.add(to);
  }

  private guard({ a, b, trust, evidenceAt }: GraphLink): BlockReason | undefined {
    if (this.shared.has(a) || this.shared.has(b)) return 'shared';
    if (trust < AGENT_TRUST && this.parted.has(`${a} ${b}`)) return 'parted';
    const [one, other] = [this.people.of(a), this.people.of(b)];
    if (one !== other) {
      if (this.areForbidden(one, other)) return 'forbidden';
      if (one.length + other.length > this.limits.identities) return 'size';
    }
    return trust < AGENT_TRUST ? this.guardOfProof(this.personas.of(a), this.personas.of(b), evidenceAt) : undefined;
  }

  /** What an agent joined does not count here: else the word of an agent would push out what was proven before it. */
  private guardOfProof(one: readonly string[], other: readonly string[], at: number): BlockReason | undefined {
    if (one === other) return undefined;
    if (one.length + other.length > this.limits.identitiesByProof) return 'size';
    if (this.joinsTooFast(one, other, at)) return 'rate';
    return this.exceedsCardinality(one, other) ? 'cardinality' : undefined;
  }

  /** By the time of the evidence, not of its arrival: so the order of arrival decides nothing here either. */
  private joinsTooFast(one: readonly string[], other: readonly string[], at: number): boolean {
    const near = (members: readonly string[]): number =>
      (this.joinedAt.get(members) ?? []).filter((time) => Math.abs(time - at) < HOUR_MS).length;
    return near(one) + near(other) >= this.limits.joinsPerHour;
  }

  private areForbidden(one: readonly string[], other: readonly string[]): boolean {
    if (this.forbidden.size === 0) return false;
    return one.some((member) => {
      for (const foe of this.forbidden.get(member) ?? []) if (this.people.of(foe) === other) return true;
      return false;
    });
  }

  private exceedsCardinality(one: readonly string[], other: readonly string[]): boolean {
    const counts = this.count(one);
    for (const [group, { count, limit }] of this.count(other)) {
      if ((counts.get(group)?.count ?? 0) + count > limit) return true;
    }
    return false;
  }

  private count(members: readonly string[]): ReadonlyMap<string, { count: number; limit: number }> {
    const counts = new Map<string, { count: number; limit: number }>();
    for (const member of members) {
      const cardinality = cardinalityOf(this.nodes.get(member)!, this.limits);
      if (cardinality === undefined) continue;
      const { group, limit } = cardinality;
      counts.set(group, { count: (counts.get(group)?.count ?? 0) + 1, limit });
    }
    return counts;
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

/** Whether some hour saw more evidence than it may join. */
function isBurst(links: readonly GraphLink[], { joinsPerHour }: GraphLimits): boolean {
  const times = links.map(({ evidenceAt }) => evidenceAt).sort((x, y) => x - y);
  return times.some((time, index) => (times[index + joinsPerHour] ?? Number.POSITIVE_INFINITY) - time < HOUR_MS);
}

/** Identities that more evidence hangs together than proof gives to one customer, or take in within an hour. */
function findCrowded(links: readonly GraphLink[], shared: ReadonlySet<string>, limits: GraphLimits): Set<string> {
  const passing = links.filter(({ a, b }) => !shared.has(a) && !shared.has(b));
  const crowded = new Set<string>();
  if (passing.length <= limits.joinsPerHour) return crowded;
  for (const group of connectedGroups(passing, ({ a, b }) => [a, b])) {
    const ends = new Set(group.flatMap(({ a, b }) => [a, b]));
    if (ends.size > limits.identitiesByProof || isBurst(group, limits)) for (const end of ends) crowded.add(end);
  }
  return crowded;
}

/**
 * Strongest evidence first, and of equals what holds a person's own ids together before numbers and addresses: else a
 * family's number could take the ids of one member to another one, whom the guards then keep away from the first's own.
 *
 * Where there is not room for all, age alone decides among equals: else a storm of ids would drive out the number and
 * the address that a customer had before it.
 */
function inOrderOfJoining(
  links: readonly GraphLink[],
  nodes: ReadonlyMap<string, GraphNode>,
  crowded: ReadonlySet<string>,
): GraphLink[] {
  const comesLast = ({ a, b }: GraphLink): number =>
    Number(!crowded.has(a) && [a, b].some((id) => canBeShared(nodes.get(id)!.kind)));
  return [...links].sort((x, y) => y.trust - x.trust || comesLast(x) - comesLast(y) || compareLinks(x, y));
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
 * them; of equally strong ones those of a number or an address last. The result depends on the set of evidence only,
 * never on the order in which it came; taking evidence away gives back what was before it.
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
  for (const link of inOrderOfJoining(graph.links, nodes, findCrowded(graph.links, shared, limits))) {
    const guard = cut.join(link);
    if (guard !== undefined) blocked.set(linkKey(link), guard);
  }
  const parts = [...cut.people.all()].map((members) => ({
    rootCustomerId: rootOf(members.map((member) => nodes.get(member)!)),
    members: members.sort(compareIds),
  }));
  return { parts, blocked, turnedShared };
}
