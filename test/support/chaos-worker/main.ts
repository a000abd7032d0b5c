import { loadConfig, Metrics, StoreUnavailableError } from '@app/kernel';
import { Database, EvidenceRepository, UnifyRepository } from '@app/persistence';
import { IdentityPolicy } from '../../../apps/unifier/src/unify-batch/identity-policy.js';
import { UnifyBatchService } from '../../../apps/unifier/src/unify-batch/unify-batch.service.js';
import { partitionOf, recordAt } from './identity-log.js';

/** What a worker is to do; the first thing that it is told. */
export interface ChaosJob {
  readonly url: string;
  readonly secret: string;
  readonly partition: number;
  /** Its first offset. */
  readonly from: number;
  /** Length of the whole log. */
  readonly messages: number;
  readonly batch: number;
}

/** How far it may go. */
interface Allowance {
  readonly until: number;
}

const RETRY_MS = 50;
let allowed = 0;
let wake = (): void => undefined;
// A parent that is gone has nothing left to ask for.
process.on('disconnect', () => process.exit(0));

const { url, secret, partition, from, messages, batch } = await new Promise<ChaosJob>((resolve) => {
  process.on('message', (told: ChaosJob | Allowance) => {
    if ('url' in told) return resolve(told);
    allowed = Math.max(allowed, told.until);
    wake();
  });
});

const durable = Database.connect(url, { applicationName: 'chaos', max: 1 });
const store = durable.sibling({ max: 2, genericPlans: true, relaxedCommits: true });
const service = new UnifyBatchService(
  new UnifyRepository(store, durable),
  new EvidenceRepository(store),
  new Metrics(),
  IdentityPolicy.of(loadConfig({}), secret),
);
const log = partitionOf(partition, messages);

/** Tries until the server is there again; every other fault ends the worker. */
async function unify(offset: number, end: number): Promise<void> {
  const records = log.slice(offset, end).map((n, index) => recordAt(n, partition, offset + index));
  for (;;) {
    try {
      const { rejected } = await service.unify({ topic: records[0]!.topic, partition, records });
      if (rejected.length > 0) throw new Error(`rejected: ${rejected[0]!.detail}`);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Unifies its partition from an offset on and tells the parent of each batch that is done. */
async function run(): Promise<void> {
  for (let offset = from; offset < log.length;) {
    while (allowed <= offset) await new Promise<void>((resolve) => (wake = resolve));
    const end = Math.min(offset + batch, allowed, log.length);
    await unify(offset, end);
    offset = end;
    process.send!({ offset });
  }
}

await run();
