import type { NamedStatement, Queryable } from '../database.js';
import { ERASED } from '../timeline/redacted-entry.js';
import { publicId } from '../timeline/stored-entry.js';
import type { OutboxRow } from './outbox-row.js';

/**
 * Takes content and names out of stored events. The pattern is the identity as JSON writes it, with and without the blank
 * of PostgreSQL; within a text the quotation marks would be escaped. Doing it again changes nothing.
 */
const SCRUB: NamedStatement = {
  name: 'relay-scrub',
  text: `UPDATE event SET payload = (CASE type
           WHEN 'omni.customer.state' THEN payload::jsonb - 'display_name'
           ELSE jsonb_set(payload::jsonb, '{entry}', (payload::jsonb -> 'entry')
             - ARRAY['content', 'attachments', 'mail', 'post', 'reactions', 'reply_to_entry_id', 'edited_at', 'delivery', 'flags']
             || '{"state": "redacted", "provider": {"name": "${ERASED}", "message_id": "${ERASED}"}}')
         END)::text
   WHERE type IN ('omni.timeline.entry.appended', 'omni.timeline.entry.changed', 'omni.customer.state')
     AND payload LIKE ANY($1::text[])`,
};

/**
 * Makes the stored stream forget some identities, so that no reader finds them there from now on, and what waits for the
 * broker goes out without them. It looks at every stored event; erasures are rare.
 *
 * @param identityIds internal ids
 */
export async function scrubIdentities(transaction: Queryable, identityIds: readonly string[]): Promise<void> {
  if (identityIds.length === 0) return;
  const patterns = identityIds
    .map(publicId.identity)
    .flatMap((id) => [`%"identity_id":"${id}"%`, `%"identity_id": "${id}"%`]);
  await transaction.query(SCRUB, [patterns]);
}

/**
 * The same for those whom the claimed rows erase.
 *
 * It has to run where the claim does: whatever an earlier claim stored is there, and a later one reads what the erasure
 * left.
 */
export async function scrubEvents(transaction: Queryable, outbox: readonly OutboxRow[]): Promise<void> {
  const erased = outbox.flatMap((row) => (row.kind === 'customer.erased' ? row.payload.identities : []));
  await scrubIdentities(transaction, erased);
}
