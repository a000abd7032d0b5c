/** What a reader wants to see of a mail's text. */
export interface VisibleText {
  /** The text without what it quotes and without its signature; the whole text when in doubt. Never blank unless the text is. */
  readonly text: string;
  /** The text holds a mail that was forwarded. */
  readonly forwarded: boolean;
}

/** More lines than this no person writes above a quote. */
const MAX_LINES = 5_000;
/** A line that introduces a quote is not longer; a longer one is never matched. */
const MAX_KEY_CHARS = 400;
const MAX_ATTRIBUTION_CHARS = 600;
/** An introduction may be broken into so many lines. */
const BROKEN_INTO = 3;
/** Lines in which the header of an older mail has to show itself, and how many of its fields must. */
const HEADER_LINES = 7;
const HEADER_FIELDS = 3;
const MAX_MOBILE_LINES = 5;

/** How clients introduce the mail that is answered. Every repetition is bounded, and lines come trimmed. */
const ATTRIBUTIONS = [
  // Gmail, Apple, Yahoo
  /^Vào(?![\p{L}\p{N}])[^\n]{0,250}?(?<![\p{L}\p{N}])đã viết ?:$/iu,
  // Thunderbird, Zimbra
  /^(?:Lúc|Ngày|Hôm)(?![\p{L}\p{N}])[^\n]{0,250}?(?<![\p{L}\p{N}])(?:đã )?viết ?:$/iu,
  // Roundcube
  /^[^\n]{1,120}?(?<![\p{L}\p{N}])(?:đã )?viết (?:vào )?(?:lúc|ngày)(?![\p{L}\p{N}])[^\n]{0,120}:$/iu,
  /^-{0,10} ?On [^\n]{0,250}? ?wrote ?: ?-{0,10}$/iu,
  /^Le [^\n]{0,250}? ?a écrit ?:$/iu,
  // Gmail, years ago
  /^20\d\d[-/.]\d\d?[-/.]\d\d?(?!\d)[^\n]{0,120}<[^>\s]+@[^>\s]+> ?:?$/u,
];
const MAY_INTRODUCE = /^-{0,10} ?(?:Vào|Lúc|Ngày|Hôm|On|Le|20\d\d)(?![\p{L}\p{N}])|viết|wrote/iu;
const SEPARATOR = /^-{2,} ?(?:Original Message|Thư gốc|Tin nhắn gốc|Tin gốc|Reply Message) ?-{2,}$/iu;
const UNDERSCORES = /^_{20,}$/u;
const RULE = /^[-_=*]{5,}$/u;
const FORWARDS = [
  /^-{2,} ?(?:Forwarded message|Thư đã chuyển tiếp|Tin nhắn được chuyển tiếp|Thư được chuyển tiếp) ?-{2,}$/iu,
  /^(?:Begin forwarded message|Bắt đầu (?:thư|tin nhắn) (?:được|đã) chuyển tiếp) ?:$/iu,
];
const FROM = /^\*?(?:From|Từ|Người gửi|Von|De) ?:\*? ?\S/iu;
const FIELDS = [
  FROM,
  /^\*?(?:Sent|Date|Đã gửi|Ngày gửi|Ngày|Gửi lúc|Thời gian) ?:\*? ?\S/iu,
  /^\*?(?:To|Đến|Tới|Người nhận|Cc) ?:\*? ?\S/iu,
  /^\*?(?:Subject|Chủ đề|Tiêu đề|Về việc) ?:\*?/iu,
];
/** What telephones and webmail add by themselves. `Gửi từ Hà Nội` is none of it. */
const MOBILE = [
  /^(?:Đã gửi|Được gửi|Gửi) từ (?:iPhone|iPad|điện thoại|thiết bị|máy|Samsung|Galaxy|Yahoo|Outlook|Mail|Gmail|Android|Xiaomi|OPPO|Zalo|ứng dụng)(?![\p{L}\p{N}])[^\n]{0,80}$/iu,
  /^Sent from (?:my )?(?:iPhone|iPad|iPod|Android|mobile|cell|phone|smartphone|tablet|Samsung|Galaxy|BlackBerry|Windows|Verizon|Huawei|Xiaomi|OPPO|vivo|Yahoo|Outlook|Mail|Gmail|Proton)(?![\p{L}\p{N}])[^\n,;]{0,50}$/iu,
  /^(?:Tải|Tải xuống|Nhận|Lấy|Get) Outlook (?:cho|for|dành cho)(?![\p{L}\p{N}])[^\n]{0,80}$/iu,
];

