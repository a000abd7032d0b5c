import { z } from 'zod';
import { callSchema } from './call.js';
import { CHANNELS } from './channels.js';
import { formSchema, orderSchema, visitSchema } from './commerce.js';
import { CUSTOMER_EVENT_SCHEMAS } from './customer-event.js';
import { IDENTITY_KINDS } from './identity-kind.js';
import {
  attachmentSchema,
  contentSchema,
  EXCERPT,
  INBOUND_FLAGS,
  mailSchema,
  MAX_EXCERPT_CHARS,
} from './inbound-event.js';
import { closedEnum, instant, openEnum, text } from './schema.js';

/** One thing on a timeline, as the API returns it and as the stream carries it: always its whole state. */
export const timelineEntrySchema = z
  .object({
    entry_id: text('Stable for ever', '0c1f2a34-5b6c-8d7e-9f00-112233445566'),
    revision: z
      .int()
      .min(1)
      .meta({ description: 'One more with each change', examples: [1] }),
    kind: openEnum('What it is', ['message', 'comment', 'event', 'note', 'call']),
    direction: closedEnum('Seen from the business', ['inbound', 'outbound', 'internal']),
    channel: openEnum('Channel', CHANNELS),
    account_id: text('Our account', 'fb-shop'),
    author: z
      .object({
        type: openEnum('Who wrote it', ['customer', 'agent', 'bot', 'system']),
        id: text('Identity id, agent id or account id', 'idn_42'),
        speaker_id: text('Of a shared identity: who speaks, as an agent named them', 'idn_43').optional(),
      })
      .meta({ id: 'Author', description: 'Who wrote it' }),
    occurred_at: instant('Provider’s time: the place on the timeline'),
    received_at: instant('When the connector accepted it'),
    stored_at: instant('When the unifier stored it'),
    state: openEnum('Content is absent unless `visible`', ['visible', 'hidden', 'deleted_by_sender', 'redacted']),
    content: contentSchema.optional(),
    attachments: z
      .array(attachmentSchema)
      .meta({ description: 'In order', examples: [[]] })
      .optional(),
    reply_to_entry_id: text('The entry that this one answers', '0c1f2a34-5b6c-8d7e-9f00-112233445566').optional(),
    provider: z
      .object({ name: text('Company or protocol', 'meta'), message_id: text('Provider’s id', 'm_1') })
      .meta({ id: 'EntryProvider', description: 'How the provider names it' }),
    post: z
      .object({
        provider_id: text('Post', '108_500'),
        permalink: text('Address', 'https://www.facebook.example/p/1').optional(),
        excerpt: z.string().max(MAX_EXCERPT_CHARS).meta(EXCERPT).optional(),
      })
      .meta({ id: 'EntryPost', description: 'The post commented on' })
      .optional(),
    mail: mailSchema.optional(),
    call: callSchema.optional(),
    order: orderSchema.optional(),
    visit: visitSchema.optional(),
    form: formSchema.optional(),
    reactions: z
      .array(
        z
          .object({
            actor: text('Provider’s id of the person', '7412'),
            reaction: text('Name', 'love').optional(),
            emoji: text('Character', '❤').optional(),
          })
          .meta({ id: 'Reaction', description: 'One person’s reaction' }),
      )
      .meta({ description: 'One for each person, by actor', examples: [[]] })
      .optional(),
    edited_at: instant('Time of the edit whose content is shown').optional(),
    delivery: z
      .object({
        status: openEnum('Highest status known', [
          'queued',
          'accepted',
          'sent',
          'delivered',
          'read',
          'failed',
          'expired',
        ]),
        occurred_at: instant('When'),
        error_code: text('Provider’s code of a failure', '30003').optional(),
        complaint: text('The recipient called it unwanted: type of feedback, as in RFC 5965', 'abuse').optional(),
      })
      .meta({ id: 'Delivery', description: 'What became of a message that the business sent' })
      .optional(),
    flags: z
      .array(text('Flag', 'late'))
      .meta({
        description: '`late`: it arrived after something that happened later in its conversation had been stored',
        examples: [['late']],
        'x-extensible-enum': ['late', ...INBOUND_FLAGS],
      })
      .optional(),
  })
  .meta({ id: 'TimelineEntry', description: 'One thing on a timeline' });

