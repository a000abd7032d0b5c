import { isVietnameseSyllable } from './vietnamese-syllable.js';

/** Letters of the ABC fonts (TCVN 5712-3) from A1 to FF; B0 to B4 are tones that combine. */
const TCVN3_FROM_A1 =
  'ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ';
const TCVN3 = new Map([...TCVN3_FROM_A1].map((letter, index) => [String.fromCharCode(0xa1 + index), letter] as const));

/** VNI writes a vowel and then its marks; columns: no tone, sắc, huyền, hỏi, ngã, nặng. */
const VNI_ROWS: readonly (readonly [string, string])[] = [
  ['aáàảãạ', 'a aù aø aû aõ aï'],
  ['ăắằẳẵặ', 'aê aé aè aú aü aë'],
  ['âấầẩẫậ', 'aâ aá aà aå aã aä'],
  ['eéèẻẽẹ', 'e eù eø eû eõ eï'],
  ['êếềểễệ', 'eâ eá eà eå eã eä'],
  ['iíìỉĩị', 'i í ì æ ó ò'],
  ['oóòỏõọ', 'o où oø oû oõ oï'],
  ['ôốồổỗộ', 'oâ oá oà oå oã oä'],
  ['ơớờởỡợ', 'ô ôù ôø ôû ôõ ôï'],
  ['uúùủũụ', 'u uù uø uû uõ uï'],
  ['ưứừửữự', 'ö öù öø öû öõ öï'],
  ['yýỳỷỹỵ', 'y yù yø yû yõ î'],
  ['đ', 'ñ'],
];
const VNI = vniTable();
/** Two characters before one. */
const VNI_CODES = /[aeouyôö][ùøûõïêéèúüëâáàåãä]|[íìæóòôöîñ]/giu;

function vniTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [letters, codes] of VNI_ROWS) {
    codes.split(' ').forEach((code, index) => {
      const letter = letters.normalize('NFC')[index]!;
      table.set(code, letter);
      const [base, ...mark] = code;
      // The mark keeps its size or follows the vowel's: "AÙ" and "Aù" are both Á.
      for (const capital of [code.toUpperCase(), base!.toUpperCase() + mark.join('')]) {
        table.set(capital, letter.toUpperCase());
      }
    });
  }
  return table;
}

const fromTcvn3 = (text: string): string =>
  [...text]
    .map((char) => TCVN3.get(char) ?? char)
    .join('')
    .normalize('NFC');
const fromVni = (text: string): string => text.replace(VNI_CODES, (code) => VNI.get(code) ?? code).normalize('NFC');

interface Judged {
  readonly text: string;
  /** Words with letters beyond ASCII. */
  readonly words: number;
  /** Share of them that are Vietnamese syllables. */
  readonly share: number;
}

/** Looking at the beginning is enough, and a mail may be a megabyte. */
const JUDGED_CHARS = 20_000;

function judge(text: string): Judged {
  const words = (text.slice(0, JUDGED_CHARS).match(/\p{L}[\p{L}\p{M}]*/gu) ?? []).filter((word) =>
    /[\u0080-\uffff]/.test(word),
  );
  const good = words.filter(isVietnameseSyllable).length;
  return { text, words: words.length, share: words.length === 0 ? 0 : good / words.length };
}

const LEAST_SHARE = 0.75;
const LEAST_GAIN = 0.3;

function convinces(candidate: Judged, original: Judged, other: Judged): boolean {
  return (
    /[\u0100-\uffff]/.test(candidate.text) &&
    candidate.words >= 2 &&
    candidate.share >= LEAST_SHARE &&
    candidate.share >= original.share + LEAST_GAIN &&
    candidate.share > other.share
  );
}

/**
 * Repairs Vietnamese that was written with the letters of a font (TCVN3 of the ABC fonts, VNI) and travels as Latin-1:
 * `c«ng ty` is "công ty". Text that is not plainly that, such as French or Vietnamese proper, comes back as it is.
 *
 * Capitals of TCVN3 were made by the font, so their case is lost.
 */
export function repairFontText(text: string): string {
  if (!/[\u00a1-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  const [original, tcvn3, vni] = [judge(text), judge(fromTcvn3(text)), judge(fromVni(text))];
  if (convinces(tcvn3, original, vni)) return tcvn3.text;
  return convinces(vni, original, tcvn3) ? vni.text : text;
}
