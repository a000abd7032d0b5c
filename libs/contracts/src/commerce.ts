import { z } from 'zod';
import { instant, openEnum, text } from './schema.js';

/** Statuses of an order with the rank that decides between two of the same instant. */
export const ORDER_STATUS_RANK = {
  created: 10,
  confirmed: 20,
  paid: 30,
  shipped: 40,
  delivered: 50,
  cancelled: 60,
  refunded: 70,
} as const;

/** What became of an order. */
export type OrderStatus = keyof typeof ORDER_STATUS_RANK;

const STATUSES = Object.keys(ORDER_STATUS_RANK) as [OrderStatus, ...OrderStatus[]];

const amount = (description: string) =>
  z
    .number()
    .min(0)
    .meta({ description, examples: [350_000] });

const orderParts = {
  number: text('Number that the customer knows', 'DH-1042'),
  status: openEnum('What happened to it last', STATUSES),
  placed_at: instant('When it was placed').optional(),
  total: amount('What is to be paid, in units of `currency`').optional(),
  currency: text('ISO 4217', 'VND').optional(),
  items: z
    .array(
      z
        .object({
          name: text('What is sold', 'Áo dài lụa, size M'),
          sku: text('Article number', 'AD-01-M').optional(),
          quantity: amount('How many'),
          unit_price: amount('For one, in units of `currency`').optional(),
        })
        .meta({ id: 'OrderItem', description: 'A line of an order' }),
    )
    .meta({ description: 'Lines in order', examples: [[]] })
    .optional(),
  payment_method: text('How it is paid', 'COD').optional(),
  tracking_number: text('Number of the parcel', 'GHN0001').optional(),
  url: text('Page of the order for staff', 'https://shop.example/don/1042').optional(),
  note: text('Note on the order', 'Giao giờ hành chính').optional(),
};

/** An order as a timeline shows it: everything that its reports say together. */
export const orderSchema = z
  .object({
    ...orderParts,
    history: z
      .array(
        z
          .object({ status: openEnum('What happened', STATUSES), occurred_at: instant('When, for the first time') })
          .meta({ id: 'OrderStep', description: 'Something that happened to an order' }),
      )
      .meta({ description: 'By time', examples: [[]] }),
  })
  .meta({ id: 'Order', description: 'An order' });

/** What one report says about an order; of each part the latest word counts. */
export const orderReportSchema = z
  .object(orderParts)
  .meta({ id: 'OrderReport', description: 'What one report says about an order' });

/** Somebody came to a shop. */
export const visitSchema = z
  .object({
    place: text('Which shop', 'Cửa hàng Quận 1'),
    staff: text('Who served', 'Lan').optional(),
    purpose: text('What for', 'Đổi size').optional(),
  })
  .meta({ id: 'Visit', description: 'A visit to a shop' });

/** Somebody sent a form of a web site. */
export const formSchema = z
  .object({
    name: text('Which form', 'Tư vấn').optional(),
    page: text('Where it stood', 'https://shop.example/tu-van').optional(),
    fields: z
      .array(
        z
          .object({ name: text('Name', 'Cỡ'), value: text('What was entered; untrusted', 'M') })
          .meta({ id: 'FormField', description: 'A field of a form' }),
      )
      .meta({ description: 'Other fields, in order', examples: [[]] })
      .optional(),
    marketing_consent: z
      .boolean()
      .meta({ description: 'Whether offers may be sent; absent: not asked', examples: [true] })
      .optional(),
  })
  .meta({ id: 'Form', description: 'A form of a web site' });

export type Order = z.infer<typeof orderSchema>;
export type OrderReport = z.infer<typeof orderReportSchema>;
export type Visit = z.infer<typeof visitSchema>;
export type Form = z.infer<typeof formSchema>;
