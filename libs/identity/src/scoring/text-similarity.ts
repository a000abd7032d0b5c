/** Longest text that is compared letter by letter, in UTF-16 units; the rest of a longer one is not looked at. */
export const MAX_COMPARED_CHARS = 64;

/** Share of the common prefix's bonus per letter, and how many letters count (Winkler 1990). */
const PREFIX_SCALE = 0.1;
const MAX_PREFIX = 4;

/** The greedy matching of Jaro depends on which side comes first, so the sides are put in order. */
function inOrder(a: string, b: string): readonly [string, string] {
  const [x, y] = [a.slice(0, MAX_COMPARED_CHARS), b.slice(0, MAX_COMPARED_CHARS)];
  return x.length < y.length || (x.length === y.length && x < y) ? [x, y] : [y, x];
}

/** Which letters have a partner; used again in every call: nothing is kept from one to the next. */
const [IN_SHORT, IN_LONG] = [0, 1].map(() => new Uint8Array(MAX_COMPARED_CHARS)) as [Uint8Array, Uint8Array];

/** Marks in both texts the letters that have a partner within reach. @returns the number of partners */
function matchLetters(short: string, long: string): number {
  IN_SHORT.fill(0);
  IN_LONG.fill(0);
  const reach = Math.max(0, Math.floor(long.length / 2) - 1);
  let matches = 0;
  for (let i = 0; i < short.length; i += 1) {
    const letter = short.charCodeAt(i);
    const end = Math.min(long.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j += 1) {
      if (letter !== long.charCodeAt(j) || IN_LONG[j] === 1) continue;
      IN_SHORT[i] = IN_LONG[j] = 1;
      matches += 1;
      break;
    }
  }
  return matches;
}

function countTranspositions(short: string, long: string): number {
  let [transpositions, j] = [0, 0];
  for (let i = 0; i < short.length; i += 1) {
    if (IN_SHORT[i] === 0) continue;
    while (IN_LONG[j] === 0) j += 1;
    if (short[i] !== long[j]) transpositions += 1;
    j += 1;
  }
  return transpositions / 2;
}

/**
 * Likeness of two short texts after Jaro and Winkler; letters at the front count more.
 *
 * @returns 0 (nothing in common, or one is empty) to 1 (equal); symmetric
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1;
  const [short, long] = inOrder(a, b);
  const matches = matchLetters(short, long);
  if (matches === 0) return 0;
  const moved = countTranspositions(short, long);
  const jaro = (matches / short.length + matches / long.length + (matches - moved) / matches) / 3;
  let prefix = 0;
  while (prefix < Math.min(MAX_PREFIX, short.length) && short[prefix] === long[prefix]) prefix += 1;
  return jaro + prefix * PREFIX_SCALE * (1 - jaro);
}

/** Rows of the table of distances, used again in every call: nothing is kept from one to the next. */
const ROWS = [0, 1, 2].map(() => new Uint8Array(MAX_COMPARED_CHARS + 1));

/** Cuts off what both texts begin and end with, which costs no slip. */
function stripCommon(a: string, b: string): readonly [string, string] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [endOfA, endOfB] = [a.length, b.length];
  while (endOfA > start && endOfB > start && a[endOfA - 1] === b[endOfB - 1])
    [endOfA, endOfB] = [endOfA - 1, endOfB - 1];
  return [a.slice(start, endOfA), b.slice(start, endOfB)];
}

/**
 * Number of slips between two short texts: letters left out, added, changed, or swapped with their neighbour (Damerau
 * and Levenshtein, optimal string alignment: no letter is touched twice).
 *
 * @param limit work stops beyond it
 * @returns the number, or `limit + 1` for anything greater; symmetric
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  const [x, y] = stripCommon(a.slice(0, MAX_COMPARED_CHARS), b.slice(0, MAX_COMPARED_CHARS));
  if (Math.abs(x.length - y.length) > limit) return limit + 1;
  let [before, above, row] = ROWS as [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= y.length; j += 1) above[j] = j;
  for (let i = 1; i <= x.length; i += 1) {
    row[0] = i;
    let leastOfRow = i;
    for (let j = 1; j <= y.length; j += 1) {
      const same = x.charCodeAt(i - 1) === y.charCodeAt(j - 1);
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1];
      if (swapped) least = Math.min(least, before[j - 2]! + 1);
      row[j] = least;
      if (least < leastOfRow) leastOfRow = least;
    }
    if (leastOfRow > limit) return limit + 1;
    [before, above, row] = [above, row, before];
  }
  return Math.min(above[y.length]!, limit + 1);
}
