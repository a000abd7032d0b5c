import { z } from 'zod';
import { instant, text } from '../http/field.js';
import { statementSchema } from './decision.schema.js';

const endSchema = z
  .object({
    identity_id: text('Identity', 'idn_42'),
    kind: text('Kind', 'phone'),
    value: text('Canonical value; only within one customer', '+84912345678').optional(),
  })
  .meta({ id: 'EvidenceEnd', description: 'An identity at an end of evidence' });

const evidenceSchema = z
  .object({
    from: endSchema,
    to: endSchema,
    sentence: text('What it says, for people', 'Lan said that they are one person.'),
    rule: text('Where it comes from', 'zalo.user_id_by_app'),
    trust: z.int().meta({ description: 'Level, 2 to 5; 5 is an agent', examples: [4] }),
    state: text('active: it joins; blocked: a guard holds it back; revoked: it was taken back', 'active'),
    guard: text('With `blocked`: what holds it back', 'cardinality').optional(),
    evidence_at: instant('Since when it is known'),
    last_seen: instant('When it was last seen'),
    entry_id: text('The entry that proves it', 'ent_0c1f2a34-5b6c-8d7e-9f00-112233445566').optional(),
    author: text('Agent who said so', 'lan').optional(),
    reason: text('Why, as the agent wrote it', 'Khách xác nhận qua điện thoại').optional(),
    revoked_by: text('With `revoked`: agent who took it back', 'minh').optional(),
    revoked_reason: text('With `revoked`: why, as that agent wrote it', 'Nhầm với em gái').optional(),
    revoked_at: instant('With `revoked`: since when').optional(),
  })
  .meta({ id: 'Evidence', description: 'Evidence that two identities are one person' });

/** Why two customers are one person, or are not. */
export const whySchema = z
  .object({
    customer_id: text('The customer asked for', 'cus_204518'),
    other_customer_id: text('The other one', 'cus_204527'),
    relation: text('same_person, held_apart, or unconnected: no evidence at all', 'same_person'),
    path: z
      .array(evidenceSchema)
      .meta({ description: 'One person: the strongest chain of evidence, from one to the other', examples: [[]] }),
    held_back: z
      .array(evidenceSchema)
      .meta({ description: 'Two people: evidence that does not join them; at most 50', examples: [[]] }),
    forbidden: z
      .array(statementSchema)
      .meta({ description: 'Two people: who said that they are never one', examples: [[]] }),
  })
  .meta({ id: 'Why', description: 'Why two customers are one person, or are not' });

export type Why = z.infer<typeof whySchema>;
export type Evidence = z.infer<typeof evidenceSchema>;
