import { z } from 'zod';
import { instant, text } from '../http/field.js';

const identitySchema = z
  .object({
    identity_id: text('Identity', 'idn_42'),
    kind: text('Kind', 'phone'),
    scope: z.string().meta({ description: 'Where the value means something; empty: everywhere', examples: [''] }),
    value: text('Canonical value; absent once erased', '+84912345678').optional(),
    state: text('active, shared, blocked, retired or erased', 'active'),
    avatar: text(
      'Where the picture of the person is; absent: there is none',
      '/v1/identities/idn_42/avatar',
    ).optional(),
    first_seen: instant('First seen'),
    last_seen: instant('Time of its newest entry').optional(),
  })
  .meta({ id: 'CustomerIdentityDetail', description: 'An identity of a customer' });

/** A customer as the API shows it. */
export const customerSchema = z
  .object({
    customer_id: text('Customer', 'cus_204518'),
    ref: text('Reference for people', 'KH-2045184'),
    kind: text('person, household, organisation or label', 'person'),
    status: text('active or merged', 'active'),
    canonical_id: text('The customer to ask for instead, or itself', 'cus_204518'),
    display_name: text('Best name known', 'Trần Thị Bưởi').optional(),
    avatar: text('Picture of the identity seen last that has one', '/v1/identities/idn_42/avatar').optional(),
    identities: z.array(identitySchema).meta({ description: 'Identities, oldest first', examples: [[]] }),
    channels: z.array(text('Channel', 'sms')).meta({ description: 'Channels used', examples: [['sms']] }),
    counts: z
      .object({
        entries: z.int().meta({ description: 'Entries on the timeline', examples: [12] }),
        conversations: z.int().meta({ description: 'Conversations', examples: [2] }),
        identities: z.int().meta({ description: 'Identities', examples: [2] }),
      })
      .meta({ id: 'CustomerCounts', description: 'How much there is' }),
    last_entry_at: instant('Time of the newest entry').optional(),
    match: z
      .object({
        kind: text('How it was found', 'email'),
        verified: z.boolean().meta({ description: 'False: found by an address that nobody proved', examples: [true] }),
      })
      .meta({ id: 'CustomerMatch', description: 'Why it is in the answer; only for identity searches' })
      .optional(),
  })
  .meta({ id: 'Customer', description: 'A customer' });

/** A page of customers. */
export const customerPageSchema = z
  .object({
    customers: z.array(customerSchema).meta({ description: 'Best match first', examples: [[]] }),
    next_cursor: text('Where to go on; absent at the end', 'eyJyIjowfQ.c2ln').optional(),
  })
  .meta({ id: 'CustomerPage', description: 'A page of customers' });

export type Customer = z.infer<typeof customerSchema>;
export type CustomerPage = z.infer<typeof customerPageSchema>;
