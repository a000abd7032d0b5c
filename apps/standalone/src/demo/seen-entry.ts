import { z } from 'zod';

/** The parts of an entry that the demonstration looks at; the API sends more. */
export const seenEntrySchema = z.object({
  entry_id: z.string(),
  revision: z.int(),
  direction: z.string(),
  channel: z.string(),
  account_id: z.string(),
  occurred_at: z.string(),
  state: z.string(),
  content: z
    .object({
      type: z.string(),
      text: z.string().optional(),
      visible_text: z.string().optional(),
      subject: z.string().optional(),
    })
    .optional(),
  attachments: z.array(z.object({ kind: z.string(), filename: z.string().optional() })).default([]),
  provider: z.object({ message_id: z.string() }),
  mail: z.object({ message_id: z.string().optional() }).optional(),
  reactions: z.array(z.object({ emoji: z.string().optional(), reaction: z.string().optional() })).default([]),
  edited_at: z.string().optional(),
  delivery: z.object({ status: z.string() }).optional(),
  flags: z.array(z.string()).default([]),
});

/** An entry as the demonstration sees it. */
export type SeenEntry = z.infer<typeof seenEntrySchema>;

/** Provider's id of an entry; of a mail its Message-ID, because the connector's own id is a digest. */
export const providerIdOf = (entry: SeenEntry): string => entry.mail?.message_id ?? entry.provider.message_id;
