import { z } from 'zod';
import { customerData, id, optional, page, words } from '../shared/customer-data.js';

const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString());
const amount = z.number().min(0).max(1e15);

/** Data of `omni.order.<status>`. */
export const orderData = z.object({
  number: id,
  customer: optional(customerData),
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
  customer: customerData,
  place: words(256),
  staff: optional(words(256)),
  purpose: optional(words(512)),
  note: optional(words()),
});

/** Data of `omni.form.submitted`. */
export const formData = z.object({
  customer: customerData,
  message: optional(z.string()),
  form: optional(words(256)),
  page: optional(page),
  fields: optional(z.record(z.string().max(256), z.union([z.string(), z.number(), z.boolean()]))),
  marketing_consent: optional(z.boolean()),
});

export type OrderData = z.infer<typeof orderData>;
export type VisitData = z.infer<typeof visitData>;
export type FormData = z.infer<typeof formData>;
