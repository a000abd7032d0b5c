/** Two record ids and how sure a program is that they are one person. */
export interface ScoredPair {
  readonly a: string;
  readonly b: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** Shares from 0 to 1. */
export interface Quality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** What is true, in pairs. */
export interface Truth {
  /** The person behind a record. */
  readonly personOf: ReadonlyMap<string, string>;
  /** Whether a pair counts; linking two lists counts pairs across them only. */
  readonly counts: (a: string, b: string) => boolean;
  readonly truePairs: number;
}

function toQuality(right: number, found: number, truePairs: number): Quality {
  const [precision, recall] = [found === 0 ? 1 : right / found, right / truePairs];
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Counts the true pairs. @param personOf the person behind each record */
export function makeTruth(personOf: ReadonlyMap<string, string>, counts: Truth['counts']): Truth {
  const records = new Map<string, string[]>();
  for (const [record, person] of personOf) records.set(person, [...(records.get(person) ?? []), record]);
  return {
    personOf,
    counts,
    truePairs: [...records.values()].reduce((sum, group) => sum + countPairs(group, counts), 0),
  };
}

const countPairs = (group: readonly string[], counts: Truth['counts']): number =>
  group.reduce((sum, a, index) => sum + group.slice(index + 1).filter((b) => counts(a, b)).length, 0);

const isRight = ({ personOf }: Truth, a: string, b: string): boolean => personOf.get(a) === personOf.get(b);

/** Quality of the pairs themselves, as Splink's notebooks measure it. */
export function pairQuality(pairs: readonly ScoredPair[], truth: Truth, threshold: number): Quality {
  const found = pairs.filter(({ probability }) => probability >= threshold);
  return toQuality(found.filter(({ a, b }) => isRight(truth, a, b)).length, found.length, truth.truePairs);
}

/** Groups records that pairs connect, however far around. */
function connect(pairs: readonly ScoredPair[]): string[][] {
  const groupOf = new Map<string, string[]>();
  for (const { a, b } of pairs) {
    const [x, y] = [groupOf.get(a) ?? [a], groupOf.get(b) ?? [b]];
    if (x === y) continue;
    const joined = [...x, ...y];
    for (const record of joined) groupOf.set(record, joined);
  }
  return [...new Set(groupOf.values())];
}

/** Quality of all pairs within the groups that the pairs connect. */
export function clusterQuality(pairs: readonly ScoredPair[], truth: Truth, threshold: number): Quality {
  let [right, found] = [0, 0];
  for (const group of connect(pairs.filter(({ probability }) => probability >= threshold))) {
    for (const [index, a] of group.entries()) {
      for (const b of group.slice(index + 1)) {
        if (!truth.counts(a, b)) continue;
        found += 1;
        if (isRight(truth, a, b)) right += 1;
      }
    }
  }
  return toQuality(right, found, truth.truePairs);
}

/** The best F1 of the pairs at any threshold: what labels, which nobody has, would choose. */
export function bestPairF1(pairs: readonly ScoredPair[], truth: Truth): number {
  const sorted = [...pairs].sort((x, y) => y.probability - x.probability);
  let [right, best] = [0, 0];
  for (const [index, pair] of sorted.entries()) {
    if (isRight(truth, pair.a, pair.b)) right += 1;
    if (sorted[index + 1]?.probability === pair.probability) continue;
    best = Math.max(best, toQuality(right, index + 1, truth.truePairs).f1);
  }
  return best;
}
