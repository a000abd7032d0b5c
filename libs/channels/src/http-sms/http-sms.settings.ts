import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';
import { objectOf, type JsonObject } from '../shared/fields.js';
import { PRESETS } from './http-sms.presets.js';

const field = z.string().min(1, 'the name of a field; within JSON, dots lead downwards: data.phone').max(200);

const messageSchema = z.strictObject({
  from: field,
  to: field.optional(),
  text: field,
  id: field.optional(),
  time: field.optional(),
  text_encoding: z.enum(['utf8', 'latin1', 'base64', 'ucs2_hex']).default('utf8'),
});

const statusRule = z.strictObject({
  value: z.string({ error: 'the provider’s status in quotes' }),
  /** A field that must hold a number above zero, for providers whose status alone does not tell. */
  positive: field.optional(),
  status: z.enum(['queued', 'accepted', 'sent', 'delivered', 'read', 'failed', 'expired']),
});

const receiptSchema = z.strictObject({
  id: field,
  /** The customer's number. */
  to: field,
  status: field,
  time: field.optional(),
  error: field.optional(),
  statuses: z.array(statusRule).min(1),
});

const digestSchema = {
  algorithm: z.enum(['md5', 'sha1', 'sha256', 'sha512']),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  /** Where the digest stands: a header, or a field of the delivery. */
  header: z.string().min(1).toLowerCase().optional(),
  field: field.optional(),
};

const authSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('header'), name: z.string().min(1).toLowerCase(), prefix: z.string().default('') }),
  z.strictObject({ kind: z.literal('query'), name: z.string().min(1) }),
  z.strictObject({ kind: z.literal('basic') }),
  z.strictObject({ kind: z.literal('hmac'), ...digestSchema, prefix: z.string().default('') }),
  /** Digest over values of fields in order; `$secret` stands for the shared secret. */
  z.strictObject({
    kind: z.literal('hash'),
    ...digestSchema,
    parts: z.array(field).min(1),
    separator: z.string().default(''),
  }),
  z.strictObject({
    kind: z.literal('addresses'),
    allow: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).min(1),
  }),
]);

const replySchema = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  content_type: z.string().min(1).optional(),
  body: z.string().optional(),
});

const timeSchema = z.strictObject({
  format: z.enum(['epoch_s', 'epoch_ms', 'iso', 'local']).default('local'),
  /** Zone of local times; Vietnamese gateways write theirs without one. */
  zone: z
    .string()
    .regex(/^[+-]\d{2}:[0-5]\d$/, 'an offset such as "+07:00"')
    .default('+07:00'),
});

const settingsSchema = z.strictObject({
  preset: z.string().optional(),
  method: z.enum(['POST', 'GET', 'any']).default('POST'),
  body: z.enum(['json', 'form', 'query']).default('json'),
  /** Where the list of elements stands within JSON; without it the body is one element, or itself the list. */
  items: field.optional(),
  message: messageSchema.optional(),
  receipt: receiptSchema.optional(),
  time: timeSchema.default({ format: 'local', zone: '+07:00' }),
  auth: z.array(authSchema).min(1, 'at least one proof that a delivery is genuine'),
  accepted: replySchema.default({ status: 200 }),
  refused: replySchema.default({ status: 401 }),
  /** What a delivery with neither query nor body is answered, by gateways that try the address when it is saved. */
  probe: replySchema.default({ status: 200 }),
});

/** Settings of a gateway, with those of its preset below them. */
export type HttpSmsSettings = z.infer<typeof settingsSchema>;
/** Fields of an incoming message. */
export type MessageFields = z.infer<typeof messageSchema>;
/** Fields of a delivery report. */
export type ReceiptFields = z.infer<typeof receiptSchema>;
/** One proof that a delivery is genuine. */
export type AuthRule = z.infer<typeof authSchema>;
/** How times are written. */
export type TimeSettings = z.infer<typeof timeSchema>;
/** A fixed answer. */
export type ReplySettings = z.infer<typeof replySchema>;

/** Settings of an account over its preset: objects are joined, lists and values replaced. */
function overlay(base: JsonObject, own: JsonObject): JsonObject {
  const joined: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const [below, above] = [objectOf(joined[key]), objectOf(value)];
    joined[key] = below !== undefined && above !== undefined ? overlay(below, above) : value;
  }
  return joined;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`), 'settings');

/** Combinations that the shape alone does not forbid. */
function contradictions({ message, receipt, body, method, auth }: HttpSmsSettings): string[] {
  const problems: string[] = [];
  if (message === undefined && receipt === undefined) {
    problems.push('settings.message: the fields of an incoming text, or settings.receipt those of a report');
  }
  if (message !== undefined && message.id === undefined && message.time === undefined) {
    problems.push('settings.message.id: name the field of the message id, or settings.message.time');
  }
  if (body === 'json' && message?.text_encoding === 'latin1') {
    problems.push('settings.message.text_encoding: JSON is always UTF-8');
  }
  if (body !== 'query' && method !== 'POST')
    problems.push(`settings.body: a GET has none; use "query", or method POST`);
  for (const [index, rule] of auth.entries()) {
    if ((rule.kind === 'hmac' || rule.kind === 'hash') && (rule.header === undefined) === (rule.field === undefined)) {
      problems.push(`settings.auth[${index}]: either \`header\` or \`field\` must say where the digest stands`);
    }
    if (rule.kind === 'hmac' && body === 'query') {
      problems.push(`settings.auth[${index}].kind: an HMAC covers the body, and a query has none; use "hash"`);
    }
  }
  return problems;
}

/** Outcome of {@link readSettings}. */
export type SettingsReading =
  | { readonly ok: true; readonly settings: HttpSmsSettings }
  /** Every problem, each with its path below the account. */
  | { readonly ok: false; readonly problems: readonly string[] };

const read = new WeakMap<object, SettingsReading>();

function readOnce({ settings: own }: ChannelAccount): SettingsReading {
  const name = own['preset'];
  const preset = typeof name === 'string' && Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (name !== undefined && preset === undefined) {
    return { ok: false, problems: [`settings.preset: one of ${Object.keys(PRESETS).join(', ')}`] };
  }
  const parsed = settingsSchema.safeParse(overlay(preset ?? {}, own));
  if (!parsed.success) {
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${pathOf(path)}: ${message}`) };
  }
  const problems = contradictions(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: parsed.data };
}

/** The settings of an account, checked. Read once for each settings object, because every delivery asks. */
export function readSettings(account: ChannelAccount): SettingsReading {
  const known = read.get(account.settings);
  if (known !== undefined) return known;
  const reading = readOnce(account);
  read.set(account.settings, reading);
  return reading;
}
