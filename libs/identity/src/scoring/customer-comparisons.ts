import { bestAgreement } from './best-agreement.js';
import { compareNames, NAME_LEVELS } from './compare-names.js';
import type { Agreement, FieldComparison } from './comparison.js';
import type { MailParts, PostalWords, PreparedCustomer } from './customer-record.js';
import { editDistance } from './text-similarity.js';

/** A person has several numbers and addresses, and two records of one person hold different ones more often than not. */
const SEVERAL_EACH = 0.6;
const LAST_DIGITS = 7;
/** Local parts that stand for a desk; shorter ones than the minimum stand for anybody. */
const ROLES = new Set([
  'info',
  'sales',
  'support',
  'admin',
  'contact',
  'noreply',
  'no-reply',
  'ketoan',
  'cskh',
  'lienhe',
  'hotro',
]);
const MIN_LOCAL_CHARS = 5;
const SIMILAR_ADDRESS = 0.6;

function comparePhones(a: string, b: string): Agreement {
  if (a === b) return { level: 0 };
  if (a.slice(-LAST_DIGITS) === b.slice(-LAST_DIGITS)) return { level: 1 };
  return { level: a.length === b.length && editDistance(a, b, 1) === 1 ? 2 : 3 };
}

/** Most providers ignore dots and what follows a plus. */
const bareLocal = ({ local }: MailParts): string => local.replace(/\+.*$/, '').replaceAll('.', '');

function compareMails(a: MailParts, b: MailParts): Agreement {
  if (a.domain === b.domain) {
    if (a.local === b.local) return { level: 0 };
    const [x, y] = [bareLocal(a), bareLocal(b)];
    const close = x === y || (x.length > MIN_LOCAL_CHARS && editDistance(x, y, 1) === 1);
    return { level: close ? 2 : 3 };
  }
  const telling = a.local.length >= MIN_LOCAL_CHARS && !ROLES.has(a.local);
  return a.local === b.local && telling ? { level: 1, terms: [a.local] } : { level: 3 };
}

function compareAddresses(a: PostalWords, b: PostalWords): Agreement {
  const shared = [...a.words].filter((word) => b.words.has(word)).length;
  const likeness = shared / (a.words.size + b.words.size - shared);
  if (likeness === 1) return { level: 0 };
  return { level: likeness >= SIMILAR_ADDRESS && a.number === b.number ? 1 : 2 };
}

const shareAny = (as: readonly string[], bs: readonly string[]): boolean => {
  const others = new Set(bs);
  return as.some((a) => others.has(a));
};

/** The fields of a customer, in the order of every model of customers. */
export const CUSTOMER_COMPARISONS: readonly FieldComparison<PreparedCustomer>[] = [
  {
    field: 'name',
    levels: NAME_LEVELS,
    compare: (a, b) => bestAgreement(a.names, b.names, compareNames),
    termsOf: ({ names }) => names.flatMap(({ words }) => words),
  },
  {
    field: 'phone',
    levels: [
      { code: 'phone_same', agrees: true },
      { code: 'phone_last_digits', agrees: true },
      { code: 'phone_one_slip', agrees: true },
      { code: 'phone_differs', agrees: false },
    ],
    maxDisagreement: SEVERAL_EACH,
    compare: (a, b) => bestAgreement(a.phones, b.phones, comparePhones),
  },
  {
    field: 'email',
    levels: [
      { code: 'email_same', agrees: true },
      { code: 'email_local_part_same', agrees: true },
      { code: 'email_close', agrees: true },
      { code: 'email_differs', agrees: false },
    ],
    maxDisagreement: SEVERAL_EACH,
    compare: (a, b) => bestAgreement(a.emails, b.emails, compareMails),
    termsOf: ({ emails }) => emails.map(({ local }) => local),
  },
  {
    field: 'address',
    levels: [
      { code: 'address_same', agrees: true },
      { code: 'address_similar', agrees: true },
      { code: 'address_differs', agrees: false },
    ],
    maxDisagreement: SEVERAL_EACH,
    compare: (a, b) => bestAgreement(a.addresses, b.addresses, compareAddresses),
  },
  {
    field: 'order',
    levels: [
      { code: 'order_same', agrees: true },
      { code: 'order_none_shared', agrees: false },
    ],
    // Everybody has orders of their own: only a shared one says anything.
    compare: (a, b) => (shareAny(a.orderNumbers, b.orderNumbers) ? { level: 0 } : undefined),
  },
  {
    field: 'account',
    levels: [
      { code: 'accounts_never_on_one_page', agrees: false },
      { code: 'accounts_of_one_page_differ', agrees: false },
    ],
    maxDisagreement: 0.03,
    // One page knows a person by one id, so two ids on one page are two people, unless somebody has two accounts.
    compare: (a, b) => (shareAny(a.accountScopes, b.accountScopes) ? { level: 1 } : undefined),
  },
];

const LONG_WORD_CHARS = 4;

/** Keys under which customers are compared with each other: any strong value, or given and family name. */
export function customerBlockingKeys(customer: PreparedCustomer): string[] {
  return [
    ...customer.phones.map((phone) => `phone ${phone.slice(-LAST_DIGITS)}`),
    ...customer.emails.flatMap(({ local, domain }) => [`local ${local}`, `mail ${local.slice(0, 4)} ${domain}`]),
    ...customer.orderNumbers.map((order) => `order ${order}`),
    ...customer.names.flatMap(({ words, unordered }) =>
      words.length < 2 ? [] : [`name ${unordered}`, `ends ${[words[0]!, words.at(-1)!].sort().join(' ')}`],
    ),
    ...customer.addresses.flatMap(({ words, number }) =>
      [...words].filter((word) => word.length >= LONG_WORD_CHARS).map((word) => `address ${number} ${word}`),
    ),
  ];
}
