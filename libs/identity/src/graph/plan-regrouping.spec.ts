import { cutGraph } from './cut-graph.js';
import { orderedPair, type IdentityGraph } from './identity-graph.js';
import { planRegrouping, type PlacedLink, type PlacedNode } from './plan-regrouping.js';

const placed = (id: number, customer: number, more: Partial<PlacedNode> = {}): PlacedNode => ({
  id: String(id),
  kind: 'livechat_visitor',
  scope: 'w',
  homeCustomerId: String(id),
  pin: null,
  shared: false,
  customerId: String(customer),
  version: 1,
  homeMergedInto: customer === id ? null : String(customer),
  ...more,
});
const link = (x: number, y: number): PlacedLink => ({
  ...orderedPair(String(x), String(y)),
  rule: 'r',
  trust: 4,
  evidenceAt: 0,
  blockedBy: null,
});
const plan = (nodes: PlacedNode[], links: PlacedLink[], more: Partial<IdentityGraph> = {}) =>
  planRegrouping(nodes, links, cutGraph({ nodes, links, forbidden: [], parted: [], ...more }));

describe('planRegrouping', () => {
  it('has nothing to do where the store says what the evidence says', () => {
    const { moves, links, customers } = plan([placed(1, 1), placed(2, 1)], [link(1, 2)]);
    expect({ moves, links, customers }).toEqual({ moves: [], links: [], customers: [] });
  });

  it('merges the younger customer into the older one, with all that had merged into it before', () => {
    const { moves, customers } = plan([placed(1, 1), placed(2, 2), placed(3, 2)], [link(2, 3), link(1, 3)]);
    expect(moves).toEqual([
      {
        op: 'merge',
        from: '2',
        to: '1',
        identities: [
          { id: '2', version: 2 },
          { id: '3', version: 2 },
        ],
        because: { rule: 'r', trust: 4 },
      },
    ]);
    expect(customers).toEqual([
      { id: '2', mergedInto: '1' },
      { id: '3', mergedInto: '1' },
    ]);
  });

  it('gives a part that stands alone again its own customer back', () => {
    const { moves, customers } = plan([placed(1, 1), placed(2, 1, { version: 2 }), placed(3, 1)], [link(2, 3)]);
    expect(moves).toEqual([
      {
        op: 'unmerge',
        from: '1',
        to: '2',
        identities: [
          { id: '2', version: 3 },
          { id: '3', version: 2 },
        ],
        because: null,
      },
    ]);
    expect(customers).toEqual([
      { id: '2', mergedInto: null },
      { id: '3', mergedInto: '2' },
    ]);
  });

  it('announces the one who returns before the one who goes', () => {
    const { moves } = plan([placed(1, 1), placed(2, 1, { pin: '5' })], [link(1, 2)]);
    expect(moves.map(({ op, from, to, identities }) => [op, from, to, identities.length])).toEqual([
      ['unmerge', '1', '2', 2],
      ['merge', '1', '2', 0],
    ]);
  });

  it('tells which links a guard holds back now', () => {
    const { links } = plan([placed(1, 1), placed(2, 2)], [link(1, 2)], { forbidden: [{ a: '1', b: '2' }] });
    expect(links).toEqual([{ ...link(1, 2), blockedBy: 'forbidden' }]);
  });
});
