import { z } from 'zod';
import { PROBLEMS } from '@app/contracts';
import { text } from './field.js';

const partSchema = z
  .object({
    pointer: text('JSON Pointer to the part; a query parameter is named like a field', '/limit'),
    code: text('What is wrong', 'too_big'),
    detail: text('For people', 'Too big: expected number to be <=200').optional(),
  })
  .meta({ id: 'ProblemPart', description: 'What is wrong with one part of a request' });

/** Every error of every endpoint (RFC 9457). */
export const problemSchema = z
  .object({
    type: text('Names the kind of problem', '/problems/validation-failed'),
    title: text('The kind of problem in words', 'The request is not valid'),
    status: z.int().meta({ description: 'HTTP status', examples: [422] }),
    code: z.string().meta({
      description: 'Stable: what programs switch on',
      examples: ['validation-failed'],
      'x-extensible-enum': Object.keys(PROBLEMS),
    }),
    detail: text('For people; holds no personal data', '1 field is not valid').optional(),
    instance: text('Path of the request', '/v1/customers'),
    request_id: text('Equals X-Request-Id', 'req_mfzsa3dbnzsxg5dj'),
    errors: z
      .array(partSchema)
      .meta({ description: 'One for each fault', examples: [[]] })
      .optional(),
    earliest_cursor: text('With `cursor-expired`: the oldest place that is still kept', 'eyJwIjoiMCJ9.c2ln').optional(),
    canonical_id: text('With `customer-merged`: the customer to ask for instead', 'cus_204518').optional(),
    guard: text('With `merge-guarded`: what stands between the two', 'forbidden').optional(),
    undone_by: text('With `merge-already-undone`: what undid it', 'mrg_1201').optional(),
  })
  .meta({ id: 'Problem', description: 'Why a request was not answered' });
