import { EpochsRepository, type Database } from '@app/persistence';
import type { StreamBatch } from '@app/stream';
import type { UnifyBatchService } from '../../apps/unifier/src/unify-batch/unify-batch.service.js';
import type { OmnichannelLog } from './omnichannel-log.js';
import type { PlacedIdentity } from './partition-quality.js';

/** What a log met on its way. */
export interface LogRun {
  readonly refused: number;
  readonly batchMs: readonly number[];
}

/** Hands batches to several workers, each taking the next one. @returns milliseconds of each, and records refused */
export async function runBatches(
  service: UnifyBatchService,
  batches: readonly StreamBatch[],
  workers: number,
): Promise<LogRun> {
  const queue = [...batches];
  const batchMs: number[] = [];
  let refused = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        const since = performance.now();
        const { rejected } = await service.unify(batch);
        refused += rejected.length;
        batchMs.push(performance.now() - since);
      }
    }),
  );
  return { refused, batchMs };
}

/** Tells the store which numbers changed hands. */
async function tellOfHands(database: Database, { changedHands }: OmnichannelLog): Promise<void> {
  const epochs = new EpochsRepository(database);
  for (const { number, at } of changedHands) {
    const [row] = await database.query<{ id: string }>(
      'SELECT id FROM identity WHERE kind = $1 AND value = $2 AND valid_to IS NULL',
      [number.kind, number.value],
    );
    const outcome = row === undefined ? undefined : await epochs.end(row.id, new Date(at));
    if (outcome?.ok !== true)
      throw new Error(`a number that changed hands is unknown: ${outcome?.code ?? 'no identity'}`);
  }
}

/** Runs a whole log into an empty store. */
export async function runLog(
  log: OmnichannelLog,
  { service, database, workers }: { service: UnifyBatchService; database: Database; workers: number },
): Promise<LogRun> {
  const first = await runBatches(service, log.parts[0], workers);
  await tellOfHands(database, log);
  const second = await runBatches(service, log.parts[1], workers);
  return { refused: first.refused + second.refused, batchMs: [...first.batchMs, ...second.batchMs] };
}

/** Everybody in the store and the customer that they are. */
export async function placedIdentities(database: Database): Promise<readonly PlacedIdentity[]> {
  return await database.query<PlacedIdentity>(
    `SELECT kind, scope, value, epoch, customer_id::text FROM identity WHERE state <> 'erased' ORDER BY id`,
  );
}
