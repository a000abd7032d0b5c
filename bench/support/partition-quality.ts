import { identityText, type IdentityPair, type LogTruth, type Name } from './omnichannel/truth.js';

/** An identity as stored. */
export interface PlacedIdentity extends Name {
  readonly epoch: number;
  readonly customer_id: string;
}

/** Right among what was found, and found among what is right; 0 to 1. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
}

/** How a partition of identities compares with the truth. */
export interface PartitionQuality {
  /** People who share a customer with somebody else, once for each person too many. */
  readonly falseMerges: number;
  /** Customers that hold them, as lists of identities. */
  readonly examples: readonly (readonly string[])[];
  /** Pairs of identities that the log proves to be one person, over any number of steps. */
  readonly provablePairs: number;
  readonly provedPairs: number;
  /** Some of the provable pairs that are in two customers. */
  readonly missed: readonly IdentityPair[];
  /** Of pairs, against what is provable. */
  readonly pairwise: PrecisionRecall;
  /** Of the customer around each identity (Bagga and Baldwin 1998), against what is provable. */
  readonly bCubed: PrecisionRecall;
  /** Of pairs, against who the people really are, proved or not. */
  readonly pairwiseOfPeople: PrecisionRecall;
}

/** Groups of things that pairs connect. */
function components(pairs: readonly IdentityPair[]): Map<string, readonly string[]> {
  const groupOf = new Map<string, string[]>();
  for (const [one, other] of pairs) {
    const [x, y] = [groupOf.get(one) ?? [one], groupOf.get(other) ?? [other]];
    if (x === y) continue;
    const joined = [...x, ...y];
    for (const text of joined) groupOf.set(text, joined);
  }
  return groupOf;
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

/** Compares two groupings of the same things. */
function comparePairs(items: readonly string[], foundOf: (item: string) => string, rightOf: (item: string) => string) {
  const inPairs = (keyOf: (item: string) => string): number =>
    sum([...groupBy(items, keyOf).values()].map((group) => pairsOf(group.length)));
  const both = inPairs((item) => `${foundOf(item)} ${rightOf(item)}`);
  return { both, found: inPairs(foundOf), right: inPairs(rightOf) };
}

function bCubedOf(items: readonly string[], foundOf: (item: string) => string, rightOf: (item: string) => string) {
  const sizes = (keyOf: (item: string) => string) => groupBy(items, keyOf);
  const [found, right] = [sizes(foundOf), sizes(rightOf)];
  const both = sizes((item) => `${foundOf(item)} ${rightOf(item)}`);
  const mean = (of: Map<string, string[]>, keyOf: (item: string) => string): number =>
    share(
      sum(items.map((item) => both.get(`${foundOf(item)} ${rightOf(item)}`)!.length / of.get(keyOf(item))!.length)),
      items.length,
    );
  return { precision: mean(found, foundOf), recall: mean(right, rightOf) };
}

/**
 * Compares who is with whom in the store with the truth. Identities that several people used, and those that nobody's
 * are, count for nobody: any customer that holds one of them is right as far as it goes.
 */
export function judgePartition(identities: readonly PlacedIdentity[], truth: LogTruth): PartitionQuality {
  const customerOf = new Map(identities.map((one) => [identityText(one, one.epoch), one.customer_id]));
  const ownerOf = new Map<string, string>();
  for (const text of customerOf.keys()) {
    const owners = truth.ownersOf.get(text);
    if (owners?.size === 1) ownerOf.set(text, String([...owners][0]));
  }
  const items = [...ownerOf.keys()];
  const provable = components(truth.proofs);
  const foundOf = (text: string): string => customerOf.get(text)!;
  const personOf = (text: string): string => ownerOf.get(text)!;
  const provenOf = (text: string): string => provable.get(text)?.[0] ?? text;
  const crowded = [...groupBy(items, foundOf).values()]
    .map((texts) => ({ texts, surplus: new Set(texts.map(personOf)).size - 1 }))
    .filter(({ surplus }) => surplus > 0);
  const proofs = [...new Set(provable.values())];
  const missed = proofs.flatMap((group) =>
    group.flatMap((one, at) =>
      group
        .slice(at + 1)
        .flatMap((other): IdentityPair[] =>
          customerOf.get(one) !== undefined && foundOf(one) === customerOf.get(other) ? [] : [[one, other]],
        ),
    ),
  );
  const provablePairs = sum(proofs.map((group) => pairsOf(group.length)));
  const proven = comparePairs(items, foundOf, provenOf);
  const people = comparePairs(items, foundOf, personOf);
  return {
    falseMerges: sum(crowded.map(({ surplus }) => surplus)),
    examples: crowded.slice(0, 5).map(({ texts }) => texts),
    provablePairs,
    provedPairs: provablePairs - missed.length,
    missed: missed.slice(0, 10),
    pairwise: { precision: share(proven.both, proven.found), recall: share(proven.both, proven.right) },
    bCubed: bCubedOf(items, foundOf, provenOf),
    pairwiseOfPeople: { precision: share(people.both, people.found), recall: share(people.both, people.right) },
  };
}
