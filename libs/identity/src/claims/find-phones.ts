import { normalisePhone } from '../phone.js';
import { isCalledOtherwise, isPartOfMore } from './phone-context.js';

/** A number found in text. */
export interface FoundPhone {
  /** E.164; numbers of before 2018 in their present form. */
  readonly value: string;
  /** Where it begins, in UTF-16 units. */
  readonly index: number;
}

/** What a scan found, and what it took. */
export interface PhoneScan {
  readonly phones: readonly FoundPhone[];
  /** Groupings of digits looked at: at most {@link MAX_GROUPS} for each run of digits. */
  readonly steps: number;
  /** Candidates weighed, at most one more than {@link MAX_CANDIDATES}. */
  readonly candidates: number;
}

/** `+84 9 01 23 45 67` has six. */
export const MAX_GROUPS = 6;
/** Words around and numbering plan take their time; what comes after so many is not looked at. */
export const MAX_CANDIDATES = 100;
const MAX_DIGITS = 15;

/** A run of digits, and what stands between it and the one before. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** `' '`, `'.'`, `'-'`, `''` (brackets only), or undefined when the runs do not belong together. */
  readonly before: string | undefined;
}

/** The sign that a separator stands for; undefined for what never stands within a number. */
function separatorOf(text: string): string | undefined {
  if (text === ' ' || text === '.' || text === '-') return text;
  if (text.length > 3 || !/^[ \u00a0.\-–()]*$/.test(text)) return undefined;
  const sign = text.replace(/[()]/g, '').replace('\u00a0', ' ').replace('–', '-');
  return sign === '' || sign === ' ' || sign === '.' || sign === '-' ? sign : undefined;
}

function runsOf(text: string): readonly Run[] {
  const runs: Run[] = [];
  for (const match of text.matchAll(/\d+/g)) {
    const previous = runs.at(-1);
    const between = previous === undefined ? undefined : match.index - previous.end;
    const before =
      between === undefined || between > 3 ? undefined : separatorOf(text.slice(previous!.end, match.index));
    runs.push({ start: match.index, end: match.index + match[0].length, digits: match[0].slice(0, 19), before });
  }
  return runs;
}

const MOBILE = /^0[35789]\d{8}$/;
const MOBILE_BEFORE_2018 = /^01[2689]\d{8}$/;
const FIXED = /^02\d{9}$/;

/** Whether digits have the shape of a number; with a plus sign only the plan can tell. */
function hasShape(digits: string, plus: boolean): boolean {
  if (plus) return digits.length >= 8 && digits.length <= MAX_DIGITS;
  if (digits.length < 10 || digits.length > 14) return false;
  // Twelve digits that begin with 84 are parcels more often than fixed lines.
  const national = digits.startsWith('0084') ? `0${digits.slice(4)}` : digits.replace(/^84(?=\d{9}$)/, '0');
  return MOBILE.test(national) || MOBILE_BEFORE_2018.test(national) || FIXED.test(national);
}

/** People use one sign throughout; only the first place may differ, after the code of the country or the town. */
function isEven(runs: readonly Run[]): boolean {
  const signs = runs.slice(2).map(({ before }) => before);
  return signs.every((sign) => sign === signs[0]) && !isDate(runs);
}

const isDate = ([day, month, year, ...more]: readonly Run[]): boolean =>
  more.length > 0 && day!.digits.length === 2 && month?.digits.length === 2 && /^(?:19|20)\d\d$/.test(year!.digits);

/** Whether digits go on in the same fashion, as in account numbers that are written in groups. */
function goesOn(runs: readonly Run[], last: number, grouped: boolean): boolean {
  const next = runs[last + 1];
  if (next?.before === undefined || next.digits.startsWith('0') || next.digits.startsWith('84')) return false;
  if (next.before === '.' || next.before === '-') return true;
  return grouped && (next.digits.length === 3 || next.digits.length === 4);
}

/** Whether digits went before that the number may be the rest of. */
function cameBefore(runs: readonly Run[], first: number, last: number): boolean {
  const { before } = runs[first]!;
  if (before === undefined) return false;
  const { length } = runs[first - 1]!.digits;
  return before !== ' ' || (last > first && (length === 3 || length === 4));
}

/** Looks through the runs of digits from left to right; one instance for one text. */
class PhoneScanner {
  readonly phones: FoundPhone[] = [];
  steps = 0;
  candidates = 0;
  /** The run after the last number found. */
  private taken = 0;

  constructor(
    private readonly text: string,
    private readonly runs: readonly Run[],
    private readonly limit: number,
  ) {}

  scan(): this {
    for (let first = 0; first < this.runs.length; first = Math.max(first + 1, this.taken)) {
      if (this.phones.length >= this.limit || this.candidates >= MAX_CANDIDATES) break;
      this.startAt(first);
    }
    return this;
  }

  private startAt(first: number): void {
    const run = this.runs[first]!;
    const plus = this.text[run.start - 1] === '+' || this.text.slice(run.start - 2, run.start) === '+(';
    if (!plus && !/^(?:0|84)/.test(run.digits)) return;
    for (const last of this.ends(first, plus)) if (this.take(first, last, plus)) return;
  }

  /** Ends of groupings that have the shape of a number, the longest first. */
  private ends(first: number, plus: boolean): readonly number[] {
    const ends: number[] = [];
    let digits = '';
    for (let last = first; last < Math.min(this.runs.length, first + MAX_GROUPS); last++) {
      const run = this.runs[last]!;
      this.steps++;
      if (last > first && run.before === undefined) break;
      digits += run.digits;
      if (digits.length > MAX_DIGITS) break;
      if (hasShape(digits, plus) && (plus || isEven(this.runs.slice(first, last + 1)))) ends.unshift(last);
    }
    return ends;
  }

  private take(first: number, last: number, plus: boolean): boolean {
    const [from, end] = [this.runs[first]!.start, this.runs[last]!.end];
    const start = plus ? this.text.lastIndexOf('+', from) : from;
    const inList = first > 0 && first === this.taken;
    if (!plus && goesOn(this.runs, last, last > first)) return false;
    if (!plus && !inList && cameBefore(this.runs, first, last)) return false;
    if (++this.candidates > MAX_CANDIDATES) return false;
    const place = { start, end, inList };
    if (isPartOfMore(this.text, place) || isCalledOtherwise(this.text, place)) return false;
    const name = normalisePhone(`${plus ? '+' : ''}${this.text.slice(from, end)}`);
    if (name.kind !== 'number') return false;
    this.phones.push({ value: name.e164, index: start });
    this.taken = last + 1;
    return true;
  }
}

/**
 * Telephone numbers in free text as people in Viet Nam write them: `0901 234 567`, `090.123.4567`, `+84 90…`,
 * `84901234567`, fixed lines, and mobile numbers of before 2018. Of other countries only what begins with a plus sign.
 * Amounts, dates, order and account numbers are left out, at the price of a number now and then that was one.
 *
 * Linear in the length of the text.
 *
 * @param limit stops after so many numbers
 */
export function scanPhones(text: string, limit = 10): PhoneScan {
  return new PhoneScanner(text, runsOf(text), limit).scan();
}
