import { z } from 'zod';
import { normaliseMailAddress } from '@app/identity';
import type { ChannelAccount } from '@app/kernel';
import { readOnce } from '../read-once.js';

const address = z
  .string()
  .refine((text) => normaliseMailAddress(text) !== undefined, 'a mail address, for example "hotro@shop.example.vn"');

/** Settings of every account of mail, however its mail comes in. */
export const MAIL_POLICY = {
  aliases: z.array(address).default([]),
  trusted_authserv_ids: z.array(z.string().min(1).toLowerCase()).default([]),
  microsoft365: z.boolean().default(false),
  trusted_arc_sealers: z.array(z.string().min(1).toLowerCase()).default([]),
  form_relays: z.array(address).default([]),
};

/** Whom an account trusts, and which addresses are its own besides the one that names it. */
export interface MailPolicy {
  readonly aliases: readonly string[];
  readonly trustedAuthservIds: readonly string[];
  /** Believe results that name no server, as Microsoft 365 writes them. */
  readonly microsoft365: boolean;
  /** Forwarders that are believed about what they forward, by the domain of their seal (ARC). */
  readonly trustedArcSealers: readonly string[];
  /** Senders of web forms, which name the visitor in `Reply-To`. */
  readonly formRelays: readonly string[];
}

const schema = z.object(MAIL_POLICY);

const policyOf = readOnce((settings: ChannelAccount['settings']): MailPolicy => {
  const policy = schema.parse(settings);
  return {
    aliases: policy.aliases,
    trustedAuthservIds: policy.trusted_authserv_ids,
    microsoft365: policy.microsoft365,
    trustedArcSealers: policy.trusted_arc_sealers,
    formRelays: policy.form_relays,
  };
});

/** Read once for each settings object, because every mail asks. @throws ZodError for an account with problems */
export const readMailPolicy = ({ settings }: ChannelAccount): MailPolicy => policyOf(settings);

/** What is wrong with the address that names an account. */
export function mailboxProblems({ externalId }: ChannelAccount): readonly string[] {
  if (normaliseMailAddress(externalId) !== undefined) return [];
  return ['external_id: the address of the mailbox, for example "hotro@shop.example.vn"'];
}
