import type { IdentityKind } from '@app/contracts';
import { foldText } from '@app/kernel';

/** What programs and people write where a value should stand; folded, without signs and blanks. */
const NOTHING = new Set(
  [
    'null undefined none nan nil na void empty blank missing default placeholder objectobject true false',
    'unknown anonymous anonim guest hidden private nobody noname noreply no test tester testing demo example sample',
    'khong khongco khongbiet khongro khongcosdt khongcoemail khongcodienthoai khongcungcap chuaco chuabiet chuacapnhat',
    'trong bo trong kco koco ko k0 khach khachhang khachle khachvanglai andanh abc abcd asdf qwerty xyz aaa',
  ].flatMap((line) => line.split(' ')),
);

/** Local parts that stand for nobody's mailbox; short ones such as `na` are people's names. */
const NO_MAILBOX = new Set(
  [
    'null undefined none nil unknown anonymous nobody test noemail nomail guest guestuser noname placeholder',
    'khongco khongcoemail khongemail chuaco chuacoemail khach khachhang khachle khachvanglai andanh',
  ].flatMap((line) => line.split(' ')),
);

/** Letters of other scripts that look like Latin ones. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  α: 'a',
  е: 'e',
  ε: 'e',
  о: 'o',
  ο: 'o',
  σ: 'o',
  р: 'p',
  ρ: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  ѕ: 's',
  ѵ: 'v',
  ν: 'v',
  і: 'i',
  ι: 'i',
  ı: 'i',
  ј: 'j',
  ӏ: 'l',
  ԛ: 'q',
  ԝ: 'w',
  к: 'k',
  κ: 'k',
  т: 't',
  τ: 't',
  п: 'n',
  ո: 'n',
  η: 'n',
  υ: 'u',
  ս: 'u',
  ʟ: 'l',
  ɴ: 'n',
  ᴜ: 'u',
};
const LOOKS_LATIN = new RegExp(`[${Object.keys(LOOK_ALIKES).join('')}]`, 'gu');

// eslint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;
/** No value that means nothing is longer. */
const MAX_NOTHING_CHARS = 256;

/** Letters and digits alone, in one script, without case and marks. */
function skeleton(text: string): string {
  const plain = ASCII.test(text)
    ? text.toLowerCase()
    : foldText(text.toWellFormed().normalize('NFKC')).replace(LOOKS_LATIN, (letter) => LOOK_ALIKES[letter]!);
  return plain.replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Kinds whose values people and other systems write; all others come from a platform that vouches for them. */
const WRITTEN: ReadonlySet<IdentityKind> = new Set(['phone', 'livechat_visitor', 'external']);
const RISING = '01234567890123456789';
const FALLING = '98765432109876543210';
/** An id that a platform counts up. */
const PLATFORM_NUMBER = /^[1-9]\d{5,}$/;

/** `11111111`, `123456789`, `987654321`: what a finger types that has to fill in something. */
const isFiller = (digits: string): boolean =>
  /^\d{4,}$/.test(digits) && (/^(\d)\1*$/.test(digits) || RISING.includes(digits) || FALLING.includes(digits));

/**
 * Numbers that stand on samples and that people dial into a field to get past it; without the trunk or country prefix.
 * Other rows of one digit, such as `0988888888`, are sold dear, and somebody has them.
 */
const SAMPLE_NUMBERS = new Set(['900000000', '999999999', '123456789']);

/** @param digits E.164 or national */
const isSampleNumber = (digits: string): boolean => SAMPLE_NUMBERS.has(digits.replace(/^(?:84|0)/, ''));

function isBlockedAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  if (at < 0) return NOTHING.has(skeleton(value)) || /^[^\p{L}\p{N}]*$/u.test(value);
  const [local, site] = [skeleton(value.slice(0, at)), skeleton(value.slice(at + 1))];
  const spelled = /^(?:n\/a|k\/c)$/i.test(value.slice(0, at));
  return local === '' || site === '' || spelled || NO_MAILBOX.has(local) || /^(?:0+|x+)$/.test(local);
}

/**
 * Tells whether a value cannot identify anybody: it is empty, zeros, dashes, a filler such as `123456789`, or a word for
 * "none" however it is spelt (`N/A`, `không có`, `ｎｕｌｌ`, with letters of other scripts or none that can be seen). Its
 * message is stored, the identifier is ignored.
 *
 * @see identity design, section 3.3
 */
export function isBlockedValue(kind: IdentityKind, value: string): boolean {
  if (kind === 'sender_label' || (PLATFORM_NUMBER.test(value) && !WRITTEN.has(kind))) return false;
  if (value.length > MAX_NOTHING_CHARS) return !/[\p{L}\p{N}]/u.test(value) || /^[\s0+.-]*$/.test(value);
  if (kind === 'email' || kind === 'email_unverified') return isBlockedAddress(value);
  const bare = skeleton(value);
  if (/^(?:0*|x+)$/.test(bare) || NOTHING.has(bare)) return true;
  if (kind === 'phone' && isSampleNumber(bare)) return true;
  return WRITTEN.has(kind) && isFiller(bare);
}
