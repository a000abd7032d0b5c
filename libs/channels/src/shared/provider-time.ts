/** Times before this are a sender's broken clock: no chat or SMS provider of ours is older. */
const EARLIEST_MS = Date.UTC(2010, 0, 1);

/** A provider's clock may be this far ahead of ours. */
const TOLERANCE_MS = 5 * 60_000;

/** When something happened, and the flags that say how far that is to be trusted. */
export interface ProviderTime {
  /** RFC 3339 in UTC with milliseconds. */
  readonly occurredAt: string;
  readonly flags: readonly 'clock_adjusted'[];
}

/**
 * The provider's time, or the receive time when that is missing, unreadable, more than five minutes ahead, or before 2010.
 *
 * @param providerMs milliseconds since 1970, when the provider gave any
 * @see stream contract, section 4.4
 */
export function providerTime(providerMs: number | undefined, receivedAt: Date): ProviderTime {
  const usable =
    providerMs !== undefined &&
    Number.isFinite(providerMs) &&
    providerMs >= EARLIEST_MS &&
    providerMs <= receivedAt.getTime() + TOLERANCE_MS;
  if (!usable) return { occurredAt: receivedAt.toISOString(), flags: ['clock_adjusted'] };
  return { occurredAt: new Date(providerMs).toISOString(), flags: [] };
}
