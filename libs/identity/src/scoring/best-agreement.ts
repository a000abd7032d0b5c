import type { Agreement } from './comparison.js';

/** Total, so that the order of values and of sides decides nothing. */
function compareAgreements(x: Agreement, y: Agreement): number {
  const [termsOfX, termsOfY] = [x.terms ?? [], y.terms ?? []];
  const [textOfX, textOfY] = [[...termsOfX].sort().join(' '), [...termsOfY].sort().join(' ')];
  return x.level - y.level || termsOfY.length - termsOfX.length || (textOfX < textOfY ? -1 : textOfX > textOfY ? 1 : 0);
}

/**
 * The strongest agreement between any value of one side and any of the other; of equal ones that with more terms.
 *
 * @returns undefined when a side has no value, or no two values can be compared
 */
export function bestAgreement<V>(
  as: readonly V[],
  bs: readonly V[],
  compare: (a: V, b: V) => Agreement | undefined,
): Agreement | undefined {
  let best: Agreement | undefined;
  for (const a of as) {
    for (const b of bs) {
      const found = compare(a, b);
      if (found !== undefined && (best === undefined || compareAgreements(found, best) < 0)) best = found;
    }
  }
  return best;
}
