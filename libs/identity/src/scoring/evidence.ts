import { MIN_AGREEING_FIELDS, type FieldWeight, type PairScore } from './fellegi-sunter.js';

/** One reason, to be shown to an agent. */
export interface Evidence {
  /** Stable; a console may translate by it. */
  readonly code: string;
  /** Plain English, without personal data. */
  readonly sentence: string;
  /** How much it says: positive for one person, negative against; ten bits are a factor of about a thousand. */
  readonly bits: number;
}

/** Reasons for and against, each list with the weightiest first. */
export interface Reasons {
  readonly for: readonly Evidence[];
  readonly against: readonly Evidence[];
}

const SENTENCES: Readonly<Record<string, string>> = {
  name_same_folded: 'The names are the same, marks and capitals aside',
  name_same_reordered: 'The names are the same in another order',
  name_same_keystrokes: 'The names are the same once the keystrokes of a Vietnamese keyboard are undone',
  name_given_and_family: 'Given and family name are the same; a middle name is missing or shortened',
  name_marks_differ: 'The names have the same letters but other marks, so they may be two names',
  name_close: 'The names differ by a slip',
  name_part_of_other: 'One name is a part of the other',
  name_differs: 'The names differ',
  phone_same: 'They gave the same phone number',
  phone_last_digits: 'Phone numbers end in the same seven digits',
  phone_one_slip: 'Phone numbers differ in one digit',
  phone_differs: 'No phone number is the same',
  email_same: 'They gave the same mail address',
  email_local_part_same: 'Mail addresses are the same before the @, with another provider',
  email_close: 'Mail addresses differ by a slip, a dot or a tag',
  email_differs: 'No mail address is the same',
  address_same: 'The postal addresses are the same',
  address_similar: 'The postal addresses are alike and have the same house number',
  address_differs: 'The postal addresses differ',
  order_same: 'Both named the same order',
  order_none_shared: 'They named no order in common',
  accounts_never_on_one_page: 'They never wrote to the same page',
  accounts_of_one_page_differ: 'They wrote to the same page from two accounts',
};

/** From here on the rarity of a value is worth a word: a factor of four. */
const REMARKABLE_BITS = 2;

function rarityWords({ rarityBits }: FieldWeight): string {
  if (rarityBits >= REMARKABLE_BITS) return ', and few people share this';
  return rarityBits <= -REMARKABLE_BITS ? ', but many people share this' : '';
}

function toEvidence(weight: FieldWeight): Evidence {
  const sentence = SENTENCES[weight.code] ?? `${weight.field}: ${weight.code}`;
  return { code: weight.code, sentence: `${sentence}${rarityWords(weight)}.`, bits: weight.bits };
}

/** Said when too little agrees for a suggestion, however heavy it is. */
const ONE_FIELD_ONLY: Evidence = {
  code: 'too_little_agrees',
  sentence: 'Fewer than two things agree, which chance alone can bring about.',
  bits: 0,
};

const byWeight = (a: Evidence, b: Evidence): number =>
  Math.abs(b.bits) - Math.abs(a.bits) || (a.code < b.code ? -1 : 1);

/** Puts a score into words, so that an agent can judge it instead of believing it. */
export function explainScore({ waterfall }: PairScore): Reasons {
  const reasons = waterfall.map(toEvidence).sort(byWeight);
  const agreeing = waterfall.filter(({ agrees }) => agrees).length;
  const against = reasons.filter(({ bits }) => bits < 0);
  return {
    for: reasons.filter(({ bits }) => bits >= 0),
    against: agreeing < MIN_AGREEING_FIELDS ? [...against, ONE_FIELD_ONLY] : against,
  };
}
