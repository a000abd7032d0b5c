import { arc } from 'mailauth/lib/arc/index.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { z } from 'zod';
import type { CheckedSeal, CheckedSignature, MailCheck } from '@app/channels';

/** TXT records of a name; fails with a `code`, as Node's resolver does. */
export type TextOf = (name: string) => Promise<string[][]>;

/** Shorter keys are broken for a few hundred pounds; RFC 8301 section 3.2 forbids to believe them. */
const LEAST_KEY_BITS = 1_024;

/** What mailauth tells of one signature, as far as it is used; its own types leave most of it out. */
const signatureSchema = z.object({
  signingDomain: z.string(),
  signature: z.string().optional(),
  status: z.object({ result: z.string() }),
  /** Names of the fields that were found and signed. */
  signingHeaders: z.object({ keys: z.string() }),
  canonBodyLengthLimited: z.boolean().optional(),
  canonBodyLength: z.number().optional(),
  canonBodyLengthTotal: z.number().optional(),
});
type Signature = z.infer<typeof signatureSchema>;

const newestSealSchema = z.object({
  'arc-seal': z.object({
    parsed: z.object({ d: z.object({ value: z.string() }), b: z.object({ value: z.string() }) }),
  }),
  /** The field as it stands in the mail: a string or bytes. */
  'arc-authentication-results': z.object({ original: z.unknown().transform(String) }),
  messageSignature: signatureSchema,
});

const coverOf = (signature: Signature): Pick<CheckedSignature, 'coversFrom' | 'coversBody'> => ({
  coversFrom: signature.signingHeaders.keys
    .toLowerCase()
    .split(':')
    .some((name) => name.trim() === 'from'),
  coversBody:
    signature.canonBodyLengthLimited !== true ||
    (signature.canonBodyLength !== undefined && signature.canonBodyLengthTotal === signature.canonBodyLength),
});

const toChecked = (signature: Signature): CheckedSignature => ({
  domain: signature.signingDomain.toLowerCase(),
  result: signature.status.result,
  ...coverOf(signature),
});

/** What the field itself says, without its name and its folds. */
const valueOf = (field: string): string => field.slice(field.indexOf(':') + 1).replace(/\r?\n(?=[ \t])/g, '');

type Verified = Awaited<ReturnType<typeof dkimVerify>>;

async function sealOf({ arc: found }: Verified, textOf: TextOf): Promise<CheckedSeal | undefined> {
  if (!found?.chain) return undefined;
  const { chain, lastEntry, error } = found;
  const data = { chain, ...(lastEntry && { lastEntry }), ...(error && { error }) };
  const { status } = await arc(data, { resolver: textOf, minBitLength: LEAST_KEY_BITS });
  const newest = newestSealSchema.safeParse(lastEntry);
  if (status.result !== 'pass' || !newest.success) return undefined;
  const { 'arc-seal': seal, 'arc-authentication-results': results, messageSignature } = newest.data;
  const sealer = seal.parsed.d.value.toLowerCase();
  return { sealer, results: valueOf(results.original), ...coverOf(messageSignature) };
}

/** What the author's domain demands; undefined when it demands nothing, or nobody can say. */
async function policyOf(author: string, textOf: TextOf): Promise<string | undefined> {
  const found = await dmarc({ headerFrom: [author], spfDomains: [], dkimDomains: [], resolver: textOf });
  return found === false || typeof found.policy !== 'string' ? undefined : found.policy.trim().toLowerCase();
}

/**
 * Checks the signatures of a mail against the keys that are published, and asks what its author's domain demands. It knows no
 * clock: a signature has expired when it had at `at`, the time at which our server took the mail in.
 *
 * @returns undefined when the mail has no author, or several: then nothing follows from a signature
 * @see RFC 6376, RFC 8617, RFC 7489
 */
export async function verifySignatures(source: Buffer, at: Date, textOf: TextOf): Promise<MailCheck | undefined> {
  const verified = await dkimVerify(source, { resolver: textOf, curTime: at, minBitLength: LEAST_KEY_BITS });
  const [author, ...others] = verified.headerFrom;
  if (author === undefined || others.length > 0) return undefined;
  // The seal of a forwarder comes among the signatures; it is judged apart.
  const sealed = newestSealSchema.shape['arc-seal'].safeParse(verified.arc?.lastEntry?.['arc-seal']).data?.parsed.b
    .value;
  const signatures = verified.results.flatMap((result) => {
    const { data } = signatureSchema.safeParse(result);
    return data === undefined || (sealed !== undefined && data.signature === sealed) ? [] : [toChecked(data)];
  });
  const [seal, policy] = await Promise.all([sealOf(verified, textOf), policyOf(author, textOf)]);
  return {
    fromDomain: author.slice(author.lastIndexOf('@') + 1),
    signatures,
    ...(seal === undefined ? {} : { seal }),
    ...(policy === undefined ? {} : { policy }),
  };
}