/** A line as it stands, and as patterns look at it. */
interface Line {
  readonly raw: string;
  /** Without quote signs and outer blanks, with single blanks; empty when it is longer than any pattern. */
  readonly key: string;
  readonly quoted: boolean;
}

/** Characters that only look like a blank, and those that look like nothing. */
const ODD_BLANKS = /[\u00a0\u202f\u2007]/gu;
const INVISIBLE = /[\u200b\u200e\u200f\ufeff]/gu;

/**
 * Whatever makes a line more than words of the author begins or says one of these. Most lines, and many mails, have none:
 * one look at them takes a tenth of the time of all the patterns above.
 */
const MAY_HIDE =
  /^[^\S\n]*(?:[>*_-]|(?:Vào|Lúc|Ngày|Hôm|On|Le|20\d\d|Begin|Bắt|From|Từ|Người|Von|De|Đã|Được|Gửi|Sent|Tải|Nhận|Lấy|Get)(?![\p{L}\p{N}]))|viết|wrote/imu;

/** More than one blank, or one that is no space. */
const UNEVEN_BLANKS = /\s\s|[^\S ]/u;

function toLine(raw: string): Line {
  const trimmed = raw.trim();
  const bare = trimmed.startsWith('>') ? trimmed.replace(/^(?:> ?)+/u, '').trim() : trimmed;
  const key = bare.length > MAX_KEY_CHARS ? '' : UNEVEN_BLANKS.test(bare) ? bare.replace(/\s+/gu, ' ') : bare;
  return { raw, key, quoted: trimmed.startsWith('>') && /^\s{0,8}>/u.test(raw) };
}

const isBlank = (lines: readonly Line[]): boolean => lines.every(({ raw }) => raw.trim() === '');
const matches = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text));
const textOf = (lines: readonly Line[]): string => lines.map(({ raw }) => raw).join('\n');

type Cut = { readonly at: number; readonly by: 'attribution' | 'separator' | 'forward' };

function isAttribution(lines: readonly Line[], at: number): boolean {
  if (!MAY_INTRODUCE.test(lines[at]!.key)) return false;
  let joined = '';
  for (const { key } of lines.slice(at, at + BROKEN_INTO)) {
    joined = `${joined} ${key}`.trim();
    if (joined.length > MAX_ATTRIBUTION_CHARS) return false;
    if (/\d/u.test(joined) && matches(ATTRIBUTIONS, joined)) return true;
  }
  return false;
}

/** The header of an older mail: a From line with other fields close by, set off from what stands above it. */
function isHeader(lines: readonly Line[], at: number): boolean {
  if (!FROM.test(lines[at]!.key)) return false;
  const near = lines.slice(at, at + HEADER_LINES);
  const fields = FIELDS.filter((field) => near.some(({ key }) => field.test(key)));
  const above = lines[at - 1];
  const setOff = above === undefined || above.key === '' || RULE.test(above.key) || lines[at]!.quoted;
  return setOff && fields.length >= HEADER_FIELDS;
}

function isSeparator(lines: readonly Line[], at: number): boolean {
  const { key } = lines[at]!;
  if (SEPARATOR.test(key)) return true;
  if (!UNDERSCORES.test(key)) return false;
  const next = lines.slice(at + 1, at + 1 + HEADER_LINES).filter((line) => line.key !== '');
  return next.slice(0, 3).some((line) => FROM.test(line.key));
}

