import { findCandidates } from './blocking.js';
import { compareRecords } from './comparison.js';
import { CUSTOMER_COMPARISONS, customerBlockingKeys } from './customer-comparisons.js';
import { prepareCustomer, type CustomerRecord, type PreparedCustomer } from './customer-record.js';
import { DEFAULT_CUSTOMER_MODEL } from './default-customer-model.js';
import { explainScore, type Reasons } from './evidence.js';
import { scoreVector, type LinkageModel } from './fellegi-sunter.js';
import { learnModel, type LearningOptions } from './learn-model.js';

/** How likely two customers are one person, and why. */
export interface CustomerPairScore {
  /** Customer ids, in the order given. */
  readonly a: string;
  readonly b: string;
  /** 0 to 1; at most one half while fewer than two fields agree. */
  readonly probability: number;
  readonly reasons: Reasons;
}

/** Options of {@link scoreCustomers}. */
export interface ScoreCustomersOptions {
  /** Learned from the records when absent, or the default one when they are too few. */
  readonly model?: LinkageModel;
  /** Pairs below it are left out. */
  readonly minProbability?: number;
}

const MIN_PROBABILITY = 0.5;

function scorePrepared(a: PreparedCustomer, b: PreparedCustomer, model: LinkageModel): CustomerPairScore {
  const score = scoreVector(model, compareRecords(CUSTOMER_COMPARISONS, a, b));
  return { a: a.id, b: b.id, probability: score.probability, reasons: explainScore(score) };
}

/**
 * Compares one customer with another. For one against a handful of candidates; {@link scoreCustomers} compares many.
 *
 * A score is evidence of level 0: it suggests to an agent and never merges.
 *
 * @param model from {@link learnCustomerModel}, or the default
 * @see identity design, section 3.2
 */
export function comparePair(
  a: CustomerRecord,
  b: CustomerRecord,
  model: LinkageModel = DEFAULT_CUSTOMER_MODEL,
): CustomerPairScore {
  return scorePrepared(prepareCustomer(a), prepareCustomer(b), model);
}

const candidatesOf = (customers: readonly PreparedCustomer[]) =>
  findCandidates(customers, { keysOf: customerBlockingKeys }).pairs;

/** Keys under which a store can look for candidates of {@link comparePair}: two customers that share one are compared. */
export const blockingKeysOf = (record: CustomerRecord): readonly string[] => [
  ...new Set(customerBlockingKeys(prepareCustomer(record))),
];

/** Learns a model from the customers themselves. @returns the default model when too few look like duplicates */
export function learnCustomerModel(records: readonly CustomerRecord[], options?: LearningOptions): LinkageModel {
  const customers = records.map(prepareCustomer);
  const input = { records: customers, comparisons: CUSTOMER_COMPARISONS, candidates: candidatesOf(customers) };
  return learnModel(input, options) ?? DEFAULT_CUSTOMER_MODEL;
}

/**
 * Suggests which customers are one person, by what they look like.
 *
 * @returns the likeliest first, of equal ones by position
 */
export function scoreCustomers(
  records: readonly CustomerRecord[],
  options: ScoreCustomersOptions = {},
): CustomerPairScore[] {
  const { model = learnCustomerModel(records), minProbability = MIN_PROBABILITY } = options;
  const customers = records.map(prepareCustomer);
  return candidatesOf(customers)
    .map(([first, second]) => scorePrepared(customers[first]!, customers[second]!, model))
    .filter(({ probability }) => probability >= minProbability)
    .sort((x, y) => y.probability - x.probability);
}
