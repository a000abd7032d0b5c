import type { ReferenceConsumer, TimelineRecord } from './reference-consumer.js';

/** Numbers below a bound, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Reads partitions to their ends in a random interleaving. Now and then one of them goes back, as after a crash before a
 * commit, so that about every record is read twice.
 *
 * @param seed the same seed makes the same interleaving
 */
export function readInterleaved(
  consumer: ReferenceConsumer,
  partitions: readonly (readonly TimelineRecord[])[],
  seed: number,
): void {
  const roll = dice(seed);
  const next = partitions.map(() => 0);
  const unread = (): number[] => partitions.flatMap((records, index) => (next[index]! < records.length ? [index] : []));
  let repeats = partitions.reduce((sum, records) => sum + records.length, 0);
  for (let open = unread(); open.length > 0; open = unread()) {
    const index = open[roll(open.length)]!;
    consumer.read(partitions[index]![next[index]!]!);
    next[index] = next[index]! + 1;
    if (repeats > 0 && roll(6) === 0) {
      const back = roll(Math.min(repeats, next[index]!) + 1);
      next[index] = next[index]! - back;
      repeats -= back;
    }
  }
}
