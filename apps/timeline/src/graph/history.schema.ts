import { z } from 'zod';
import { instant, text } from '../http/field.js';

const mergeRecordSchema = z
  .object({
    merge_id: text('Its number, for undo', 'mrg_1200'),
    op: text('merge or unmerge', 'merge'),
    from_customer_id: text('Gave the identities', 'cus_204527'),
    to_customer_id: text('Has them since', 'cus_204518'),
    identity_ids: z.array(text('Identity', 'idn_42')).meta({ description: 'What moved', examples: [['idn_42']] }),
    rule: text('The evidence or decision behind it', 'zalo.user_id_by_app'),
    trust: z.int().meta({ description: 'Level of the evidence, 2 to 5; 5 is an agent', examples: [4] }),
    actor: z
      .object({ type: text('system or agent', 'agent'), id: text('The agent', 'lan').optional() })
      .meta({ id: 'RecordedActor', description: 'Who decided' }),
    reason: text('Why, as the agent wrote it', 'Khách xác nhận qua điện thoại').optional(),
    at: instant('When'),
    batch_id: text('The same for everything that was decided together', '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122'),
    undoes: text('What it took back', 'mrg_1100').optional(),
    undone_by: text('What took it back', 'mrg_1201').optional(),
  })
  .meta({ id: 'MergeRecord', description: 'A merge or an unmerge, as it was decided' });

/** A page of the history of who is who around a customer. */
export const mergeHistorySchema = z
  .object({
    customer_id: text('The customer asked for', 'cus_204518'),
    canonical_id: text('The customer whose history this is', 'cus_204518'),
    merges: z.array(mergeRecordSchema).meta({ description: 'Newest first', examples: [[]] }),
    next_cursor: text('Where to go on; absent at the end', 'eyJpZCI6IiJ9.c2ln').optional(),
  })
  .meta({ id: 'MergeHistory', description: 'How a customer came together' });

/** Customers with which one is never to be joined. */
export const distinctListSchema = z
  .object({
    customer_id: text('The customer asked for', 'cus_204518'),
    canonical_id: text('The customer that it is now', 'cus_204518'),
    distinct_from: z
      .array(
        z
          .object({
            customer_id: text('The other customer', 'cus_204527'),
            ref: text('Its reference', 'KH-2045271'),
            display_name: text('Best name known', 'Trần Thị Bưởi').optional(),
            author: text('Who said so', 'lan'),
            reason: text('Why', 'Hai chị em'),
            at: instant('When'),
          })
          .meta({ id: 'DistinctCustomer', description: 'A customer that is somebody else' }),
      )
      .meta({ description: 'Latest decision first; at most 200', examples: [[]] }),
  })
  .meta({ id: 'DistinctList', description: 'Customers that are never one person with this one' });

export type MergeHistory = z.infer<typeof mergeHistorySchema>;
export type DistinctList = z.infer<typeof distinctListSchema>;
