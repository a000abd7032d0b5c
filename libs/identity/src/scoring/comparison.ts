/** One way in which a field of two records can agree or differ. */
export interface ComparisonLevel {
  /** Stable name of the finding, for example `phone_same`. */
  readonly code: string;
  /** Whether it speaks of agreement, however weak; at least two such fields are demanded of a match. */
  readonly agrees: boolean;
  /** Level against whose chance the rarity of the shared terms is measured; itself when absent. */
  readonly rarityBase?: number;
}

/** How one field of two records compares. */
export interface Agreement {
  /** Index into the levels of the field, the strongest first. */
  readonly level: number;
  /** What both share, when its rarity matters; each is looked up among the term frequencies of the field. */
  readonly terms?: readonly string[];
}

/** How one field of records of a kind is compared. */
export interface FieldComparison<R> {
  readonly field: string;
  /** Strongest first; the last one is the disagreement. */
  readonly levels: readonly ComparisonLevel[];
  /**
   * How often the records of one person may disagree at most; learning never goes beyond it.
   * {@link MAX_DISAGREEMENT} when absent.
   */
  readonly maxDisagreement?: number;
  /** Symmetric and pure. @returns undefined when one side has nothing to compare, which is no evidence */
  compare(a: R, b: R): Agreement | undefined;
  /** What a record counts for in the term frequencies; absent when rarity does not matter. */
  termsOf?(record: R): readonly string[];
}

/** One outcome for each field, in the order of the comparisons. */
export type ComparisonVector = readonly (Agreement | undefined)[];

/** Bound on the disagreement within one person, without which learning takes strangers of one name for one person. */
export const MAX_DISAGREEMENT = 0.15;

/** Compares two records field by field. */
export function compareRecords<R>(comparisons: readonly FieldComparison<R>[], a: R, b: R): ComparisonVector {
  return comparisons.map((comparison) => comparison.compare(a, b));
}
