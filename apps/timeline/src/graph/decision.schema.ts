import { z } from 'zod';
import { customerSchema } from '../customers/customer.schema.js';
import { instant, text } from '../http/field.js';

/** A reason for or against, in a form for programs and one for people. */
export const statementSchema = z
  .object({
    code: text('Stable: what programs switch on', 'claims_identity'),
    sentence: text('For people', 'Claims the phone number +84 912…678 in a message, unverified.'),
    identity_id: text('The identity that it is about', 'idn_42').optional(),
    entry_id: text('The entry that it comes from', 'ent_0c1f2a34-5b6c-8d7e-9f00-112233445566').optional(),
    author: text('Who said so', 'lan').optional(),
    at: instant('When').optional(),
  })
  .meta({ id: 'Statement', description: 'A reason in words' });

const moveSchema = z
  .object({
    merge_id: text('Its number, for undo; absent in a dry run', 'mrg_1200').optional(),
    op: text('merge: `from` has nothing left; unmerge: `to` comes back or takes from one that stays', 'merge'),
    from_customer_id: text('Gave the identities', 'cus_204527'),
    to_customer_id: text('Has them now', 'cus_204518'),
    identities: z
      .array(
        z
          .object({
            identity_id: text('Identity', 'idn_42'),
            version: z.int().meta({ description: 'Version of its mapping, as on the stream', examples: [4] }),
          })
          .meta({ id: 'IdentityVersion', description: 'An identity and the version of its mapping' }),
      )
      .meta({ description: 'Identities that moved', examples: [[]] }),
  })
  .meta({ id: 'Move', description: 'Identities that went from one customer to another' });

/** What a decision did, or would do. */
export const decisionSchema = z
  .object({
    merge_id: text('What to undo to take all of it back; absent when nothing moved', 'mrg_1200').optional(),
    dry_run: z.boolean().meta({ description: 'True: nothing was changed', examples: [false] }),
    moves: z.array(moveSchema).meta({ description: 'In the order in which the stream tells them', examples: [[]] }),
    customers: z
      .array(customerSchema)
      .meta({ description: 'Everybody concerned, as they are afterwards', examples: [[]] }),
  })
  .meta({ id: 'Decision', description: 'What a decision did' });

/** What a merge did, or would do. */
export const mergeResultSchema = decisionSchema
  .extend({
    survivor: customerSchema,
    evidence_against: z
      .array(statementSchema)
      .meta({ description: 'What stood against it and did not prevent it', examples: [[]] }),
  })
  .meta({ id: 'MergeResult', description: 'What a merge did' });

/** What a rollback did, or would do. */
export const rollbackResultSchema = decisionSchema
  .omit({ customers: true })
  .extend({
    counts: z
      .object({
        moves: z.int().meta({ description: 'Moves, also those that are not listed', examples: [2] }),
        identities: z.int().meta({ description: 'Identities that moved', examples: [3] }),
        customers: z.int().meta({ description: 'Customers that gave or got some', examples: [3] }),
      })
      .meta({ id: 'RollbackCounts', description: 'How much it is' }),
  })
  .meta({ id: 'RollbackResult', description: 'What a rollback did; the first 100 moves are listed' });

/** Who speaks in a conversation. */
export const speakerSchema = z
  .object({
    conversation_id: text('Conversation', 'cnv_0c1f2a34-5b6c-8d7e-9f00-112233445566'),
    identity_id: text('The shared identity that it belongs to', 'idn_42'),
    speaker_identity_id: text('Who speaks; absent: it is not known', 'idn_43').optional(),
  })
  .meta({ id: 'Speaker', description: 'Who speaks in a conversation' });

export type Statement = z.infer<typeof statementSchema>;
export type DecisionResult = z.infer<typeof decisionSchema>;
export type MergeResult = z.infer<typeof mergeResultSchema>;
export type RollbackResult = z.infer<typeof rollbackResultSchema>;
export type Speaker = z.infer<typeof speakerSchema>;
