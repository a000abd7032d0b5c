import { CUSTOMER_COMPARISONS } from './customer-comparisons.js';
import type { LinkageModel } from './fellegi-sunter.js';
import type { TermFrequencies } from './term-frequencies.js';

/** Share of one person's pairs, and of strangers' pairs, that compare so. */
type Shares = readonly [m: number, u: number];

/**
 * Weights for a base that is too small to learn from. They are estimates, chosen by hand on the safe side: what agrees
 * by chance is taken to be more frequent than it is. `u` of numbers follows from their length, with room for households.
 */
const SHARES: Readonly<Record<string, Shares>> = {
  name_same_folded: [0.45, 2e-4],
  name_same_reordered: [0.08, 5e-5],
  name_same_keystrokes: [0.02, 1e-5],
  name_given_and_family: [0.12, 6e-4],
  name_marks_differ: [0.01, 2e-4],
  name_close: [0.1, 3e-4],
  name_part_of_other: [0.16, 4e-3],
  name_differs: [0.06, 0.9945],
  phone_same: [0.35, 1e-6],
  phone_last_digits: [0.03, 2e-6],
  phone_one_slip: [0.03, 5e-6],
  phone_differs: [0.59, 0.99999],
  email_same: [0.35, 1e-6],
  email_local_part_same: [0.1, 5e-5],
  email_close: [0.05, 1e-5],
  email_differs: [0.5, 0.9999],
  address_same: [0.3, 2e-4],
  address_similar: [0.25, 4e-4],
  address_differs: [0.45, 0.9994],
  order_same: [0.98, 1e-3],
  order_none_shared: [0.02, 0.999],
  accounts_never_on_one_page: [0.97, 1e-3],
  accounts_of_one_page_differ: [0.03, 0.999],
};

/**
 * Shares of frequent Vietnamese names. Family names after Lê Trung Hoa, "Họ và tên người Việt Nam" (2005), as Wikipedia
 * "Vietnamese name" cites it; middle and given names are estimates of the order of magnitude.
 */
const NAME_SHARES: Readonly<Record<string, number>> = {
  nguyen: 0.384,
  tran: 0.11,
  le: 0.095,
  pham: 0.07,
  hoang: 0.03,
  huynh: 0.03,
  phan: 0.045,
  vu: 0.02,
  vo: 0.02,
  dang: 0.021,
  bui: 0.02,
  do: 0.014,
  ho: 0.013,
  ngo: 0.013,
  duong: 0.01,
  ly: 0.005,
  thi: 0.3,
  van: 0.17,
  ngoc: 0.04,
  minh: 0.04,
  anh: 0.04,
  thanh: 0.04,
  hong: 0.02,
  thu: 0.03,
  huong: 0.02,
  linh: 0.02,
  hung: 0.015,
  lan: 0.015,
  mai: 0.015,
  hoa: 0.015,
  nam: 0.01,
  long: 0.01,
};

const NAME_FREQUENCIES: TermFrequencies = {
  shares: new Map(Object.entries(NAME_SHARES)),
  unlisted: 2e-3,
  least: 1e-5,
};

/** About one duplicate for each customer, in a base of a hundred thousand. */
const PRIOR = 2e-5;

/** The model of customers to use until there are enough likely duplicates to learn from. */
export const DEFAULT_CUSTOMER_MODEL: LinkageModel = {
  prior: PRIOR,
  fields: CUSTOMER_COMPARISONS.map(({ field, levels }) => ({
    field,
    levels: levels.map((level) => {
      const [m, u] = SHARES[level.code]!;
      return { ...level, m, u };
    }),
    frequencies: field === 'name' ? NAME_FREQUENCIES : undefined,
  })),
};
