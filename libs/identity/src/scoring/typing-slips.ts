import { isFoldedSyllable } from './folded-syllable.js';

/** A word with the keystrokes taken out that a switched-off keyboard left in it. */
interface UndoneWord {
  readonly word: string;
  /** How much the word looks like keystrokes: one for a tone, one for a mark on a letter; 0 when it was left alone. */
  readonly signs: number;
}

/** Keystrokes that a name must show before it counts as typed so: `Lee` and `Max` alone have one each. */
const MIN_SIGNS = 2;
/** A syllable and its keystrokes, `nghieengx`, with room for one more. */
const MAX_TYPED_CHARS = 10;

const TELEX = /^(dd|[^aeiouyw]*)([aeiouyw].*)$/;
const TELEX_TONE = /[sfrxj]/g;
const TELEX_MARK = /w|aa|ee|oo/g;

/** Telex: `dd aa aw ee oo ow uw` for letters, then one of `s f r x j` for the tone, anywhere behind the vowel. */
function undoTelex(word: string): UndoneWord | undefined {
  const parts = TELEX.exec(word);
  if (parts === null) return undefined;
  const [onset, rime] = [parts[1]!, parts[2]!];
  const tones = rime.match(TELEX_TONE)?.length ?? 0;
  const toneless = rime.replace(TELEX_TONE, '');
  const marks = (toneless.match(TELEX_MARK)?.length ?? 0) + (onset === 'dd' ? 1 : 0);
  // A `w` behind a, o or u marks that letter; elsewhere it stands for ư itself.
  const plain = toneless
    .replace(/([aou])w/g, '$1')
    .replaceAll('w', 'u')
    .replace(/([aeo])\1/g, '$1');
  return tones > 1 ? undefined : { word: (onset === 'dd' ? 'd' : onset) + plain, signs: tones + Math.min(marks, 1) };
}

/** Letters that a VNI digit can stand for: 6 for a hat, 7 for a horn, 8 for a breve, 9 for đ. */
const VNI_BEARERS: Readonly<Record<string, RegExp>> = { 6: /[aeo]/, 7: /[ou]/, 8: /a/, 9: /^d/ };

/** VNI: digits behind their letter or at the end of the word; 1 to 5 are tones. */
function undoVni(word: string): UndoneWord | undefined {
  const digits = word.match(/[1-9]/g) ?? [];
  const plain = word.replace(/[1-9]/g, '');
  const tones = digits.filter((digit) => digit <= '5').length;
  const marks = digits.filter((digit) => digit > '5');
  const borne = marks.every((digit) => VNI_BEARERS[digit]!.test(plain));
  if (tones > 1 || !borne || marks.length > 2) return undefined;
  return { word: plain, signs: tones + Math.min(marks.length, 1) };
}

function undoWord(word: string, undo: (word: string) => UndoneWord | undefined): UndoneWord | undefined {
  if (isFoldedSyllable(word)) return { word, signs: 0 };
  const undone = word.length > MAX_TYPED_CHARS ? undefined : undo(word);
  return undone !== undefined && isFoldedSyllable(undone.word) ? undone : undefined;
}

/**
 * Reads words that were typed for a Telex or VNI keyboard while it was switched off: `nguyeexn thij buwowri` and
 * `nguye64n thi5 bu7o7i3` become `nguyen thi buoi`.
 *
 * Only when every word then is a Vietnamese syllable, and there are at least two keystrokes to undo: a single one may
 * well be a foreign name.
 *
 * @param words small letters without marks
 * @returns undefined when the words do not look so
 */
export function undoTypingSlips(words: readonly string[]): readonly string[] | undefined {
  for (const undo of [undoTelex, undoVni]) {
    const undone = words.map((word) => undoWord(word, undo));
    const signs = undone.reduce((sum, word) => sum + (word?.signs ?? 0), 0);
    if (signs >= MIN_SIGNS && undone.every((word) => word !== undefined)) return undone.map(({ word }) => word);
  }
  return undefined;
}
