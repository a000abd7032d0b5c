import type { Agreement, ComparisonLevel } from './comparison.js';
import { editDistance } from './text-similarity.js';
import { familyNameOf, givenNameOf, type PersonName } from './vietnamese-name.js';

/** How two names can agree, strongest first. Rarity of whole names is measured against the first level. */
export const NAME_LEVELS = [
  { code: 'name_same_folded', agrees: true },
  { code: 'name_same_reordered', agrees: true, rarityBase: 0 },
  { code: 'name_same_keystrokes', agrees: true, rarityBase: 0 },
  { code: 'name_given_and_family', agrees: true },
  { code: 'name_marks_differ', agrees: true, rarityBase: 0 },
  { code: 'name_close', agrees: true },
  { code: 'name_part_of_other', agrees: true },
  { code: 'name_differs', agrees: false },
] as const satisfies readonly ComparisonLevel[];

/** Code of a level of agreement between names. */
export type NameLevelCode = (typeof NAME_LEVELS)[number]['code'];

/** One slip in `lan` makes another name, one in `nguyen van hung` does not. */
const MIN_CHARS_FOR_SLIP = 7;
const MIN_CHARS_FOR_TWO_SLIPS = 14;

const agreement = (code: NameLevelCode, terms?: readonly string[]): Agreement => ({
  level: NAME_LEVELS.findIndex((level) => level.code === code),
  terms,
});

/** The same words; what is left is how they were written. */
function compareSameWords(a: PersonName, b: PersonName): Agreement {
  const terms = [...a.words].sort();
  if (a.fromKeystrokes !== b.fromKeystrokes) return agreement('name_same_keystrokes', terms);
  if (a.form !== b.form) return agreement('name_same_reordered', terms);
  const contradict = a.hasMarks && b.hasMarks && a.written !== b.written;
  return agreement(contradict ? 'name_marks_differ' : 'name_same_folded', terms);
}

/** Whether the middle words of one are missing in the other, or only its initials. */
function middlesFit(a: readonly string[], b: readonly string[]): boolean {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  return few.every((word, index) => {
    const other = many[index]!;
    return (
      word === other || (word.length === 1 && other.startsWith(word)) || (other.length === 1 && word.startsWith(other))
    );
  });
}

/** Given and family name agree, in either order, with nothing against it between them. @returns the two words */
function sharedEnds(a: PersonName, b: PersonName): readonly string[] | undefined {
  if (a.words.length < 2 || b.words.length < 2) return undefined;
  const ends = [familyNameOf(a), givenNameOf(a)];
  const same = ends[0] === familyNameOf(b) && ends[1] === givenNameOf(b);
  const turned = ends[0] === givenNameOf(b) && ends[1] === familyNameOf(b);
  return (same || turned) && middlesFit(a.words.slice(1, -1), b.words.slice(1, -1)) ? ends : undefined;
}

/** One name is a part of the other that holds its given name: `Bưởi` of `Nguyễn Thị Bưởi`. @returns the shorter */
function containedWords(a: PersonName, b: PersonName): readonly string[] | undefined {
  const [few, many] = a.words.length <= b.words.length ? [a, b] : [b, a];
  const contained = few.words.length < many.words.length && few.words.every((word) => many.words.includes(word));
  const called = few.words.includes(givenNameOf(many)) || few.words.includes(familyNameOf(many));
  const onlyFamily = few.words.length === 1 && few.words[0] === familyNameOf(many);
  return contained && called && !onlyFamily ? few.words : undefined;
}

function isClose(a: PersonName, b: PersonName): boolean {
  const shortest = Math.min(a.form.length, b.form.length);
  if (shortest < MIN_CHARS_FOR_SLIP) return false;
  const slips = shortest < MIN_CHARS_FOR_TWO_SLIPS ? 1 : 2;
  return editDistance(a.form, b.form, slips) <= slips;
}

/**
 * Compares two personal names. Vietnamese order (family, middle, given) and the Western one both occur, so order counts
 * for little; what the shared words are worth depends on how many people bear them, hence `terms`.
 *
 * @returns level of {@link NAME_LEVELS}; symmetric
 */
export function compareNames(a: PersonName, b: PersonName): Agreement {
  if (a.unordered === b.unordered) return compareSameWords(a, b);
  const ends = sharedEnds(a, b);
  if (ends !== undefined) return agreement('name_given_and_family', [...ends].sort());
  const part = containedWords(a, b);
  if (part !== undefined) return agreement('name_part_of_other', part);
  return agreement(isClose(a, b) ? 'name_close' : 'name_differs');
}
