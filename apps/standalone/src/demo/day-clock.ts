import { DAY_HOURS } from './script.js';

/** Viet Nam keeps one time all year. */
const ZONE_MS = 7 * 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const minutesOf = (hhmm: string): number => Number(hhmm.slice(0, 2)) * 60 + Number(hhmm.slice(3, 5));

/** The latest day whose closing time has passed: today late in the evening, else yesterday. */
export class DayClock {
  private readonly midnight: number;

  constructor(now: Date) {
    const closing = minutesOf(DAY_HOURS.close) * MINUTE_MS;
    const local = now.getTime() + ZONE_MS - closing;
    this.midnight = Math.floor(local / DAY_MS) * DAY_MS - ZONE_MS;
  }

  /** Instant of `HH:MM` of that day in Viet Nam. */
  at(hhmm: string): Date {
    return new Date(this.midnight + minutesOf(hhmm) * MINUTE_MS);
  }
}
