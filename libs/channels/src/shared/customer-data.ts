import { z } from 'zod';
import { cleanText } from '@app/kernel';

const MAX_WORDS = 4096;

/** Short text from outside, safe to store; longer text is cut. */
export const words = (max = MAX_WORDS) =>
  z
    .string()
    .transform((value) => cleanText(value, { nul: 'remove', maxChars: max }).text.trim())
    .pipe(z.string().min(1));

/** An id, which systems write as text or as a number. */
export const id = z.union([words(256), z.int().transform(String)]);

/** Empty text and null count as absent: shops send both. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null || value === '' ? undefined : value), schema.optional());

/** Address of a page of the web. */
export const page = words(2048).pipe(z.url({ protocol: /^https?$/ }));

/** Who it is about: an id in the sender's system, or what is known to reach the person. */
export const customerData = z.object({
  id: optional(id),
  name: optional(words(256)),
  phone: optional(z.union([words(64), z.int().transform(String)])),
  email: optional(words(320)),
});

export type CustomerData = z.infer<typeof customerData>;
