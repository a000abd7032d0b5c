import { createHash } from 'node:crypto';

/**
 * Ids that a run gives to what happens in it. All derive from the run's own id, so that a second run is a new day and
 * nothing of it is taken for a repeat of the first.
 */
export class RunIds {
  constructor(
    /** For example `k3f9a2`; also part of mail addresses and message ids. */
    readonly runId: string,
  ) {}

  /** Hexadecimal digits, at most 64, the same for the same name within a run. */
  hex(name: string, length: number): string {
    return createHash('sha256').update(`${this.runId} ${name}`).digest('hex').slice(0, length);
  }

  /** Decimal digits, at most 18, not beginning with zero. */
  digits(name: string, length: number): string {
    const number = BigInt(`0x${this.hex(name, 32)}`) % 9n ** BigInt(length);
    return `${(number % 9n) + 1n}${String(number / 9n).padStart(length, '0')}`.slice(0, length);
  }
}

/** A new run id: seconds since 2024 in base 36, so that later runs sort behind earlier ones. */
export const newRunId = (now: Date): string => Math.floor((now.getTime() - Date.UTC(2024, 0, 1)) / 1000).toString(36);
