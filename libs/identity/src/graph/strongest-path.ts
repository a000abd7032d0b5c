import type { GraphLink } from './identity-graph.js';

/**
 * The chain of evidence that best explains why two identities are one person: its weakest link is as strong as can be,
 * and of such chains it is the shortest.
 *
 * @returns links from `from` to `to` in order; empty when both are the same; undefined when nothing connects them
 */
export function strongestPath<L extends Pick<GraphLink, 'a' | 'b' | 'trust'>>(
  links: readonly L[],
  from: string,
  to: string,
): readonly L[] | undefined {
  const levels = [...new Set(links.map((link) => link.trust))].sort((x, y) => y - x);
  for (const level of levels) {
    const path = shortestPath(
      links.filter((link) => link.trust >= level),
      from,
      to,
    );
    if (path !== undefined) return path;
  }
  return from === to ? [] : undefined;
}

function shortestPath<L extends Pick<GraphLink, 'a' | 'b'>>(
  links: readonly L[],
  from: string,
  to: string,
): readonly L[] | undefined {
  const neighbours = new Map<string, { link: L; other: string }[]>();
  for (const link of links) {
    for (const [id, other] of [
      [link.a, link.b],
      [link.b, link.a],
    ] as const) {
      const known = neighbours.get(id);
      if (known === undefined) neighbours.set(id, [{ link, other }]);
      else known.push({ link, other });
    }
  }
  const pathTo = new Map<string, readonly L[]>([[from, []]]);
  const queue = [from];
  for (const id of queue) {
    if (id === to) break;
    for (const { link, other } of neighbours.get(id) ?? []) {
      if (pathTo.has(other)) continue;
      pathTo.set(other, [...pathTo.get(id)!, link]);
      queue.push(other);
    }
  }
  return pathTo.get(to);
}
