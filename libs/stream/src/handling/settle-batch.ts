import { PermanentRecordError, type Clock } from '@app/kernel';
import type { BatchHandler, RejectedRecord, StreamBatch, StreamRecord } from '../stream.js';

const MAX_ATTEMPTS = 3;
const ATTEMPTS_WITHIN_MS = 10_000;
/** Waits before the second and the third attempt. */
const ATTEMPT_PAUSES_MS = [200, 1_000];

/** A record to be set aside, with its history. */
export interface BuriedRecord extends RejectedRecord {
  readonly attempts: number;
  readonly firstFailedAt: Date;
}

/** What {@link settleBatch} works with. */
export interface SettleTools {
  readonly handler: BatchHandler;
  /** Makes dead letters durable. */
  readonly bury: (records: readonly BuriedRecord[]) => Promise<void>;
  readonly clock: Clock;
  readonly delay: (ms: number) => Promise<void>;
}

/** How far a batch came. */
export interface Settlement {
  /** Leading records whose effects are durable, here or as dead letters; the offset may move past them. */
  readonly settled: number;
  /** Why the rest has to wait: a passing fault, or a fault of ours. Absent when everything is settled. */
  readonly fault?: unknown;
}

/**
 * Carries a batch to its end, as {@link BatchHandler} promises it. Both adapters settle their batches here.
 *
 * A `PermanentRecordError` halves the records until the culprit stands alone. It is tried three times within ten
 * seconds, then becomes a dead letter, and the others go on. Never rejects: a handler's error is a value here, because
 * an error thrown into kafkajs may end a consumer for ever.
 */
export async function settleBatch(batch: StreamBatch, tools: SettleTools): Promise<Settlement> {
  const slices: (readonly StreamRecord[])[] = [batch.records];
  let settled = 0;
  try {
    for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
      const culprit = await handle({ ...batch, records: slice }, tools);
      if (culprit === undefined) {
        settled += slice.length;
      } else if (slice.length > 1) {
        const middle = Math.ceil(slice.length / 2);
        slices.push(slice.slice(middle), slice.slice(0, middle));
      } else {
        await settleCulprit({ ...batch, records: slice }, culprit, tools);
        settled += 1;
      }
    }
    return { settled };
  } catch (fault) {
    return { settled, fault };
  }
}

/** One call of the handler and its rejected records; a permanent error is returned, every other one is thrown. */
async function handle(batch: StreamBatch, tools: SettleTools): Promise<PermanentRecordError | undefined> {
  let outcome;
  try {
    outcome = await tools.handler(batch);
  } catch (error) {
    if (error instanceof PermanentRecordError) return error;
    throw error;
  }
  if (outcome && outcome.rejected.length > 0) {
    const firstFailedAt = tools.clock.now();
    await tools.bury(outcome.rejected.map((rejected) => ({ ...rejected, attempts: 1, firstFailedAt })));
  }
  return undefined;
}

/** Tries a lone record again and sets it aside when it goes on failing for its own sake. */
async function settleCulprit(batch: StreamBatch, first: PermanentRecordError, tools: SettleTools): Promise<void> {
  const firstFailedAt = tools.clock.now();
  let error = first;
  let attempts = 1;
  while (attempts < MAX_ATTEMPTS) {
    const pause = ATTEMPT_PAUSES_MS[attempts - 1]!;
    if (tools.clock.now().getTime() + pause - firstFailedAt.getTime() > ATTEMPTS_WITHIN_MS) break;
    await tools.delay(pause);
    const again = await handle(batch, tools);
    if (again === undefined) return;
    error = again;
    attempts += 1;
  }
  await tools.bury([{ record: batch.records[0]!, code: error.code, detail: detailOf(error), attempts, firstFailedAt }]);
}

/** The details of an error are safe to keep; its message may quote the record. */
function detailOf(error: PermanentRecordError): string {
  return Object.entries(error.details)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
