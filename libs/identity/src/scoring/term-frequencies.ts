/** How many people bear a term: shares from 0 to 1. */
export interface TermFrequencies {
  readonly shares: ReadonlyMap<string, number>;
  /** Share of a term that is not in the list. */
  readonly unlisted: number;
  /** Least chance that any combination of terms is given: what the data cannot show, they do not claim. */
  readonly least: number;
}

/**
 * Learns from the records how frequent terms are. The record itself does not count: a term borne by one record alone is
 * as rare as can be told from so many.
 *
 * @param termsOfRecords one list for each record that has any; a term counts once for each record
 */
export function learnTermFrequencies(termsOfRecords: readonly (readonly string[])[]): TermFrequencies {
  const counts = new Map<string, number>();
  for (const terms of termsOfRecords) {
    for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const total = Math.max(2, termsOfRecords.length);
  const rarest = 0.5 / total;
  const shares = new Map([...counts].map(([term, count]) => [term, Math.max(rarest, (count - 1) / (total - 1))]));
  return { shares, unlisted: rarest, least: rarest };
}

/** Chance that somebody else bears all the terms, as if they were given independently of each other; above 0. */
export function chanceOfTerms(frequencies: TermFrequencies, terms: readonly string[]): number {
  const { shares, unlisted, least } = frequencies;
  return Math.max(
    least,
    terms.reduce((chance, term) => chance * (shares.get(term) ?? unlisted), 1),
  );
}
