import { present } from '@app/kernel';

/** What a reader must know of an invitation before opening it. */
export interface CalendarNote {
  /** `REQUEST`, `CANCEL`, `REPLY`, …; undefined when the file does not say. */
  readonly method?: string;
  readonly summary?: string;
  /** As written, with its zone. */
  readonly start?: string;
  readonly location?: string;
}

const MAX_CHARS = 200;
const SCANNED_CHARS = 256 * 1024;

const ESCAPES: Readonly<Record<string, string>> = { n: ' ', N: ' ' };
const unescape = (value: string): string =>
  value.replace(/\\([nN,;\\])/g, (_all, char: string) => ESCAPES[char] ?? char);

/** `20260304T090000`, with its zone, as people write it. */
function readableTime(parameters: string, value: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$/.exec(value);
  if (parts === null) return value;
  const [, year, month, day, hour, minute, , utc] = parts;
  const zone = utc === undefined ? /;TZID="?([^";:]+)/i.exec(parameters)?.[1] : 'UTC';
  const clock = hour === undefined ? '' : ` ${hour}:${minute}`;
  return `${year}-${month}-${day}${clock}${zone === undefined ? '' : ` ${zone}`}`;
}

/** Properties of the first event, and the method that stands before it; those of alarms and zones within are not its own. */
function propertiesOf(text: string): ReadonlyMap<string, { parameters: string; value: string }> {
  const found = new Map<string, { parameters: string; value: string }>();
  const inside: string[] = [];
  for (const line of text
    .slice(0, SCANNED_CHARS)
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)) {
    const match = /^([A-Za-z-]{1,40})((?:;(?:[^":;]|"[^"]*")*)*):(.*)$/.exec(line);
    if (match === null) continue;
    const name = match[1]!.toUpperCase();
    if (name === 'BEGIN') inside.push(match[3]!.toUpperCase());
    else if (name === 'END' && inside.pop() === 'VEVENT') break;
    const isOurs = inside.at(-1) === 'VEVENT' || (inside.at(-1) === 'VCALENDAR' && name === 'METHOD');
    if (isOurs && !found.has(name)) found.set(name, { parameters: match[2]!, value: match[3]! });
  }
  return found;
}

/**
 * Reads the head of an invitation; it is shown and never acted upon.
 *
 * @see RFC 5545
 */
export function readCalendar(bytes: Buffer): CalendarNote {
  const properties = propertiesOf(bytes.toString('utf8'));
  const valueOf = (name: string): string | undefined => {
    const value = unescape(properties.get(name)?.value ?? '').trim();
    return value === '' ? undefined : value.slice(0, MAX_CHARS).toWellFormed();
  };
  const start = properties.get('DTSTART');
  return present({
    method: valueOf('METHOD')?.toUpperCase(),
    summary: valueOf('SUMMARY'),
    start: start && readableTime(start.parameters, start.value.trim()).slice(0, MAX_CHARS),
    location: valueOf('LOCATION'),
  });
}

/** One line for people: `REQUEST: Chốt mẫu áo dài, 2026-03-04 09:00 Asia/Ho_Chi_Minh, Phòng 3`; undefined for nothing. */
export function titleOf({ method, summary, start, location }: CalendarNote): string | undefined {
  const rest = [summary, start, location].filter((part) => part !== undefined).join(', ');
  const title = [method, rest].filter((part) => part !== undefined && part !== '').join(': ');
  return title === '' ? undefined : title;
}
