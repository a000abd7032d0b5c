import type { TimelineEntry } from '@app/contracts';
import { publicId, type EntryRow } from './stored-entry.js';

/** Stands where a provider's identifier was. */
export const ERASED = 'erased';

/**
 * The entry of a person who was erased: that there was one, when and where, and nothing that was said. It does not look
 * into the body, whatever is left of it.
 */
export function toRedactedEntry(row: EntryRow): TimelineEntry {
  return {
    entry_id: publicId.entry(row.id),
    revision: row.revision,
    kind: row.kind,
    direction: row.direction,
    channel: row.channel,
    account_id: row.account_id,
    author:
      row.direction === 'inbound'
        ? { type: 'customer', id: publicId.identity(row.identity_id) }
        : { type: 'agent', id: row.account_id },
    occurred_at: row.occurred_at.toISOString(),
    received_at: row.received_at.toISOString(),
    stored_at: row.stored_at.toISOString(),
    state: 'redacted',
    provider: { name: ERASED, message_id: ERASED },
  };
}
