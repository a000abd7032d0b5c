import { describeError, type Logger, type Metrics } from '@app/kernel';
import type { Stream, SubscribeOptions } from '../stream.js';

const EVERY_MS = 10_000;

/** What a lag meter works with; without metrics it does nothing. */
export interface LagMeterParts {
  readonly lag: Stream['lag'];
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/**
 * Keeps `omniline_stream_lag_records` of one subscription up to date.
 *
 * @returns ends it
 */
export function measureLag({ lag, logger, metrics }: LagMeterParts, { group, topics }: SubscribeOptions): () => void {
  if (metrics === undefined) return () => undefined;
  let busy = false;
  const measure = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (const { topic, lag: records } of await lag(group, topics)) {
        metrics.streamLag.set({ group, topic }, Number(records));
      }
    } catch (error) {
      logger.debug({ group, error: describeError(error) }, 'The lag could not be measured');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void measure(), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
