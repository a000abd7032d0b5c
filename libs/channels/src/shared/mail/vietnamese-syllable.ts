const split = (words: string): readonly string[] => words.split(' ');
const ONSETS = split('ngh ng gh gi g kh nh ph qu th tr ch b c d đ h k l m n p r s t v x');
const RIMES = new Set(
  split(
    'a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch ' +
      'êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh ' +
      'oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ' +
      'ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt uy uya uych ' +
      'uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu',
  ),
);
const RIMES_AFTER_QU = new Set(split('ă ăn ăng ăt ân ât ây ên êt ơ'));
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** Whether a word is a well-formed Vietnamese syllable: at most one tone, and an onset and a rime of the language. */
export function isVietnameseSyllable(word: string): boolean {
  const marked = word.toLowerCase().normalize('NFD');
  if ((marked.match(TONES) ?? []).length > 1) return false;
  const bare = marked.replace(TONES, '').normalize('NFC');
  if (bare === 'gi' || RIMES.has(bare)) return true;
  return ONSETS.some((onset) => {
    const rime = bare.slice(onset.length);
    return bare.startsWith(onset) && (RIMES.has(rime) || (onset === 'qu' && RIMES_AFTER_QU.has(rime)));
  });
}
