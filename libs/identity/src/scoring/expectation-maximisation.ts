import { MAX_DISAGREEMENT, type FieldComparison } from './comparison.js';
import { MIN_AGREEING_FIELDS } from './fellegi-sunter.js';
import { levelShares, type PatternCount } from './pattern-counts.js';

/** Share of each level, by field. */
export type Shares = readonly (readonly number[])[];

const MAX_ROUNDS = 50;
/** Learning ends when no share moves further than this. */
const SETTLED = 1e-6;

/** What is compared, without the comparing. */
export type FieldLevels = Pick<FieldComparison<never>, 'levels' | 'maxDisagreement'>;

const countAgreements = (fields: readonly FieldLevels[], { levels }: PatternCount): number =>
  levels.filter((level, field) => level !== undefined && fields[field]!.levels[level]!.agrees).length;

/**
 * Whether a pair is one person at first sight: at least two fields agree, and at least half of those that both have.
 * Serves to start learning and to estimate how many matches there are; not to decide.
 */
export function looksLikeMatch(fields: readonly FieldLevels[], pattern: PatternCount): boolean {
  const agreeing = countAgreements(fields, pattern);
  const comparable = pattern.levels.filter((level) => level !== undefined).length;
  return agreeing >= MIN_AGREEING_FIELDS && 2 * agreeing >= comparable;
}

/** Keeps the last level, the disagreement, within its bound; the others grow in proportion. */
function bound(shares: readonly number[], most = MAX_DISAGREEMENT): number[] {
  const disagreement = shares.at(-1)!;
  if (disagreement <= most) return [...shares];
  const growth = (1 - most) / (1 - disagreement);
  return shares.map((share, level) => (level === shares.length - 1 ? most : share * growth));
}

/** Chance that a pattern is one person; none with fewer than two agreeing fields, whatever the shares say. */
function posterior(fields: readonly FieldLevels[], pattern: PatternCount, m: Shares, u: Shares, prior: number): number {
  if (countAgreements(fields, pattern) < MIN_AGREEING_FIELDS) return 0;
  let odds = prior / (1 - prior);
  for (const [field, level] of pattern.levels.entries()) {
    if (level !== undefined) odds *= m[field]![level]! / u[field]![level]!;
  }
  return odds === Infinity ? 1 : odds / (1 + odds);
}

const furthestMove = (from: Shares, to: Shares): number =>
  Math.max(...from.flatMap((shares, field) => shares.map((share, level) => Math.abs(share - to[field]![level]!))));

/** What learning starts from. */
export interface LearningStart {
  /** Candidate pairs, counted. */
  readonly candidates: readonly PatternCount[];
  /** Share of each level among strangers, from pairs taken at random. */
  readonly u: Shares;
  /** Chance that two records taken at random are one person, of all pairs and not only the candidates; too high at worst. */
  readonly prior: number;
  /** Number of all pairs. */
  readonly allPairs: number;
}

/** What was learned of one person's records. */
export interface MatchShares {
  /** Share of each level within one person, by field. */
  readonly m: Shares;
  readonly prior: number;
}

/**
 * Learns without labels how one person's records compare (m), by expectation and maximisation over candidate pairs.
 *
 * What strangers look like (u) stays fixed and the prior may only fall: on candidates, which were picked for their
 * likeness, a free prior grows until everybody is one person. For the same reason disagreement is bounded and two
 * agreeing fields are demanded.
 *
 * @see identity design, section 5.6
 */
export function learnMatchShares(fields: readonly FieldLevels[], start: LearningStart): MatchShares {
  const { candidates, u, allPairs } = start;
  let { prior } = start;
  const sharesFor = (weights: readonly number[]): Shares =>
    fields.map((field, index) =>
      bound(levelShares(candidates, weights, index, field.levels.length), field.maxDisagreement),
    );
  let m = sharesFor(candidates.map((pattern) => (looksLikeMatch(fields, pattern) ? 1 : 0)));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const weights = candidates.map((pattern) => posterior(fields, pattern, m, u, prior));
    const matches = weights.reduce((sum, weight, index) => sum + weight * candidates[index]!.count, 0);
    const next = sharesFor(weights);
    const moved = furthestMove(m, next);
    prior = Math.min(prior, Math.max(1, matches) / allPairs);
    m = next;
    if (moved < SETTLED) break;
  }
  return { m, prior };
}
