/** Onsets and rimes of Vietnamese, without marks; the longer onset first. */
const ONSET = '(?:ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?';
const RIMES =
  'a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng iep iet ieu im ' +
  'in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong op ot u ua uan ' +
  'uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh ' +
  'uyt uyu y yem yen yeng yet yeu';
const SYLLABLE = new RegExp(`^(?:gi|${ONSET}(?:${RIMES.split(' ').sort().reverse().join('|')}))$`);

/** Longest syllable, `nghieng`, in letters. */
const MAX_SYLLABLE_CHARS = 7;

/** Whether a word in small letters without marks can be a Vietnamese syllable: `nguyen` can, `thij` and `alex` cannot. */
export function isFoldedSyllable(word: string): boolean {
  return word.length <= MAX_SYLLABLE_CHARS && SYLLABLE.test(word);
}
