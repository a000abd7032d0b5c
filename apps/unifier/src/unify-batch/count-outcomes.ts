import type { InboundEvent } from '@app/contracts';
import type { InsertedCount } from '@app/persistence';
import type { DecodedEvent } from './decode-record.js';

/** What became of an account's events in one batch; the three numbers add up to the events. */
export interface AccountOutcome {
  readonly channel: string;
  readonly account: string;
  readonly entries: number;
  readonly changes: number;
  readonly repeats: number;
}

/**
 * What has no row of its own: a receipt that names no message only raises a watermark, and the words of a post stand in its
 * place. Doing so again changes nothing and is not told apart.
 */
const isWithoutRow = (event: InboundEvent): boolean =>
  event.type === 'omni.inbound.post.updated' ||
  (event.type === 'omni.inbound.receipt.updated' && event.data.message_ids.length === 0);

/**
 * Tells entries, changes and repeats apart by what the store really inserted.
 *
 * @param newChangeIds ids of change rows that were new; a receipt makes one for each message, `<event id>:<message id>`
 */
export function countOutcomes(
  decoded: readonly DecodedEvent[],
  inserted: readonly InsertedCount[],
  newChangeIds: ReadonlySet<string>,
): AccountOutcome[] {
  const newEvents = new Set([...newChangeIds].map((id) => id.split(':', 1)[0]!));
  const held = new Map<
    string,
    { channel: string; account: string; events: number; entries: number; changes: number }
  >();
  const of = (channel: string, account: string) => {
    const key = `${channel} ${account}`;
    const counts = held.get(key) ?? { channel, account, events: 0, entries: 0, changes: 0 };
    held.set(key, counts);
    return counts;
  };
  for (const { event } of decoded) {
    const counts = of(event.data.channel, event.data.account_id);
    counts.events += 1;
    // Deleting makes a second copy within the batch a repeat.
    if (newEvents.delete(event.id) || isWithoutRow(event)) counts.changes += 1;
  }
  // A report is one event and always a change: of two batches that hold it at once, one may make its entry and the other
  // one keep the report.
  for (const row of inserted) of(row.channel, row.account_id).entries += row.inserted - row.reported;
  return [...held.values()].map(({ events, ...counts }) => ({
    ...counts,
    repeats: events - counts.entries - counts.changes,
  }));
}
