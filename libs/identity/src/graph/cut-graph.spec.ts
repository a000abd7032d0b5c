import fc from 'fast-check';
import { compareLinks, cutGraph, type Partition } from './cut-graph.js';
import { GRAPH_LIMITS } from './guards.js';
import { linkKey, orderedPair, type GraphLink, type GraphNode, type IdentityGraph } from './identity-graph.js';

const node = (id: number, more: Partial<GraphNode> = {}): GraphNode => ({
  id: String(id),
  kind: 'livechat_visitor',
  scope: 'w',
  homeCustomerId: String(1000 + id),
  pin: null,
  shared: false,
  ...more,
});
const link = (x: number, y: number, more: Partial<GraphLink> = {}): GraphLink => ({
  ...orderedPair(String(x), String(y)),
  rule: 'r',
  trust: 4,
  evidenceAt: 0,
  ...more,
});
const hour = 3_600_000;
const pair = (x: number, y: number) => orderedPair(String(x), String(y));
const graph = (nodes: GraphNode[], links: GraphLink[], more: Partial<IdentityGraph> = {}): IdentityGraph => ({
  nodes,
  links,
  forbidden: [],
  parted: [],
  ...more,
});
const members = ({ parts }: Partition): string[] => parts.map((part) => part.members.join('+')).sort();
const psid = (id: number, scope = 'page') => node(id, { kind: 'messenger_psid', scope });
const phone = (id: number) => node(id, { kind: 'phone', scope: '' });

