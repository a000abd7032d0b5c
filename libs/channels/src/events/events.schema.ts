import { z } from 'zod';
import { cleanText } from '@app/kernel';

const MAX_WORDS = 4096;

/** Short text from outside, safe to store; longer text is cut. */
const words = (max = MAX_WORDS) =>
  z
    .string()
    .transform((value) => cleanText(value, { nul: 'remove', maxChars: max }).text.trim())
    .pipe(z.string().min(1));
/** An id, which systems write as text or as a number. */
const id = z.union([words(256), z.int().transform(String)]);
/** Empty text and null count as absent: shops send both. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null || value === '' ? undefined : value), schema.optional());
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString());
const amount = z.number().min(0).max(1e15);
const page = words(2048).pipe(z.url({ protocol: /^https?$/ }));

/** Who it is about: an id in the sender's system, or what is known to reach the person. */
const customer = z.object({
  id: optional(id),
  name: optional(words(256)),
  phone: optional(z.union([words(64), z.int().transform(String)])),
  email: optional(words(320)),
});

/** Data of `omni.order.<status>`. */
export const orderData = z.object({
  number: id,
  customer: optional(customer),
  placed_at: optional(instant),
  total: optional(amount),
  currency: optional(z.string().regex(/^[A-Z]{3}$/)),
  items: optional(
    z
      .array(
        z.object({
          name: words(512),
          sku: optional(id),
          quantity: amount.default(1),
          unit_price: optional(amount),
        }),
      )
      .max(500),
  ),
  payment_method: optional(words(128)),
  tracking_number: optional(id),
  url: optional(page),
  note: optional(words()),
});

/** Data of `omni.visit.recorded`. */
export const visitData = z.object({
  visit_id: optional(id),
  customer,
  place: words(256),
  staff: optional(words(256)),
  purpose: optional(words(512)),
  note: optional(words()),
});

/** Data of `omni.form.submitted`. */
export const formData = z.object({
  customer,
  message: optional(z.string()),
  form: optional(words(256)),
  page: optional(page),
  fields: optional(z.record(z.string().max(256), z.union([z.string(), z.number(), z.boolean()]))),
  marketing_consent: optional(z.boolean()),
});

export type CustomerData = z.infer<typeof customer>;
export type OrderData = z.infer<typeof orderData>;
export type VisitData = z.infer<typeof visitData>;
export type FormData = z.infer<typeof formData>;
