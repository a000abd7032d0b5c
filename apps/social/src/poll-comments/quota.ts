/** Units spent between two midnights, Pacific time. */
export interface Spending {
  /** The day, as `2026-11-20`. */
  readonly day: string;
  readonly used: number;
}

const ZONE = 'America/Los_Angeles';
const DAY_MS = 86_400_000;
/** So much of a day's units may be spent ahead of time: a burst of comments must not wait. */
const AHEAD = 0.2;

const clockOf = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Day and milliseconds since its midnight, where the provider counts. A day with a change of clocks is an hour off, which is no harm. */
export function pacificTime(now: Date): { readonly day: string; readonly sinceMidnightMs: number } {
  const parts = Object.fromEntries(clockOf.formatToParts(now).map(({ type, value }) => [type, value]));
  const seconds = Number(parts['hour']) * 3_600 + Number(parts['minute']) * 60 + Number(parts['second']);
  return { day: `${parts['year']}-${parts['month']}-${parts['day']}`, sinceMidnightMs: seconds * 1_000 };
}

/** What was spent today. */
export function spentToday(spending: Spending | undefined, now: Date): Spending {
  const { day } = pacificTime(now);
  return spending?.day === day ? spending : { day, used: 0 };
}

/**
 * How long to wait so that a day's units last for the day: no time while they are spent no faster than the day goes by, with a
 * fifth of them ahead.
 *
 * @returns milliseconds
 */
export function waitForQuota({ used }: Spending, perDay: number, now: Date): number {
  const { sinceMidnightMs } = pacificTime(now);
  if (used >= perDay) return DAY_MS - sinceMidnightMs + 1_000;
  const dueMs = ((used + 1) / perDay - AHEAD) * DAY_MS;
  return Math.max(0, Math.min(dueMs, DAY_MS) - sinceMidnightMs);
}
