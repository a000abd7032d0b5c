import { comparePair, namesOnePerson, type CustomerRecord } from '@app/identity';
import type { CustomerFacts } from '@app/persistence';
import type { Suggestion } from './suggestion.schema.js';

type Likeness = NonNullable<Suggestion['likeness']>;

/** From here on, with nothing against it, what two customers look like counts as a second signal. */
export const ALIKE = 0.95;

/**
 * What may be compared of a customer.
 *
 * @param own of the one whom the suggestions are for: what they claim is theirs to be compared; of others only what they
 * proved is, so that nobody comes to look like somebody by saying so
 */
function toRecord(facts: CustomerFacts, own: boolean): CustomerRecord {
  const said = own ? facts.claims : [];
  const values = (kinds: readonly string[]) =>
    [...facts.identities, ...said].flatMap(({ kind, value }) => (kinds.includes(kind) ? [value] : []));
  return {
    id: facts.id,
    names: facts.names,
    phones: values(['phone']),
    emails: values(own ? ['email', 'email_unverified'] : ['email']),
    addresses: [],
    orderNumbers: [],
    accountScopes: facts.identities
      .filter(({ kind }) => namesOnePerson(kind))
      .map(({ kind, scope }) => `${kind} ${scope}`),
  };
}

/** How much two customers look like one person; level 0, for an agent to judge. */
export function likenessOf(customer: CustomerFacts, other: CustomerFacts): Likeness {
  const { probability, reasons } = comparePair(toRecord(customer, true), toRecord(other, false));
  return {
    probability: Math.round(probability * 1000) / 1000,
    waterfall: [...reasons.for, ...reasons.against].map(({ code, sentence, bits }) => ({
      code,
      sentence,
      bits: Math.round(bits * 10) / 10,
    })),
  };
}