describe('cutGraph', () => {
  it('joins what a chain of evidence connects; the oldest home stands for it', () => {
    const cut = cutGraph(graph([node(10), node(2), node(3), node(4)], [link(10, 3), link(3, 2)]));
    expect(members(cut)).toEqual(['2+3+10', '4']);
    expect(cut.parts.find((part) => part.members.length === 3)?.rootCustomerId).toBe('1002');
  });

  it('lets the last pinned home survive', () => {
    const nodes = [node(1), node(2, { pin: '9' }), node(3, { pin: '10' })];
    expect(cutGraph(graph(nodes, [link(1, 2), link(2, 3)])).parts[0]?.rootCustomerId).toBe('1003');
  });

  it('never puts a forbidden pair together, not even through others', () => {
    const cut = cutGraph(
      graph([node(1), node(2), node(3)], [link(1, 2, { evidenceAt: 1 }), link(2, 3, { evidenceAt: 2, trust: 5 })], {
        forbidden: [pair(1, 3)],
      }),
    );
    expect(members(cut)).toEqual(['1', '2+3']);
    expect([...cut.blocked]).toEqual([['1 2 r', 'forbidden']]);
  });

  it('lets other evidence not bring back what was parted, unless an agent says so', () => {
    const parted = { parted: [pair(1, 2)] };
    expect(members(cutGraph(graph([node(1), node(2)], [link(1, 2)], parted)))).toEqual(['1', '2']);
    expect(members(cutGraph(graph([node(1), node(2)], [link(1, 2, { trust: 5 })], parted)))).toEqual(['1+2']);
  });

  it('takes two ids of one page for two people, unless an agent says otherwise', () => {
    const nodes = [psid(1), psid(2), psid(3, 'other page'), phone(4)];
    const links = [link(1, 4, { evidenceAt: 1 }), link(2, 4, { evidenceAt: 2 }), link(3, 4, { evidenceAt: 3 })];
    const cut = cutGraph(graph(nodes, links));
    expect(members(cut)).toEqual(['1+3+4', '2']);
    expect([...cut.blocked]).toEqual([['2 4 r', 'cardinality']]);
    expect(members(cutGraph(graph(nodes, [...links, link(1, 2, { trust: 5, rule: 'agent.merge' })])))).toEqual([
      '1+2+3+4',
    ]);
  });

  it('keeps what machines joined when an agent joins another id of the page to it', () => {
    const nodes = [phone(1), psid(2), psid(3)];
    const cut = cutGraph(graph(nodes, [link(1, 2), link(1, 3, { trust: 5, rule: 'agent.merge' })]));
    expect(members(cut)).toEqual(['1+2+3']);
  });

  it('takes a number that four people of a page proved for a shared one, which joins nobody', () => {
    const people = [1, 2, 3, 4].map((id) => psid(id));
    const links = people.map((_, index) => link(index + 1, 9, { evidenceAt: index }));
    const cut = cutGraph(graph([...people, phone(9)], links));
    expect(cut.turnedShared).toEqual(['9']);
    expect(members(cut)).toEqual(['1', '2', '3', '4', '9']);
    expect(new Set(cut.blocked.values())).toEqual(new Set(['shared']));
  });

  it('holds the ids of each member of a family together before their common number joins anybody', () => {
    // Both were signed with the number and with the site's own id of the person; the number's links are the older ones.
    const site = (id: number) => node(id, { kind: 'external', scope: 'site' });
    const nodes = [phone(1), node(2), site(3), node(4), site(5)];
    const links = [link(1, 2), link(2, 3), link(1, 4, { evidenceAt: 1 }), link(4, 5, { evidenceAt: 1 })];
    const cut = cutGraph(graph(nodes, links));
    expect(members(cut)).toEqual(['1+2+3', '4+5']);
    expect([...cut.blocked]).toEqual([['1 4 r', 'cardinality']]);
  });

  it('lets a storm of ids drive out neither the number nor the address that a customer had before it', () => {
    const email = (id: number) => node(id, { kind: 'email', scope: '' });
    const storm = Array.from({ length: GRAPH_LIMITS.identitiesByProof * 2 }, (_, index) => node(index + 4));
    const links = [
      link(1, 2, { evidenceAt: 1 }),
      link(1, 3, { evidenceAt: 1 }),
      ...storm.map(({ id }, index) => link(1, Number(id), { evidenceAt: (2 + index) * hour })),
    ];
    const cut = cutGraph(graph([node(1, { kind: 'external', scope: 'crm' }), phone(2), email(3), ...storm], links));
    const [largest] = cut.parts.toSorted((x, y) => y.members.length - x.members.length);
    expect(largest!.members).toEqual(
      Array.from({ length: GRAPH_LIMITS.identitiesByProof }, (_, index) => String(index + 1)),
    );
  });

  describe.each([
    { who: 'proof', trust: 4, most: GRAPH_LIMITS.identitiesByProof },
    { who: 'agents', trust: 5, most: GRAPH_LIMITS.identities },
  ])('when $who would join more than $most', ({ trust, most }) => {
    it('holds a customer to its size', () => {
      const nodes = Array.from({ length: most + 2 }, (_, index) => node(index + 1));
      const links = nodes.slice(1).map((_, index) => link(1, index + 2, { trust, evidenceAt: index * hour }));
      const cut = cutGraph(graph(nodes, links));
      expect(Math.max(...cut.parts.map((part) => part.members.length))).toBe(most);
      expect([...cut.blocked.values()]).toEqual(['size', 'size']);
    });
  });

  it('lets an agent join what was too much for proof, and what is joined already stays', () => {
    const most = GRAPH_LIMITS.identitiesByProof;
    const nodes = Array.from({ length: most + 1 }, (_, index) => node(index + 1));
    const links = nodes.slice(1).map((_, index) => link(1, index + 2, { evidenceAt: index * hour }));
    const refused = cutGraph(graph(nodes, links));
    expect([...refused.blocked]).toEqual([[`1 ${most + 1} r`, 'size']]);
    const word = link(1, most + 1, { trust: 5, rule: 'agent.merge' });
    expect(members(cutGraph(graph(nodes, [...links, word])))).toHaveLength(1);
    // Two large customers are made one as a whole.
    const two = graph(nodes, [...links.slice(0, 29), ...links.slice(30).map(({ b }) => link(31, Number(b)))]);
    const both = cutGraph({ ...two, links: [...two.links, link(1, 31, { trust: 5, rule: 'agent.merge' })] });
    expect(members(both)).toHaveLength(1);
  });

  describe('within an hour', () => {
    const limit = GRAPH_LIMITS.joinsPerHour;
    const [first, ...others] = Array.from({ length: limit + 3 }, (_, index) => node(index + 1));
    const burst = (apartMs: number, more: Partial<GraphLink> = {}) =>
      others.map(({ id }, index) => link(1, Number(id), { evidenceAt: index * apartMs, ...more }));

    it('joins no more to one customer than happens to a person', () => {
      const cut = cutGraph(graph([first!, ...others], burst(1_000)));
      expect(Math.max(...cut.parts.map((part) => part.members.length))).toBe(limit + 1);
      expect([...cut.blocked]).toEqual([
        [`1 ${limit + 2} r`, 'rate'],
        [`1 ${limit + 3} r`, 'rate'],
      ]);
    });

    it('counts what both sides took in', () => {
      const nodes = Array.from({ length: limit + 2 }, (_, index) => node(index + 1));
      const half = limit / 2;
      const links = nodes
        .slice(2)
        .map(({ id }, index) => link(index < half ? 1 : 2, Number(id), { evidenceAt: index }));
      const cut = cutGraph(graph(nodes, [...links, link(1, 2, { evidenceAt: limit })]));
      expect([...cut.blocked]).toEqual([['1 2 r', 'rate']]);
    });

    it('joins as many as there are when they come slower', () => {
      expect(cutGraph(graph([first!, ...others], burst(hour / limit))).blocked.size).toBe(0);
    });

    it('does as agents say', () => {
      expect(cutGraph(graph([first!, ...others], burst(1_000, { trust: 5 }))).blocked.size).toBe(0);
    });

    it('lets agents make one of two who both were joined fast', () => {
      const nodes = Array.from({ length: limit * 2 + 2 }, (_, index) => node(index + 1));
      const links = nodes.slice(2).map(({ id }, index) => link(1 + (index % 2), Number(id), { evidenceAt: index }));
      const word = link(1, 2, { trust: 5, rule: 'agent.merge' });
      expect(members(cutGraph(graph(nodes, [...links, word])))).toHaveLength(1);
    });

    it('lets a burst of ids not keep out the number that came before them', () => {
      const nodes = [first!, ...others, phone(900)];
      const cut = cutGraph(graph(nodes, [link(1, 900, { evidenceAt: -1 }), ...burst(1_000)]));
      expect(cut.parts.find(({ members: ids }) => ids.includes('900'))?.members).toContain('1');
    });
  });
});

