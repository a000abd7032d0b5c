/** Source of the current time; tests pass their own. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

const EARLIEST = Date.UTC(1995, 0, 1);
const FUTURE_TOLERANCE_MS = 5 * 60_000;

/** When something happened, and whether the sender's clock had to be overruled. */
export interface OccurredAt {
  readonly occurredAt: Date;
  readonly clockAdjusted: boolean;
}

/**
 * Chooses the instant at which an entry stands.
 *
 * The provider's time wins, however old, unless it is missing, before 1995 or more than five minutes after we received
 * it: then the receive time stands in and the entry is flagged `clock_adjusted`.
 *
 * @param providerTime instant in milliseconds since 1970, or undefined when the provider gave none
 * @param earliest first credible instant in milliseconds since 1970; chat providers did not exist before 2010
 * @see stream contract, section 4.4
 */
export function chooseOccurredAt(providerTime: number | undefined, receivedAt: Date, earliest = EARLIEST): OccurredAt {
  const received = receivedAt.getTime();
  const credible =
    providerTime !== undefined &&
    Number.isFinite(providerTime) &&
    providerTime >= earliest &&
    providerTime <= received + FUTURE_TOLERANCE_MS;
  return credible
    ? { occurredAt: new Date(providerTime), clockAdjusted: false }
    : { occurredAt: receivedAt, clockAdjusted: true };
}
