const ZONE = 'America/Los_Angeles';
const DAY_MS = 86_400_000;
/** So much of a day's units may be spent ahead of time: a burst of comments, or a long list, must not wait. */
export const BURST_AHEAD = 0.2;
/** The same for what comes again and again, so that there is something left for a burst. */
export const STEADY_AHEAD = 0.1;

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
  const sinceMidnightMs = seconds * 1_000 + now.getUTCMilliseconds();
  return { day: `${parts['year']}-${parts['month']}-${parts['day']}`, sinceMidnightMs };
}

/**
 * How long to wait so that a day's units last for the day: no time while they are spent no faster than the day goes by, with a
 * part of them ahead.
 *
 * @param ahead from 0 to 1
 * @returns milliseconds
 */
export function waitForQuota(used: number, perDay: number, now: Date, ahead: number): number {
  const { sinceMidnightMs } = pacificTime(now);
  if (used >= perDay) return DAY_MS - sinceMidnightMs + 1_000;
  const dueMs = ((used + 1) / perDay - ahead) * DAY_MS;
  return Math.max(0, Math.min(dueMs, DAY_MS) - sinceMidnightMs);
}
