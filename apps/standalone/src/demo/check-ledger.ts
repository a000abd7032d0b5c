import { entryName, type ExpectedEntry, type Ledger } from './ledger.js';
import { providerIdOf, type SeenEntry } from './seen-entry.js';

/** What differs between the ledger and what the system shows; every list is empty when all is well. */
export interface LedgerResult {
  /** Sent and acknowledged, but not there. */
  readonly missing: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** There, but not as it was sent: which, and what about it. */
  readonly wrong: readonly string[];
  /** Forged, but there. */
  readonly smuggled: readonly string[];
  /** There, but never sent. */
  readonly unexpected: readonly string[];
}

/** Whether nothing was lost, doubled, changed or let in. */
export const isClean = (result: LedgerResult): boolean =>
  Object.values(result).every((list: readonly string[]) => list.length === 0);

function differences(expected: ExpectedEntry, seen: SeenEntry): readonly string[] {
  const claims: readonly (readonly [string, boolean])[] = [
    ['direction', seen.direction === expected.direction],
    ['taken back', (seen.state === 'deleted_by_sender') === expected.isRemoved],
    ['edited', expected.isRemoved || (seen.edited_at !== undefined) === expected.isEdited],
    ['reaction', seen.reactions.length > 0 === expected.isReactedTo],
    ['read', (seen.delivery?.status === 'read') === expected.isRead],
    ['time', expected.at === undefined || Date.parse(seen.occurred_at) === expected.at.getTime()],
    ['text', expected.isRemoved || expected.text === undefined || seen.content?.text?.trim() === expected.text],
  ];
  return claims.filter(([, holds]) => !holds).map(([what]) => what);
}

/**
 * Compares what was sent with what is shown.
 *
 * @param entries every entry on the timelines of those who wrote
 */
export function checkLedger(ledger: Ledger, entries: readonly SeenEntry[]): LedgerResult {
  const byName = new Map<string, SeenEntry[]>();
  for (const entry of entries) {
    const name = entryName(entry.account_id, providerIdOf(entry));
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  const nameOf = ({ account, id }: ExpectedEntry): string => entryName(account, id);
  const known = new Set(ledger.expected.map(nameOf));
  return {
    missing: ledger.expected.map(nameOf).filter((name) => !byName.has(name)),
    doubled: ledger.expected.map(nameOf).filter((name) => (byName.get(name)?.length ?? 0) > 1),
    wrong: ledger.expected.flatMap((expected) => {
      const [seen] = byName.get(nameOf(expected)) ?? [];
      const what = seen === undefined ? [] : differences(expected, seen);
      return what.length === 0 ? [] : [`${nameOf(expected)}: ${what.join(', ')}`];
    }),
    smuggled: [...ledger.forged].filter((name) => byName.has(name)),
    unexpected: [...byName.keys()].filter((name) => !known.has(name) && !ledger.forged.has(name)),
  };
}
