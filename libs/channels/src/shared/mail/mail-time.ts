import { chooseOccurredAt, type OccurredAt } from '@app/kernel';
import { firstField, type HeaderField } from './header-fields.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Zone names that RFC 5322 section 4.3 still allows, in minutes east of UTC. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  gmt: 0,
  utc: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};
const DATE_TIME =
  /^(?:[a-z]{2,9},?\s+)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[a-z]{1,4})/i;

function zoneMinutes(zone: string): number | undefined {
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  if (offset === null) return ZONES[zone.toLowerCase()];
  return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
}

/**
 * Reads a date as mail writes it (RFC 5322 section 3.3), strictly: mailparser answers an unreadable date with the
 * current time, which would put an old mail at the top of the timeline.
 *
 * @returns milliseconds since 1970, or undefined when the text is no such date
 */
export function parseMailDate(value: string | undefined): number | undefined {
  const match = DATE_TIME.exec((value ?? '').trim());
  if (match === null) return undefined;
  const [, day, monthName, year, hour, minute, second, zone] = match;
  const month = MONTHS.indexOf(monthName!.toLowerCase());
  const offset = zoneMinutes(zone!);
  if (month < 0 || offset === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const time = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second ?? 0));
  return new Date(time).getUTCDate() === Number(day) ? time - offset * 60_000 : undefined;
}

/** Time in the topmost `Received` field: what follows its last semicolon. */
function receivedTime(fields: readonly HeaderField[]): number | undefined {
  const received = firstField(fields, 'received');
  return received === undefined ? undefined : parseMailDate(received.slice(received.lastIndexOf(';') + 1));
}

/**
 * Chooses when a mail happened by the most trustworthy clock that gives a credible time: the server's receive time
 * (INTERNALDATE, then the topmost `Received`), then what the sender claims in `Date`, then our own.
 */
export function chooseMailTime(
  fields: readonly HeaderField[],
  internalDate: Date | undefined,
  receivedAt: Date,
): OccurredAt {
  const candidates = [internalDate?.getTime(), receivedTime(fields), parseMailDate(firstField(fields, 'date'))];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    const chosen = chooseOccurredAt(candidate, receivedAt);
    if (!chosen.clockAdjusted) return chosen;
  }
  return chooseOccurredAt(undefined, receivedAt);
}
