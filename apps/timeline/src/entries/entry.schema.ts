import { z } from 'zod';
import { timelineEntrySchema } from '@app/contracts';
import { text } from '../http/field.js';

/** An entry with what it hangs on. */
export const entrySchema = timelineEntrySchema
  .extend({
    identity_id: text('Identity; never changes for an entry', 'idn_42'),
    conversation_id: text('Conversation', 'cnv_0c1f2a34-5b6c-8d7e-9f00-112233445566'),
  })
  .meta({ id: 'Entry', description: 'An entry of a timeline' });

/** A page of a timeline. */
export const timelinePageSchema = z
  .object({
    customer_id: text('The customer asked for', 'cus_204518'),
    canonical_id: text('The customer whose timeline this is', 'cus_204518'),
    entries: z.array(entrySchema).meta({ description: 'Newest first by time, then id', examples: [[]] }),
    next_cursor: text('Where to go on; absent at the end', 'eyJhdCI6IiJ9.c2ln').optional(),
  })
  .meta({ id: 'TimelinePage', description: 'A page of a timeline' });

export type Entry = z.infer<typeof entrySchema>;
export type TimelinePage = z.infer<typeof timelinePageSchema>;
