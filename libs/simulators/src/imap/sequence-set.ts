/**
 * Numbers of a set such as `2:4,9,12:*` that exist.
 *
 * @param existing ascending; `*` is its last element, and `n:*` names it even when it is below n (RFC 9051, section 9)
 */
export function numbersIn(set: string, existing: readonly number[]): readonly number[] {
  const last = existing.at(-1);
  if (last === undefined) return [];
  const valueOf = (text: string | undefined): number => (text === '*' ? last : Number(text));
  const ranges = set.split(',').map((part): readonly [number, number] => {
    const [from, to] = part.split(':');
    const low = valueOf(from);
    const high = to === undefined ? low : valueOf(to);
    return low <= high ? [low, high] : [high, low];
  });
  return existing.filter((number) => ranges.some(([low, high]) => number >= low && number <= high));
}