const ownership = {
  customer_id: text('Customer at the time of publication', 'cus_204518'),
  identity_id: text('Identity; never changes for an entry', 'idn_42'),
  conversation_id: text('Conversation', 'cnv_0c1f'),
  identity_version: z
    .int()
    .min(1)
    .meta({ description: 'Version of the mapping from identity to customer', examples: [1] }),
};

/** `omni.timeline.entry.appended` */
export const entryAppendedSchema = z
  .object({ ...ownership, customer_ref: text('Reference for people', 'KH-204518'), entry: timelineEntrySchema })
  .meta({ id: 'TimelineEntryAppended', description: 'An entry joined a timeline' });

/** `omni.timeline.entry.changed`: the whole entry; apply it when `entry.revision` is above the one held. */
export const entryChangedSchema = z
  .object({
    ...ownership,
    customer_ref: text('Reference for people', 'KH-204518'),
    entry: timelineEntrySchema,
    change: z
      .object({
        reasons: z.array(text('Reason', 'edited')).meta({
          description: 'What changed',
          examples: [['edited']],
          'x-extensible-enum': [
            'edited',
            'deleted',
            'hidden',
            'shown',
            'reacted',
            'delivery',
            'media',
            'progressed',
            'redacted',
            'corrected',
          ],
        }),
      })
      .meta({ id: 'EntryChange', description: 'Why the entry changed' }),
  })
  .meta({ id: 'TimelineEntryChanged', description: 'An entry changed' });

/** `omni.identity.state`, on the compacted topic `identities`. */
export const identityStateSchema = z
  .object({
    identity_id: text('Identity', 'idn_42'),
    customer_id: text('Its customer', 'cus_204518'),
    version: z
      .int()
      .min(1)
      .meta({ description: 'Apply a mapping only when its version is higher', examples: [1] }),
    kind: openEnum('Kind of identity', IDENTITY_KINDS),
    status: openEnum('State', ['active', 'erased']),
    updated_at: instant('When'),
  })
  .meta({ id: 'IdentityState', description: 'Which customer an identity belongs to' });

/** `omni.customer.state`, on the compacted topic `customers`. */
export const customerStateSchema = z
  .object({
    customer_id: text('Customer', 'cus_204518'),
    ref: text('Reference for people', 'KH-204518'),
    version: z
      .int()
      .min(0)
      .meta({ description: 'Highest `ce_sequence` that this state includes', examples: [42] }),
    status: openEnum('State', ['active', 'merged', 'erased']),
    canonical_id: text('The customer to ask for instead, or itself', 'cus_204518'),
    display_name: text('Best name known', 'Trần Thị Bưởi').optional(),
    identities: z
      .array(
        z
          .object({ identity_id: text('Identity', 'idn_42'), kind: text('Kind', 'messenger_psid') })
          .meta({ id: 'CustomerIdentity', description: 'An identity of the customer' }),
      )
      .meta({ description: 'Identities, oldest first', examples: [[]] }),
    last_entry_at: instant('Time of the newest entry').optional(),
    entry_count: z
      .int()
      .min(0)
      .meta({ description: 'Number of entries', examples: [12] }),
    updated_at: instant('When'),
  })
  .meta({ id: 'CustomerState', description: 'A customer' });

/** Types of the public stream and their schemas. */
export const PUBLIC_SCHEMAS = {
  'omni.timeline.entry.appended': entryAppendedSchema,
  'omni.timeline.entry.changed': entryChangedSchema,
  ...CUSTOMER_EVENT_SCHEMAS,
  'omni.identity.state': identityStateSchema,
  'omni.customer.state': customerStateSchema,
} as const;

export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export type EntryAppended = z.infer<typeof entryAppendedSchema>;
export type EntryChanged = z.infer<typeof entryChangedSchema>;
export type IdentityState = z.infer<typeof identityStateSchema>;
export type CustomerState = z.infer<typeof customerStateSchema>;
