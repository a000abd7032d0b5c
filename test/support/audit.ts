import type { Database } from '@app/persistence';
import type { ReadRecord } from './topic-reader.js';

/** What must be nothing, whatever died when: each number names a broken promise. */
export interface StoreAudit {
  readonly entries: number;
  /** Accepted, but not on a timeline. */
  readonly lost: readonly string[];
  /** On a timeline, although nobody was told that it is kept or nobody sent it. */
  readonly strange: readonly string[];
  readonly outbox: number;
  /** Conversations whose counter is not the number of their entries. */
  readonly wrongCounters: number;
  readonly identitiesWithoutCustomer: number;
  /** Who stand for themselves; the homes of joined identities do not count. */
  readonly customers: number;
  readonly pendingChanges: number;
}

/** Compares the store with the ledger of what was accepted. */
export async function auditStore(database: Database, accepted: ReadonlySet<string>): Promise<StoreAudit> {
  const ids = (await database.query<{ id: string }>('SELECT id FROM entry')).map(({ id }) => id);
  const stored = new Set(ids);
  const [rest] = await database.query<Omit<StoreAudit, 'entries' | 'lost' | 'strange'>>(`SELECT
    (SELECT count(*)::int FROM outbox) AS outbox,
    (SELECT count(*)::int FROM conversation c
      WHERE c.entries <> (SELECT count(*) FROM entry e WHERE e.conversation_id = c.id)) AS "wrongCounters",
    (SELECT count(*)::int FROM identity i WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = i.customer_id))
      AS "identitiesWithoutCustomer",
    (SELECT count(*)::int FROM customer WHERE status = 'active') AS customers,
    (SELECT count(*)::int FROM change WHERE NOT applied) AS "pendingChanges"`);
  return {
    ...rest!,
    entries: ids.length,
    lost: [...accepted].filter((id) => !stored.has(id)),
    strange: ids.filter((id) => !accepted.has(id)),
  };
}

/** What a reader of the public topic can hold against it. */
export interface TopicAudit {
  /** Entries announced, each counted once. */
  readonly appended: number;
  /** Entries that were announced by two different events. */
  readonly announcedTwice: number;
  /** Customers whose numbers, at their first appearance, are not 1, 2, 3, … */
  readonly gaps: readonly string[];
  /** Repeats that differ from what they repeat. */
  readonly unequalRepeats: number;
  /** Records that a crash between append and mark made appear again; allowed. */
  readonly repeats: number;
}

/** Reads `omni.timeline.v1` as a consumer does: first appearances in order, repeats equal (guarantees G3 and G8). */
export function auditTopic(records: readonly ReadRecord[]): TopicAudit {
  const byId = new Map<string, ReadRecord>();
  const highest = new Map<string, bigint>();
  const eventOfEntry = new Map<string, string>();
  const gaps = new Set<string>();
  let [repeats, unequalRepeats, announcedTwice] = [0, 0, 0];
  for (const record of records) {
    const { ce_id: id = '', ce_subject: subject = '', ce_sequence: sequence = '0', ce_type: type } = record.headers;
    const before = byId.get(id);
    if (before !== undefined) {
      repeats += 1;
      if (!before.value.equals(record.value) || before.headers['ce_sequence'] !== sequence) unequalRepeats += 1;
      continue;
    }
    byId.set(id, record);
    if (BigInt(sequence) !== (highest.get(subject) ?? 0n) + 1n) gaps.add(`${subject} ${sequence}`);
    highest.set(subject, BigInt(sequence));
    if (type !== 'omni.timeline.entry.appended') continue;
    const { entry } = JSON.parse(String(record.value)) as { entry: { entry_id: string } };
    if (eventOfEntry.has(entry.entry_id)) announcedTwice += 1;
    eventOfEntry.set(entry.entry_id, id);
  }
  return { appended: eventOfEntry.size, announcedTwice, gaps: [...gaps], unequalRepeats, repeats };
}