function findCut(lines: readonly Line[]): Cut | undefined {
  for (const [at, { key }] of lines.entries()) {
    if (key === '' || !MAY_HIDE.test(key)) continue;
    if (matches(FORWARDS, key)) return { at, by: 'forward' };
    if (isAttribution(lines, at)) return { at, by: 'attribution' };
    if (isSeparator(lines, at) || isHeader(lines, at)) return { at, by: 'separator' };
  }
  return undefined;
}

/** What stands before the rule lines and blanks at the end. */
function withoutRules(lines: readonly Line[]): readonly Line[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1]!.key === '' || RULE.test(lines[end - 1]!.key)) && !lines[end - 1]!.quoted) end--;
  return lines.slice(0, end);
}

/** What stands before a block of quoted lines at the end. */
function withoutLastQuote(lines: readonly Line[]): readonly Line[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1]!.quoted || lines[end - 1]!.raw.trim() === '')) end--;
  return lines.slice(end).some(({ quoted }) => quoted) ? lines.slice(0, end) : lines;
}

const isSignatureMark = ({ raw }: Line): boolean => /^--\s?$/u.test(raw);

/** Words of the author's own below or within a quote, up to the signature. */
function wordsAfterQuote(lines: readonly Line[]): readonly Line[] {
  const quote = lines.findIndex(({ quoted }) => quoted);
  if (quote < 0) return [];
  const end = lines.findIndex((line, at) => at > quote && isSignatureMark(line));
  return lines.slice(quote, end < 0 ? undefined : end).filter(({ quoted }) => !quoted);
}

function withoutSignature(lines: readonly Line[]): readonly Line[] {
  const mark = lines.findIndex((line, at) => isSignatureMark(line) && !isBlank(lines.slice(0, at)));
  let kept = withoutBlankEnd(mark < 0 ? lines : lines.slice(0, mark));
  for (let count = 0; count < MAX_MOBILE_LINES && kept.length > 1; count++) {
    const above = kept.slice(0, -1);
    if (!matches(MOBILE, kept.at(-1)!.key) || isBlank(above)) break;
    kept = withoutBlankEnd(above);
  }
  return kept;
}

function withoutBlankEnd(lines: readonly Line[]): readonly Line[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]!.raw.trim() === '') end--;
  return lines.slice(0, end);
}

/** The author's own part; the whole when there is nothing that could be left out safely. */
function ownPart(lines: readonly Line[], cut: Cut | undefined): readonly Line[] {
  const rest = cut === undefined ? [] : lines.slice(cut.at);
  const above = cut === undefined ? withoutLastQuote(lines) : withoutLastQuote(withoutRules(lines.slice(0, cut.at)));
  const below = cut === undefined || cut.by === 'attribution' ? wordsAfterQuote(rest) : [];
  if (!isBlank(below)) return isBlank(above) ? below : [...withoutBlankEnd(above), toLine(''), ...below];
  return isBlank(above) ? lines : above;
}

/**
 * The part of a mail's text that its author wrote now: without the mail answered or forwarded, and without what marks
 * itself as a signature. `Trân trọng` with name and number stays: in Vietnamese mail that is often what one needs.
 *
 * When in doubt it shows more, since losing a customer's words is worse than showing a quote. Time is linear in the length
 * of the text: each line is trimmed and measured before any pattern sees it, all repetitions are bounded, and only the
 * first 5,000 lines are looked at.
 *
 * @param text plain text, as it came or from HTML with quotes behind `> `
 */
export function visibleText(text: string): VisibleText {
  const clean = text.normalize('NFC').replace(/\r\n?/gu, '\n').replace(ODD_BLANKS, ' ').replace(INVISIBLE, '');
  if (!MAY_HIDE.test(clean)) return { text: clean.trim() || text, forwarded: false };
  const all = clean.split('\n');
  const lines = all.slice(0, MAX_LINES).map(toLine);
  const cut = findCut(lines);
  const forwarded = cut?.by === 'forward';
  const beyond = cut === undefined ? all.slice(MAX_LINES) : [];
  const own = textOf(withoutSignature(ownPart(lines, cut))).trim();
  const visible = [own, ...beyond].join('\n').trim();
  return { text: visible === '' ? text : visible, forwarded };
}
