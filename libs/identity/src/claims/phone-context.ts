/** Words that say that a number is a telephone number. */
const PHONE_WORDS =
  'sđt|sdt|đt|dt|điện thoại|dien thoai|di động|phone|tel|mobile|hotline|zalo|viber|whatsapp|momo|gọi|goi|alo|liên hệ|lien he|lh|call|sms';
const BANKS =
  'vietcombank|vcb|techcombank|tcb|mb ?bank|mb|bidv|agribank|vietinbank|acb|tpbank|vpbank|sacombank|vib|shb|ocb|ngân hàng|ngan hang|bank';
/** Words that say that it is something else. */
const OTHER_WORDS = `stk|tk|tài khoản|tai khoan|account|acc|thẻ|so the|${BANKS}|đơn|don hang|ma don|vận đơn|van don|order|invoice|hóa đơn|hoá đơn|hoa don|bill|mã|ma so|ma van don|code|imei|serial|seri|sku|mst|cccd|cmnd|căn cước|can cuoc|hộ chiếu|passport|booking|giao dịch|giao dich|ref|tracking`;

const MEANS_PHONE = new RegExp(`(?<!\\p{L})(?:${PHONE_WORDS})(?!\\p{L})`, 'giu');
const MEANS_OTHER = new RegExp(`(?<!\\p{L})(?:${OTHER_WORDS})(?!\\p{L})|[#№]`, 'giu');
const PHONE_WORD_BEHIND = new RegExp(`(?<!\\p{L})(?:${PHONE_WORDS})[-]?$`, 'iu');
const BANK_AHEAD = new RegExp(`^[\\s(:,-]{0,3}(?:${BANKS})(?!\\p{L})`, 'iu');
const CURRENCY_AHEAD = /^ ?(?:đ|vnđ|vnd|đồng|dong|usd)(?!\p{L})/iu;

/** So far before a number the word for it may stand, in UTF-16 units. */
const REACH_CHARS = 32;

/** Place of the last match; -1 when there is none. */
const lastMatch = (text: string, pattern: RegExp): number =>
  [...text.matchAll(pattern)].reduce((last, match) => Math.max(last, match.index), -1);

/** What stands between the last end of a clause and a place. */
function clauseBefore(text: string, start: number): string {
  const near = text.slice(Math.max(0, start - REACH_CHARS), start);
  return near.slice(Math.max(...[',', ';', '!', '?', '\n', '. '].map((sign) => near.lastIndexOf(sign))) + 1);
}

/** Where a candidate stands. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** The number before it was one, so that a slash between them makes a list. */
  readonly inList: boolean;
}

/** Whether the words around say that it is an account, an order or a document. Of the words before it the nearest decides. */
export function isCalledOtherwise(text: string, { start, end }: Place): boolean {
  if (BANK_AHEAD.test(text.slice(end, end + REACH_CHARS))) return true;
  const clause = clauseBefore(text, start);
  return lastMatch(clause, MEANS_OTHER) > lastMatch(clause, MEANS_PHONE);
}

/**
 * Whether what touches it makes it part of something longer: a code, an address, an amount. Small letters behind it do
 * not, since people in haste write the next word there.
 */
export function isPartOfMore(text: string, { start, end, inList }: Place): boolean {
  const [before, after] = [text.slice(Math.max(0, start - REACH_CHARS), start), text.slice(end, end + REACH_CHARS)];
  if (/[\p{L}\p{M}]-?$/u.test(before) && !PHONE_WORD_BEHIND.test(before)) return true;
  if (/[_@%$€£\\]$/.test(before) || (before.endsWith('/') && !inList)) return true;
  if (/^[A-Z@_%]/.test(after)) return true;
  // Nobody writes an amount with a zero in front.
  return text[start] !== '0' && CURRENCY_AHEAD.test(after);
}
