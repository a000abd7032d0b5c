const wordsOf = (...lists: readonly string[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => list.split(',').map((word) => word.trim())));

/** Words that say that a number is a telephone number; of one or two syllables, in small letters. */
const PHONE_WORDS = wordsOf(
  'sđt, sdt, đt, dt, điện thoại, dien thoai, di động, phone, tel, mobile, hotline, zalo, viber, whatsapp, momo',
  'gọi, goi, alo, liên hệ, lien he, lh, call, sms',
);
const BANKS = wordsOf(
  'vietcombank, vcb, techcombank, tcb, mbbank, mb, bidv, agribank, vietinbank, acb, tpbank, vpbank, sacombank, vib, shb',
  'ocb, ngân hàng, ngan hang, bank',
);
/** Words that say that it is something else: an account, an order, a document. */
const OTHER_WORDS = wordsOf(
  'stk, tk, tài khoản, tai khoan, account, acc, thẻ, so the, đơn, don hang, ma don, vận đơn, van don, order, invoice',
  'hóa đơn, hoá đơn, hoa don, bill, mã, ma so, ma van, code, imei, serial, seri, sku, mst, cccd, cmnd, căn cước, can cuoc',
  'hộ chiếu, passport, booking, giao dịch, giao dich, ref, tracking, #, №',
);

/** So far from a number the word for it may stand, in UTF-16 units. */
const REACH_CHARS = 32;
const WORD = /[\p{L}\p{M}]+|[#№]/gu;
const CURRENCY_AHEAD = /^ ?(?:đ|vnđ|vnd|đồng|dong|usd)(?!\p{L})/iu;

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(WORD) ?? [];

/** Whether the words before it say that it is something else; the nearest of them decides. */
function isNamedOtherwise(words: readonly string[]): boolean {
  for (let at = words.length - 1; at >= 0; at--) {
    const pair = `${words[at - 1] ?? ''} ${words[at]!}`;
    if (PHONE_WORDS.has(words[at]!) || PHONE_WORDS.has(pair)) return false;
    if (OTHER_WORDS.has(words[at]!) || OTHER_WORDS.has(pair)) return true;
    if (BANKS.has(words[at]!) || BANKS.has(pair)) return true;
  }
  return false;
}

/** What stands between the last end of a clause and a place. */
function clauseBefore(text: string, start: number): string {
  const near = text.slice(Math.max(0, start - REACH_CHARS), start);
  return near.slice(Math.max(...[',', ';', '!', '?', '\n', '. '].map((sign) => near.lastIndexOf(sign))) + 1);
}

function isBeforeBank(text: string, end: number): boolean {
  const after = /^[\s(:,-]{0,3}([\p{L}\p{M}].*)/u.exec(text.slice(end, end + REACH_CHARS))?.[1];
  if (after === undefined) return false;
  const [first = '', second = ''] = wordsIn(after);
  return BANKS.has(first) || BANKS.has(`${first} ${second}`);
}

/** Where a candidate stands. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** The number before it was one, so that a slash between them makes a list. */
  readonly inList: boolean;
}

/** Whether the words around say that it is an account, an order or a document. */
export function isCalledOtherwise(text: string, { start, end }: Place): boolean {
  return isBeforeBank(text, end) || isNamedOtherwise(wordsIn(clauseBefore(text, start)));
}

/** Whether letters stand directly before it, for example those of a code; `sđt0901…` is none. */
function isBehindLetters(before: string): boolean {
  const letters = /([\p{L}\p{M}]+)-?$/u.exec(before)?.[1];
  return letters !== undefined && !PHONE_WORDS.has(letters.toLowerCase());
}

/**
 * Whether what touches it makes it part of something longer: a code, an address, an amount. Small letters behind it do
 * not, since people in haste write the next word there.
 */
export function isPartOfMore(text: string, { start, end, inList }: Place): boolean {
  const [before, after] = [text.slice(Math.max(0, start - REACH_CHARS), start), text.slice(end, end + REACH_CHARS)];
  if (isBehindLetters(before) || /[_@%$€£\\]$/.test(before) || (before.endsWith('/') && !inList)) return true;
  if (/^[A-Z@_%]/.test(after)) return true;
  // Nobody writes an amount with a zero in front.
  return text[start] !== '0' && CURRENCY_AHEAD.test(after);
}
