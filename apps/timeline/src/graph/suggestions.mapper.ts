import { compareIds } from '@app/identity';
import {
  publicId,
  type BlockedFinding,
  type ClaimFinding,
  type CommonClaimFinding,
  type SuggestedCustomerRow,
  type SuggestionFindings,
} from '@app/persistence';
import type { Statement } from './decision.schema.js';
import { claimInWords, evidenceInWords, GUARDS } from './in-words.js';
import { ALIKE, likenessOf } from './likeness.js';
import { toObjection } from './objections.js';
import type { Suggestion } from './suggestion.schema.js';

/** Suggestions that one answer shows: more are no help to anybody. */
export const MOST_SUGGESTIONS = 20;

type Strength = Suggestion['strength'];
const STRENGTHS: readonly Strength[] = ['strong', 'medium', 'weak'];
/** Claims from here on are corroborated by something. */
const CORROBORATED = 2;

const source = (row: { identity_id: string; source_entry: string | null }, at: Date) => ({
  identity_id: publicId.identity(row.identity_id),
  ...(row.source_entry === null ? {} : { entry_id: publicId.entry(row.source_entry) }),
  at: at.toISOString(),
});

const claimed = (finding: ClaimFinding): Statement => ({
  code: 'claims_identity',
  sentence: `Claims ${claimInWords(finding)}, unverified.`,
  ...source(finding, finding.claimed_at),
});
const claimedAlike = (finding: CommonClaimFinding): Statement => ({
  code: 'claims_same',
  sentence: `Claims ${claimInWords(finding)}, as the other one did before; both unverified.`,
  ...source(finding, finding.claimed_at),
});
const proven = (finding: BlockedFinding): Statement => ({
  code: 'proof_held_back',
  sentence: evidenceInWords(finding.rule, finding.trust, null),
  ...source(finding, finding.evidence_at),
});
const guard = (finding: BlockedFinding): Statement => ({
  code: `guard_${finding.blocked_by}`,
  sentence: `Held back: ${GUARDS[finding.blocked_by]}.`,
});
const SHARED: Statement = { code: 'shared_identity', sentence: 'Several people use what is claimed.' };
const sameName = ({ name }: { name: string }): Statement => ({
  code: 'same_name',
  sentence: `Has the same name: ${name}.`,
});

/** Everything found about one pair. */
type PairFindings = Omit<SuggestionFindings, 'customers' | 'facts'>;

function findingsOf(all: SuggestionFindings, otherId: string): PairFindings {
  const of = <T extends { readonly other_id: string }>(list: readonly T[]) =>
    list.filter((finding) => finding.other_id === otherId);
  return {
    claims: of(all.claims),
    commonClaims: of(all.commonClaims),
    blocked: of(all.blocked),
    sameName: of(all.sameName),
    objections: of(all.objections),
  };
}

/**
 * Proof is strong, unless it was held back because both have an account where a person has one: then they are mostly two
 * people who use one number. Two signals of different kinds corroborate each other; what speaks against it makes it weaker.
 */
function strengthOf(
  { claims, commonClaims, blocked, sameName: names, objections }: PairFindings,
  probability: number,
): Strength {
  const isObjected = (by: string): boolean => objections.some(({ code }) => code === by);
  if (blocked.length > 0 && isObjected('two_accounts')) {
    return names.length > 0 || probability >= ALIKE ? 'medium' : 'weak';
  }
  if (blocked.length > 0) return isObjected('parted') ? 'medium' : 'strong';
  const signals = [claims, commonClaims, names].filter((list) => list.length > 0).length;
  const corroborated = signals > 1 || probability >= ALIKE || claims.some(({ trust }) => trust >= CORROBORATED);
  const doubtful = objections.length > 0 || claims.some(({ shared }) => shared);
  return corroborated && !doubtful ? 'medium' : 'weak';
}

const distinct = (statements: readonly Statement[]): Statement[] => [
  ...new Map(statements.map((statement) => [`${statement.code} ${statement.sentence}`, statement])).values(),
];

function toSuggestion(
  customer: SuggestedCustomerRow,
  pair: PairFindings,
  likeness: Suggestion['likeness'],
): Suggestion {
  const shared = pair.claims.some((claim) => claim.shared);
  return {
    customer: {
      customer_id: publicId.customer(customer.id),
      ref: customer.ref,
      ...(customer.display_name === null ? {} : { display_name: customer.display_name }),
    },
    strength: strengthOf(pair, likeness.probability),
    likeness,
    evidence_for: distinct([
      ...pair.blocked.map(proven),
      ...pair.claims.map(claimed),
      ...pair.commonClaims.map(claimedAlike),
      ...pair.sameName.map(sameName),
    ]),
    evidence_against: distinct([
      ...pair.blocked.map(guard),
      ...(shared ? [SHARED] : []),
      ...pair.objections.map(toObjection),
    ]),
  };
}

const compareSuggestions = (x: Suggestion, y: Suggestion): number =>
  STRENGTHS.indexOf(x.strength) - STRENGTHS.indexOf(y.strength) ||
  y.likeness.probability - x.likeness.probability ||
  compareIds(x.customer.customer_id, y.customer.customer_id);

/**
 * Puts what was found about a customer into suggestions. Whoever an agent said is somebody else is left out.
 *
 * @param customerId of the one whom they are for
 * @returns the strongest first, then the likest, then by id; at most {@link MOST_SUGGESTIONS}
 */
export function toSuggestions(found: SuggestionFindings, customerId: string): readonly Suggestion[] {
  const facts = new Map(found.facts.map((one) => [one.id, one]));
  return found.customers
    .map((customer) => ({ customer, pair: findingsOf(found, customer.id) }))
    .filter(({ pair }) => pair.objections.every(({ code }) => code !== 'forbidden'))
    .map(({ customer, pair }) =>
      toSuggestion(customer, pair, likenessOf(facts.get(customerId)!, facts.get(customer.id)!)),
    )
    .sort(compareSuggestions)
    .slice(0, MOST_SUGGESTIONS);
}
