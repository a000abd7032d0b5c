import { checkLedger } from './check-ledger.js';
import type { EntryWatch } from './entry-watch.js';
import { flowBetween, inFlight, readFlow, type FlowCounts } from './flow-metrics.js';
import type { Ledger } from './ledger.js';
import type { OmnilineClient } from './omniline-client.js';

const POLL_MS = 300;
/** Without any progress for this long, what is missing is taken for lost. */
const PATIENCE_MS = 30_000;

/** What is waited for. */
export interface ArrivalOptions {
  readonly client: OmnilineClient;
  readonly watch: EntryWatch;
  readonly ledger: Ledger;
  /** Counters before the day began. */
  readonly before: FlowCounts;
  readonly onProgress: (arrived: number, expected: number, inFlight: number) => void;
}

const pause = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, POLL_MS));

/**
 * Waits until everything expected has been announced and nothing is in flight any more, so that a late double would
 * show. Gives up after half a minute in which nothing changed.
 *
 * @returns what the installation counted since the day began
 */
export async function awaitArrival(options: ArrivalOptions): Promise<FlowCounts> {
  const { client, watch, ledger, before } = options;
  let lastState = '';
  let lastChange = performance.now();
  for (;;) {
    // The counters first: what they call finished is then surely in the events that follow.
    const flow = flowBetween(before, readFlow(await client.metrics()));
    await watch.catchUp();
    const arrived = ledger.expected.length - checkLedger(ledger, watch.seen).missing.length;
    options.onProgress(arrived, ledger.expected.length, Math.max(0, inFlight(flow)));
    if (arrived === ledger.expected.length && inFlight(flow) <= 0) return flow;
    const state = JSON.stringify([arrived, flow]);
    if (state !== lastState) lastChange = performance.now();
    lastState = state;
    if (performance.now() - lastChange > PATIENCE_MS) return flow;
    await pause();
  }
}