/** Graphs that are dense on purpose, so that guards meet. */
const graphs = fc
  .record({
    kinds: fc.array(fc.constantFrom('messenger_psid a', 'messenger_psid b', 'phone ', 'livechat_visitor w'), {
      minLength: 2,
      maxLength: 12,
    }),
    edges: fc.array(
      fc.record({ x: fc.nat(11), y: fc.nat(11), trust: fc.constantFrom(3, 4, 5), evidenceAt: fc.nat(5) }),
      { maxLength: 24 },
    ),
    forbidden: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 3 }),
    parted: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 3 }),
  })
  .map(({ kinds, edges, forbidden, parted }): IdentityGraph => {
    const pairs = (list: [number, number][]) =>
      list.filter(([x, y]) => x !== y && x < kinds.length && y < kinds.length).map(([x, y]) => pair(x + 1, y + 1));
    const nodes = kinds.map((text, index) => {
      const [kind, scope] = text.split(' ') as [string, string];
      return node(index + 1, { kind, scope });
    });
    const links = new Map(
      edges
        .filter(({ x, y }) => x !== y && x < kinds.length && y < kinds.length)
        .map(({ x, y, ...rest }) => link(x + 1, y + 1, { ...rest, rule: `r${rest.trust}` }))
        .map((one) => [linkKey(one), one]),
    );
    return { nodes, links: [...links.values()], forbidden: pairs(forbidden), parted: pairs(parted) };
  });

const small = { ...GRAPH_LIMITS, identities: 6, identitiesByProof: 4, perContactKind: 2 };
const asSet = (cut: Partition) => ({
  parts: cut.parts.map((part) => `${part.rootCustomerId}: ${part.members.join(' ')}`).sort(),
  blocked: [...cut.blocked].sort(),
  turnedShared: cut.turnedShared,
});

describe('cutGraph, for any graph', () => {
  it('does not depend on the order in which anything came', () => {
    fc.assert(
      fc.property(
        graphs.chain((one) =>
          fc.tuple(
            fc.constant(one),
            fc.shuffledSubarray(one.links as GraphLink[], { minLength: one.links.length }),
            fc.shuffledSubarray(one.nodes as GraphNode[], { minLength: one.nodes.length }),
          ),
        ),
        ([one, links, nodes]) => {
          expect(asSet(cutGraph({ ...one, links, nodes }, small))).toEqual(asSet(cutGraph(one, small)));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('makes parts that are exactly what the active links connect, and breaks no guard', () => {
    fc.assert(
      fc.property(graphs, (one) => {
        const cut = cutGraph(one, small);
        const partOf = new Map(cut.parts.flatMap((part, index) => part.members.map((id) => [id, index] as const)));
        expect(partOf.size).toBe(one.nodes.length);
        for (const { a, b } of one.forbidden) expect(partOf.get(a)).not.toBe(partOf.get(b));
        for (const part of cut.parts) expect(part.members.length).toBeLessThanOrEqual(small.identities);
        const active = one.links.filter((each) => !cut.blocked.has(linkKey(each)));
        for (const { a, b } of active) expect(partOf.get(a)).toBe(partOf.get(b));
        for (const part of cut.parts) expect(reached(part.members[0]!, active)).toEqual(new Set(part.members));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes the strongest evidence first', () => {
    fc.assert(
      fc.property(graphs, (one) => {
        const strongest = [...one.links].sort(compareLinks)[0];
        const cut = cutGraph({ ...one, forbidden: [], parted: [] });
        const guards = [...cut.blocked].filter(([key]) => strongest !== undefined && key === linkKey(strongest));
        expect(guards.filter(([, reason]) => reason === 'forbidden' || reason === 'size')).toEqual([]);
      }),
    );
  });
});

function reached(from: string, links: readonly GraphLink[]): Set<string> {
  const seen = new Set([from]);
  for (const id of seen) {
    for (const { a, b } of links) {
      if (a === id) seen.add(b);
      if (b === id) seen.add(a);
    }
  }
  return seen;
}
