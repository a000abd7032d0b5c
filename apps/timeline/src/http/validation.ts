import { StandardSchemaValidationPipe } from '@nestjs/common';
import { z } from 'zod';
import { ProblemError, type ProblemPart } from './problem.js';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: unknown;
}

const escape = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

function toPart(issue: Issue): ProblemPart {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return {
    pointer: path.map((part) => `/${escape(part)}`).join(''),
    code: typeof issue.code === 'string' ? issue.code : 'invalid',
    detail: issue.message,
  };
}

/** Checks what a handler takes against its zod schema; answers 422 with a pointer for each fault. */
export const requestPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new ProblemError('validation-failed', {
      detail: issues.length === 1 ? '1 field is not valid' : `${issues.length} fields are not valid`,
      errors: issues.map(toPart),
    }),
});

/** `limit=` of every list. */
export const limitParameter = z.coerce
  .number()
  .int()
  .min(1)
  .max(200)
  .default(50)
  .meta({ description: 'Most items in the answer, 1 to 200', examples: [50] });

/** `cursor=`, `before=`, `after=`: opaque. */
export const cursorParameter = z
  .string()
  .min(1)
  .max(1024)
  .optional()
  .meta({ description: 'Where to go on, from `next_cursor` of the answer before' });
