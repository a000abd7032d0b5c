import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import { SYSTEM_NAME } from '../shared/customer-of.js';

const field = z.string().min(1, 'the name of a field of the form').max(200);

const fieldsSchema = z.strictObject({
  name: field.optional(),
  phone: field.optional(),
  email: field.optional(),
  message: field.optional(),
  submission_id: field.optional(),
  page: field.optional(),
  form_name: field.optional(),
  submitted_at: field.optional(),
  marketing_consent: field.optional(),
});

const signatureSchema = z.strictObject({
  header: z.string().min(1).toLowerCase().default('x-omniline-signature'),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  prefix: z.string().default(''),
});

const settingsSchema = z.strictObject({
  system: z
    .string({ error: 'the web site, for example shop-web' })
    .regex(SYSTEM_NAME, 'the web site, for example shop-web'),
  form: z.string().min(1).max(256).optional(),
  fields: fieldsSchema.default({}),
  /** A field that people do not see: who fills it in is a program. */
  honeypot: field.optional(),
  /** Absent: the token proves a request. */
  signature: signatureSchema.optional(),
  token_in_address: z.boolean().default(false),
});

/** Settings of a form. */
export type WebFormSettings = z.infer<typeof settingsSchema>;
/** What a field of a form may be to us. */
export type FieldRole = keyof z.infer<typeof fieldsSchema>;

/** Outcome of {@link readSettings}. */
export type SettingsReading =
  | { readonly ok: true; readonly settings: WebFormSettings }
  /** Every problem, each with its path below the account. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The settings of an account, checked. */
export function readSettings({ settings }: ChannelAccount): SettingsReading {
  const { success, data, error } = settingsSchema.safeParse(settings);
  if (success) return { ok: true, settings: data };
  return {
    ok: false,
    problems: error.issues.map(({ path, message }) => `settings.${path.join('.')}: ${message}`),
  };
}
