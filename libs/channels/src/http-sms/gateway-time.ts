import { instantOf } from '../shared/instant-of.js';
import { numberOf } from '../shared/fields.js';
import type { TimeSettings } from './http-sms.settings.js';

/** `2025-03-03 10:00:00`, with or without seconds. */
const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?$/;
/** `03/03/2025 10:00:00`, as forms in Viet Nam have it. */
const DAY_FIRST = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/;
/** `20250303100000`. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

function offsetMs(zone: string): number {
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function localTime(text: string, zone: string): number | undefined {
  const dayFirst = DAY_FIRST.exec(text);
  const parts = dayFirst ?? YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (parts === null) return undefined;
  const [first = 0, second = 0, third = 0, hour = 0, minute = 0, secondOfMinute = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const [year, month, day] = dayFirst === null ? [first, second, third] : [third, second, first];
  const time = Date.UTC(year, month - 1, day, hour, minute, secondOfMinute);
  const back = new Date(time);
  // `Date.UTC` rolls the 31st of February over into March instead of refusing it.
  const real = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && back.getUTCHours() === hour;
  return real ? time - offsetMs(zone) : undefined;
}

/**
 * A gateway's time.
 *
 * @returns milliseconds since 1970; undefined when it cannot be read as the settings say
 */
export function gatewayTime(text: string, { format, zone }: TimeSettings): number | undefined {
  const trimmed = text.trim();
  switch (format) {
    case 'epoch_s': {
      const seconds = numberOf(trimmed);
      return seconds === undefined ? undefined : Math.trunc(seconds * 1000);
    }
    case 'epoch_ms':
      return numberOf(trimmed);
    case 'iso':
      return instantOf(trimmed);
    case 'local':
      return localTime(trimmed, zone);
  }
}
