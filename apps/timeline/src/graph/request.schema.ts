import { z } from 'zod';
import { cleanText } from '@app/kernel';

/** Longest explanation that is kept with a decision, in UTF-16 units. */
const MAX_REASON_CHARS = 500;
const MAX_AUTHOR_CHARS = 100;
/** Identities that one request can name: as many as a customer can have. */
const MAX_IDENTITIES = 200;

const clean = (value: string): string => cleanText(value, { nul: 'remove' }).text.trim();
const words = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((value) => clean(value) !== '', 'empty')
    .transform(clean);

/** Why something was decided. */
export const reason = words(MAX_REASON_CHARS).meta({
  description: 'Why, for people; at most 500 characters',
  examples: ['Khách xác nhận qua điện thoại'],
});
/** `system` is the name under which what nobody decided is kept. */
export const author = words(MAX_AUTHOR_CHARS)
  .refine((name) => name.toLowerCase() !== 'system', 'reserved')
  .default('api')
  .meta({ description: 'Who decides', examples: ['lan'] });
const dryRun = z
  .boolean()
  .default(false)
  .meta({ description: 'True: only tell what it would do', examples: [true] });
const customer = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'A customer: cus_… or KH-…', examples: ['cus_204518'] });
const identity = z
  .string()
  .regex(/^idn_\d{1,18}$/)
  .meta({ description: 'An identity', examples: ['idn_42'] });

/** Body of `POST /v1/customers/<id>/merge`. */
export const mergeRequest = z
  .strictObject({ into: customer, reason, author, dry_run: dryRun })
  .meta({ id: 'MergeRequest', description: 'Makes the customer a part of `into`, which survives' });
/** Body of `POST /v1/customers/<id>/split`. */
export const splitRequest = z
  .strictObject({
    identity_ids: z
      .array(identity)
      .min(1)
      .max(MAX_IDENTITIES)
      .meta({ description: 'Identities that leave', examples: [['idn_42']] }),
    reason,
    author,
    forbid: z
      .boolean()
      .default(false)
      .meta({ description: 'True: whoever leaves and whoever stays are never one person again', examples: [false] }),
    dry_run: dryRun,
  })
  .meta({ id: 'SplitRequest', description: 'Parts identities of a customer from the others' });
/** Body of `POST /v1/merges/<id>/undo`. */
export const undoRequest = z
  .strictObject({ reason: reason.optional(), author, dry_run: dryRun })
  .prefault({})
  .meta({ id: 'UndoRequest', description: 'Takes a merge or an unmerge back' });
/** Body of `PUT /v1/customers/<id>/distinct-from/<other id>`. */
export const forbidRequest = z
  .strictObject({ reason, author })
  .meta({ id: 'DistinctRequest', description: 'Two customers are never one person' });
/** Body of `DELETE /v1/customers/<id>/distinct-from/<other id>`. */
export const allowRequest = z
  .strictObject({ reason: reason.optional(), author })
  .prefault({})
  .meta({ id: 'NotDistinctRequest', description: 'Two customers may be one person after all' });
/** Body of `POST /v1/identities/<id>/share`. */
export const shareRequest = z
  .strictObject({
    shared: z.boolean().meta({ description: 'True: several people use it; false: one does', examples: [true] }),
    reason,
    author,
    dry_run: dryRun,
  })
  .meta({ id: 'ShareRequest', description: 'Whether several people use an identity' });
/** Body of `PUT /v1/conversations/<id>/speaker`. */
export const speakerRequest = z
  .strictObject({
    identity_id: identity.nullable().meta({ description: 'Who speaks; null: it is not known', examples: ['idn_42'] }),
  })
  .meta({ id: 'SpeakerRequest', description: 'Who speaks in a conversation of a shared identity' });
/** Body of `POST /v1/rollbacks`. */
export const rollbackRequest = z
  .strictObject({
    rule: z
      .string()
      .regex(/^[\w.-]{1,100}$/)
      .optional()
      .meta({ description: 'Everything that this rule joined', examples: ['zalo.user_id_by_app'] }),
    batch_id: z
      .uuid()
      .optional()
      .meta({
        description: 'Everything that was brought together with this',
        examples: ['0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122'],
      }),
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'Only what was first seen at or after it', examples: ['2026-11-20T08:15:02.113Z'] }),
    reason,
    author,
    dry_run: z.boolean().meta({ description: 'True: only tell what it would do; has to be said', examples: [true] }),
  })
  .refine(({ rule, batch_id: batchId }) => rule !== undefined || batchId !== undefined, {
    message: 'give rule, batch_id or both',
    path: ['rule'],
  })
  .meta({ id: 'RollbackRequest', description: 'Takes back everything that a rule or a batch joined' });

export type MergeRequest = z.infer<typeof mergeRequest>;
export type SplitRequest = z.infer<typeof splitRequest>;
export type UndoRequest = z.infer<typeof undoRequest>;
export type ForbidRequest = z.infer<typeof forbidRequest>;
export type AllowRequest = z.infer<typeof allowRequest>;
export type ShareRequest = z.infer<typeof shareRequest>;
export type SpeakerRequest = z.infer<typeof speakerRequest>;
export type RollbackRequest = z.infer<typeof rollbackRequest>;
