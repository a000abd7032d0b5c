import { trustedVerdict, type BorderVerdict, type MailVerdict } from './authentication-results.js';
import type { HeaderField } from './header-fields.js';
import { checkedVerdict, type MailCheck } from './mail-check.js';
import type { MailPolicy } from './mail-policy.js';

/** What is known of who let a mail out, before it is weighed. */
export interface VerdictSources {
  readonly fields: readonly HeaderField[];
  readonly policy: MailPolicy;
  /** Domain of the one author, normalised; undefined when there is no such. */
  readonly fromDomain: string | undefined;
  /** What we found out ourselves, if we looked. */
  readonly check: MailCheck | undefined;
}

const borderVerdict = ({ fields, policy, fromDomain }: Omit<VerdictSources, 'check'>): BorderVerdict | undefined =>
  trustedVerdict(fields, { authservIds: policy.trustedAuthservIds, withoutId: policy.microsoft365 }, fromDomain);

/** A border that says nothing of signatures or of DMARC did not look at them, or its answer was cut out. */
const decides = ({ dkim, dmarc }: BorderVerdict): boolean => dkim !== undefined || dmarc !== undefined;

/** Each signature and each seal asks DNS for a key and reads the body; real mails have three or four. */
const MAX_SIGNATURES = 10;
const SIGNATURES: ReadonlySet<string> = new Set(['dkim-signature', 'arc-seal']);

/**
 * Whether a check of ours can tell more about a mail than a trusted border already did. A mail of dozens of signatures is made to
 * keep us busy.
 */
export function isCheckWanted(fields: readonly HeaderField[], policy: MailPolicy): boolean {
  if (fields.filter(({ name }) => SIGNATURES.has(name)).length > MAX_SIGNATURES) return false;
  const said = borderVerdict({ fields, policy, fromDomain: undefined });
  return said === undefined || !decides(said);
}

/**
 * Who let a mail out, from the best source there is: what our own receiving server wrote when it came, then what we found out
 * ourselves. SPF is known from the first only.
 */
export function verdictOf(sources: VerdictSources): MailVerdict | undefined {
  const { policy, fromDomain, check } = sources;
  const said = borderVerdict(sources);
  if ((said !== undefined && decides(said)) || check === undefined || fromDomain === undefined) return said;
  const { trustedArcSealers: trustedSealers } = policy;
  const found = checkedVerdict(check, { fromDomain, spfDomain: said?.spfDomain, trustedSealers });
  return { ...(said?.spf === undefined ? {} : { spf: said.spf }), ...found };
}
