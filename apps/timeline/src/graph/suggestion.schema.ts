import { z } from 'zod';
import { text } from '../http/field.js';
import { statementSchema } from './decision.schema.js';

const suggestionSchema = z
  .object({
    customer: z
      .object({
        customer_id: text('Customer', 'cus_204518'),
        ref: text('Reference for people', 'KH-2045184'),
        display_name: text('Best name known', 'Trần Thị Bưởi').optional(),
      })
      .meta({ id: 'SuggestedCustomer', description: 'Who it may be as well' }),
    strength: z.enum(['strong', 'medium', 'weak']).meta({ description: 'How much it says', examples: ['medium'] }),
    likeness: z
      .object({
        probability: z
          .number()
          .meta({ description: 'Of being one person by what they look like, 0 to 1', examples: [0.97] }),
        waterfall: z
          .array(
            z
              .object({
                code: text('Stable: what agrees or differs', 'name_same_folded'),
                sentence: text('For people', 'The names are the same, marks and capitals aside.'),
                bits: z
                  .number()
                  .meta({ description: 'For it when positive; ten are a factor of a thousand', examples: [11.2] }),
              })
              .meta({ id: 'LikenessPart', description: 'What one field says' }),
          )
          .meta({ description: 'What it is made of: for it, then against it, weightiest first', examples: [[]] }),
      })
      .meta({ id: 'Likeness', description: 'A score of level 0, for an agent to judge; it never joins anybody' }),
    evidence_for: z.array(statementSchema).meta({ description: 'What speaks for it', examples: [[]] }),
    evidence_against: z.array(statementSchema).meta({ description: 'What speaks against it', examples: [[]] }),
  })
  .meta({ id: 'MergeSuggestion', description: 'A customer that may be the same person' });

/** Customers that may be the same person. */
export const suggestionListSchema = z
  .object({
    customer_id: text('The customer asked for', 'cus_204518'),
    canonical_id: text('The customer that it is now', 'cus_204518'),
    suggestions: z.array(suggestionSchema).meta({ description: 'Strongest first; at most 20', examples: [[]] }),
  })
  .meta({ id: 'MergeSuggestionList', description: 'Who a customer may be as well; nothing of it was done' });

export type Suggestion = z.infer<typeof suggestionSchema>;
export type SuggestionList = z.infer<typeof suggestionListSchema>;
