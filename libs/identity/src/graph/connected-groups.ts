/**
 * Sorts pairs into groups that share no end.
 *
 * @param endsOf names of both ends of a pair
 */
export function connectedGroups<P>(
  pairs: readonly P[],
  endsOf: (pair: P) => readonly [string, string],
): readonly (readonly P[])[] {
  const leaderOf = new Map<string, string>();
  const lead = (end: string): string => {
    let leader = end;
    while ((leaderOf.get(leader) ?? leader) !== leader) leader = leaderOf.get(leader)!;
    // The whole way, not its beginning alone: else a long chain is walked again from each of its places.
    for (let at = end; at !== leader;) {
      const next = leaderOf.get(at)!;
      leaderOf.set(at, leader);
      at = next;
    }
    return leader;
  };
  for (const pair of pairs) {
    const [one, other] = endsOf(pair);
    leaderOf.set(lead(one), lead(other));
  }
  const groups = new Map<string, P[]>();
  for (const pair of pairs) {
    const leader = lead(endsOf(pair)[0]);
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [pair]);
    else group.push(pair);
  }
  return [...groups.values()];
}
