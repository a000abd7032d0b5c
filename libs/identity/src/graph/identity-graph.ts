/** An identity as the graph sees it. Ids are decimal numbers as text. */
export interface GraphNode {
  readonly id: string;
  readonly kind: string;
  readonly scope: string;
  /** The customer that it was born with, to which it returns when nothing else holds it. */
  readonly homeCustomerId: string;
  /** Number of an agent's decision that this home shall survive merges; the highest wins. Null: none. */
  readonly pin: string | null;
  /** Used by several people: it never joins anybody. */
  readonly shared: boolean;
}

/** Evidence that two identities are one person, strong enough to join them; `a` is the smaller id. */
export interface GraphLink {
  readonly a: string;
  readonly b: string;
  readonly rule: string;
  /** 2 to 5 (identity design, section 3.2). */
  readonly trust: number;
  /** When it was first seen, in milliseconds since 1970. */
  readonly evidenceAt: number;
}

/** A "no" between two identities: they are never in one customer. */
export interface ForbiddenPair {
  readonly a: string;
  readonly b: string;
}

/** Everything that decides who is who among some identities. */
export interface IdentityGraph {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  readonly forbidden: readonly ForbiddenPair[];
  /** Pairs of which somebody took evidence back: other evidence on the same pair does not bring it back either. */
  readonly parted: readonly ForbiddenPair[];
}

/** Orders ids by their number. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Both ends of a pair, the smaller id first. */
export function orderedPair(x: string, y: string): { readonly a: string; readonly b: string } {
  return compareIds(x, y) < 0 ? { a: x, b: y } : { a: y, b: x };
}

/** Name of a link, unique in a graph. */
export const linkKey = (link: Pick<GraphLink, 'a' | 'b' | 'rule'>): string => `${link.a} ${link.b} ${link.rule}`;
