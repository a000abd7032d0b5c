import { z } from 'zod';
import type { ChannelAccount } from '@app/kernel';

const settingsSchema = z.object({
  host: z.string({ error: 'the message centre, for example "smsc.nha-mang.example"' }).min(1),
  port: z.int().min(1).max(65_535).default(2775),
  tls: z.boolean().default(false),
  system_type: z.string().max(12).default(''),
  default_alphabet: z.enum(['gsm7', 'latin1', 'utf8']).default('gsm7'),
  receipt_ids: z.enum(['same', 'hex_to_decimal', 'decimal_to_hex']).default('same'),
  receipt_zone: z
    .string()
    .regex(/^[+-]\d{2}:\d{2}$/, 'an offset such as "+07:00"')
    .default('+07:00'),
});

/** How one account binds, and what its message centre means. */
export interface SmppSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** What `data_coding` 0 means there. */
  readonly defaultAlphabet: 'gsm7' | 'latin1' | 'utf8';
  /** How ids in receipts differ from those that `submit_sm_resp` gave. */
  readonly receiptIds: 'same' | 'hex_to_decimal' | 'decimal_to_hex';
  /** Offset of the times in receipts. */
  readonly receiptZone: string;
}

/** Problems of an account, with paths relative to it. */
export function smppProblems({ externalId, settings, secrets }: ChannelAccount): readonly string[] {
  const problems = (settingsSchema.safeParse(settings).error?.issues ?? []).map(
    ({ path, message }) => `settings.${path.join('.')}: ${message}`,
  );
  if (!/^(?:\+[1-9]\d{6,14}|\d{3,8}|[A-Za-z0-9 ._-]{1,11})$/.test(externalId)) {
    problems.push('external_id: our number as +84…, a short code, or a brandname');
  }
  const { system_id: systemId = '', password = '' } = secrets;
  if (systemId === '' || systemId.length > 15) problems.push('secrets.system_id: at most 15 characters');
  // SMPP 3.4 says 8 characters; some centres take more.
  if (password === '') problems.push('secrets.password: must be set');
  return problems;
}

/** @throws ZodError for an account that {@link smppProblems} reports on */
export function readSmppSettings({ settings, secrets }: ChannelAccount): SmppSettings {
  const read = settingsSchema.parse(settings);
  return {
    host: read.host,
    port: read.port,
    tls: read.tls,
    systemId: secrets['system_id'] ?? '',
    password: secrets['password'] ?? '',
    systemType: read.system_type,
    defaultAlphabet: read.default_alphabet,
    receiptIds: read.receipt_ids,
    receiptZone: read.receipt_zone,
  };
}
