import { z } from 'zod';
import { closedEnum, instant, openEnum, text } from './schema.js';

const movedIdentities = z
  .array(
    z
      .object({
        identity_id: text('Identity', 'idn_42'),
        version: z
          .int()
          .min(1)
          .meta({ description: 'Version of its mapping from here on; apply it only when it is higher', examples: [4] }),
      })
      .meta({ id: 'MovedIdentity', description: 'An identity that has another customer now' }),
  )
  .meta({ description: 'Identities that moved', examples: [[{ identity_id: 'idn_42', version: 4 }]] });

const decision = {
  reason: z
    .object({
      kind: openEnum('What convinced', ['verified_identifier', 'provider_link', 'manual', 'rule']),
      rule: text('Name of the rule', 'zalo.user_id_by_app'),
      trust: z
        .int()
        .min(0)
        .max(5)
        .meta({
          description: 'How far the evidence is trusted: 3 possession proven, 4 bound by a provider, 5 an agent',
          examples: [4],
        })
        .optional(),
    })
    .meta({ id: 'MergeReason', description: 'Why; never what a person wrote' }),
  actor: z
    .object({
      type: openEnum('Who decided', ['system', 'agent']),
      id: text('The agent', 'lan').optional(),
    })
    .meta({ id: 'MergeActor', description: 'Who decided' }),
  occurred_at: instant('When it was decided'),
};

/** `omni.customer.merged`: two for each merge, one keyed by each customer. */
export const customerMergedSchema = z
  .object({
    merge_id: text('The merge; the same in both of its events', 'mrg_1200'),
    survivor_customer_id: text('Has the identities now', 'cus_204518'),
    absorbed_customer_id: text('Has no identities left', 'cus_204527'),
    role: closedEnum('Which of the two this event is keyed by', ['absorbed', 'survivor']),
    identities: movedIdentities,
    ...decision,
    reversible: z.boolean().meta({ description: 'It can be undone', examples: [true] }),
  })
  .meta({
    id: 'CustomerMerged',
    description:
      'One customer became part of another. With `absorbed` it is the last event of that customer until it is restored; ' +
      'with `survivor` it comes before the first entry that a moved identity adds there',
  });

/** `omni.customer.unmerged`: two for each, one keyed by each customer. */
export const customerUnmergedSchema = z
  .object({
    unmerge_id: text('The separation; the same in both of its events', 'mrg_1201'),
    merge_id: text('The merge that it takes back', 'mrg_1200').optional(),
    source_customer_id: text('Gave the identities away', 'cus_204518'),
    restored_customer_id: text('Has the identities now', 'cus_204527'),
    role: closedEnum('Which of the two this event is keyed by', ['source', 'restored']),
    identities: movedIdentities,
    ...decision,
  })
  .meta({
    id: 'CustomerUnmerged',
    description:
      'Identities left a customer. With `restored` it comes before the first entry that a moved identity adds there',
  });

/** `omni.customer.erased`. Holds identifiers only. */
export const customerErasedSchema = z
  .object({
    erasure_id: text('The erasure', 'ers_0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122'),
    customer_id: text('Customer', 'cus_204518'),
    identities: z.array(text('Identity', 'idn_42')).meta({
      description: 'Keep these ids for ever and drop every entry of theirs, also one that arrives later',
      examples: [['idn_42']],
    }),
    scope: openEnum('What is gone', ['full', 'content']),
    requested_at: instant('When it was asked for'),
    effective_at: instant('Since when no API shows it'),
    physically_gone_by: instant('When no topic holds it any more'),
  })
  .meta({ id: 'CustomerErased', description: 'Everything about a customer is gone; consumers erase their copies' });

/** Events about customers on the topic `timeline` and their schemas. */
export const CUSTOMER_EVENT_SCHEMAS = {
  'omni.customer.merged': customerMergedSchema,
  'omni.customer.unmerged': customerUnmergedSchema,
  'omni.customer.erased': customerErasedSchema,
} as const;

export type CustomerMerged = z.infer<typeof customerMergedSchema>;
export type CustomerUnmerged = z.infer<typeof customerUnmergedSchema>;
export type CustomerErased = z.infer<typeof customerErasedSchema>;
