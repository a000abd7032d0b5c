/** More lines than this no person writes; what comes after them is not read. */
const MAX_LINES = 5_000;
/** A line that introduces a quote is not longer. */
const MAX_LINE_CHARS = 400;
/** An introduction may be broken into so many lines. */
const BROKEN_INTO = 3;

const START = /^-{0,10} ?(?:Vào|Lúc|Ngày|Hôm|On|Le)(?![\p{L}\p{N}])/iu;
/** How an introduction ends, and the one form that has the time behind the verb. */
const END = /(?:(?<![\p{L}\p{N}])viết|wrote|a écrit) ?: ?-{0,10}$/iu;
const TIME_BEHIND = /(?<![\p{L}\p{N}])viết (?:vào )?(?:lúc|ngày)(?![\p{L}\p{N}])[^\n]{0,120}:$/iu;
const RULED =
  /^-{2,} ?(?:original message|reply message|forwarded message|thư gốc|tin nhắn gốc|tin gốc|thư đã chuyển tiếp|tin nhắn được chuyển tiếp|thư được chuyển tiếp) ?-{2,}$/iu;
const FORWARD = /^(?:begin forwarded message|bắt đầu (?:thư|tin nhắn) (?:được|đã) chuyển tiếp) ?:$/iu;
const FROM = /^\*?(?:From|Từ|Người gửi) ?:\*? ?\S/iu;
const SENT = /^\*?(?:Sent|Date|Đã gửi|Ngày gửi|Ngày|Gửi lúc|Thời gian) ?:\*? ?\S/iu;

/** Whether the header of an older mail begins here: its author, and shortly after it the time. */
function isHeader(lines: readonly string[], at: number): boolean {
  return FROM.test(lines[at]!) && lines.slice(at + 1, at + 4).some((line) => SENT.test(line));
}

function isIntroduction(lines: readonly string[], at: number): boolean {
  if (!START.test(lines[at]!)) return TIME_BEHIND.test(lines[at]!);
  let joined = '';
  for (const line of lines.slice(at, at + BROKEN_INTO)) {
    joined = `${joined} ${line}`.trim();
    if (joined.length > MAX_LINE_CHARS) return false;
    if (END.test(joined)) return true;
  }
  return false;
}

function beginsQuote(lines: readonly string[], at: number): boolean {
  const line = lines[at]!;
  return RULED.test(line) || FORWARD.test(line) || isHeader(lines, at) || isIntroduction(lines, at);
}

/** The parts of a mail that its author wrote. */
export interface OwnWords {
  readonly message: string;
  /** What follows `-- `, or a closing formula such as `Trân trọng`; empty when there is none. */
  readonly signature: string;
}

const SIGNATURE =
  /^(?:--|(?:trân trọng|kính thư|thân mến|thân ái|trân trọng cảm ơn|thanks and regards|thanks|best regards|kind regards|regards|best|sincerely)[,.!]?)$/iu;

/**
 * The part of a mail's text that its author wrote: without lines behind `>`, and without everything after the line that
 * introduces the mail answered or forwarded. For evidence only: what it leaves out is still shown.
 *
 * Time is linear: lines are trimmed and measured before any pattern sees them, and all repetitions are bounded.
 */
export function ownWords(text: string): OwnWords {
  const lines = text
    .normalize('NFC')
    .split('\n', MAX_LINES)
    .map((line) => line.trim().slice(0, MAX_LINE_CHARS + 1));
  const own: string[] = [];
  let signature = -1;
  for (let at = 0; at < lines.length && !beginsQuote(lines, at); at++) {
    const line = lines[at]!;
    if (line.startsWith('>')) continue;
    if (signature < 0 && own.length > 0 && SIGNATURE.test(line)) signature = own.length;
    own.push(line);
  }
  if (signature < 0) return { message: own.join('\n'), signature: '' };
  return { message: own.slice(0, signature).join('\n'), signature: own.slice(signature + 1).join('\n') };
}
