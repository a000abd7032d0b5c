import { foldText } from '@app/kernel';
import { undoTypingSlips } from './typing-slips.js';

/** A personal name in the form in which names are compared. */
export interface PersonName {
  /** Small letters without marks, typing slips undone; in the order as written, at most {@link MAX_NAME_WORDS}. */
  readonly words: readonly string[];
  /** The words joined by blanks. */
  readonly form: string;
  /** The words in alphabetical order, joined: equal for `Bưởi Nguyễn` and `Nguyễn Bưởi`. */
  readonly unordered: string;
  /** The name as written, small letters, one form of Unicode; tells `hùng` from `hưng`, which fold to the same. */
  readonly written: string;
  /** Whether it was written with marks at all. */
  readonly hasMarks: boolean;
  /** Whether the words came out of Telex or VNI keystrokes. */
  readonly fromKeystrokes: boolean;
}

/** Names are cut there before anything else happens to them, so that a hostile one costs no more than a long one. */
export const MAX_NAME_CHARS = 200;
/** More words than that are no personal name. */
export const MAX_NAME_WORDS = 8;

/** Words of address in front of a name; written with their marks, because `Chi` and `Ba` are names as well. */
const TITLE = /^(?:ông|bà|chị|cô|chú|bác|mr|mrs|ms|miss)\.? +(?=\p{L})/u;

/**
 * Reads a personal name for comparison. Case, marks, đ, punctuation, emoji and titles do not count.
 *
 * @param text as the customer or the provider wrote it; at most {@link MAX_NAME_CHARS} are read
 * @returns undefined when the text holds no letter
 */
export function readName(text: string): PersonName | undefined {
  const start = text.slice(0, MAX_NAME_CHARS).toWellFormed().normalize('NFC').toLowerCase();
  const written = start
    .replace(/[^\p{L}\p{M}\p{N}. ]+/gu, ' ')
    .trim()
    .replace(TITLE, '')
    .replace(/[. ]+/g, ' ')
    .trim();
  if (!/\p{L}/u.test(written)) return undefined;
  const folded = foldText(written).split(' ').slice(0, MAX_NAME_WORDS);
  const undone = undoTypingSlips(folded);
  const words = undone ?? folded;
  return {
    words,
    form: words.join(' '),
    unordered: [...words].sort().join(' '),
    written,
    hasMarks: /[^\p{ASCII}]/u.test(written),
    fromKeystrokes: undone !== undefined,
  };
}

/** The name that a person is called by: the last word in Vietnamese order. */
export const givenNameOf = (name: PersonName): string => name.words.at(-1)!;

/** The family name: the first word in Vietnamese order. */
export const familyNameOf = (name: PersonName): string => name.words[0]!;
