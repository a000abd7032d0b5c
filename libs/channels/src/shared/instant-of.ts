import { numberOf } from './fields.js';

/** Below this a number counts seconds: as milliseconds it would lie in March 1973, as seconds in the year 5138. */
const SECONDS_BELOW = 1e11;
const MAX_TIME_MS = 8.64e15;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** First instant that a chat or comment may truthfully bear, for `chooseOccurredAt`: milliseconds since 1970. */
export const EARLIEST_CHAT_MS = Date.UTC(2010, 0, 1);

/**
 * A provider's time: seconds or milliseconds since 1970, as a number or as text, or ISO 8601 text.
 *
 * @returns milliseconds since 1970, whole; undefined when there is none that a date can hold
 */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'string' && ISO_DATE.test(value)) {
    const time = Date.parse(value);
    return Number.isNaN(time) ? undefined : time;
  }
  const number = numberOf(value);
  if (number === undefined) return undefined;
  const time = Math.trunc(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number);
  return Math.abs(time) <= MAX_TIME_MS ? time : undefined;
}
