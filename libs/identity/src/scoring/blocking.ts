/** Two positions in a list of records, the smaller first. */
export type IndexPair = readonly [number, number];

/** Options of {@link findCandidates}. */
export interface BlockingOptions<R> {
  /** Keys under which a record is filed; two records that share one are compared. */
  readonly keysOf: (record: R) => readonly string[];
  /** Larger blocks are passed over: what so many records share tells nobody apart. */
  readonly maxBlockSize?: number;
  /** Whether two records may be the same at all; for linking two lists that hold nobody twice. */
  readonly mayPair?: (a: R, b: R) => boolean;
}

/** Pairs worth a comparison, and what was passed over. */
export interface Candidates {
  /** Rising, each once. */
  readonly pairs: readonly IndexPair[];
  readonly skippedBlocks: number;
}

const DEFAULT_MAX_BLOCK_SIZE = 500;

/** Records under each of their keys. */
function fileRecords<R>(records: readonly R[], keysOf: (record: R) => readonly string[]): Map<string, number[]> {
  const blocks = new Map<string, number[]>();
  for (const [index, record] of records.entries()) {
    for (const key of new Set(keysOf(record))) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [index]);
      else block.push(index);
    }
  }
  return blocks;
}

/** Finds the pairs of records that share a key, so that not everybody has to be compared with everybody. */
export function findCandidates<R>(records: readonly R[], options: BlockingOptions<R>): Candidates {
  const { keysOf, mayPair, maxBlockSize = DEFAULT_MAX_BLOCK_SIZE } = options;
  const partners = new Map<number, Set<number>>();
  let skippedBlocks = 0;
  for (const block of fileRecords(records, keysOf).values()) {
    if (block.length > maxBlockSize) {
      skippedBlocks += 1;
      continue;
    }
    for (const [position, first] of block.entries()) {
      for (const second of block.slice(position + 1)) {
        if (mayPair !== undefined && !mayPair(records[first]!, records[second]!)) continue;
        partners.set(first, (partners.get(first) ?? new Set<number>()).add(second));
      }
    }
  }
  const pairs = [...partners]
    .sort(([a], [b]) => a - b)
    .flatMap(([first, seconds]) => [...seconds].sort((a, b) => a - b).map((second): IndexPair => [first, second]));
  return { pairs, skippedBlocks };
}
