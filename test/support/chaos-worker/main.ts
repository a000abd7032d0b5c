import { parseArgs } from 'node:util';
import { loadConfig, Metrics, StoreUnavailableError } from '@app/kernel';
import { Database, EvidenceRepository, UnifyRepository } from '@app/persistence';
import { IdentityPolicy } from '../../../apps/unifier/src/unify-batch/identity-policy.js';
import { UnifyBatchService } from '../../../apps/unifier/src/unify-batch/unify-batch.service.js';
import { partitionOf, recordAt } from './identity-log.js';

/** What the parent sends: how far the worker may go. */
interface Allowance {
  readonly until: number;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    secret: { type: 'string' },
    partition: { type: 'string' },
    from: { type: 'string' },
    messages: { type: 'string' },
    batch: { type: 'string' },
  },
});
const [partition, from, messages, batchSize] = [values.partition, values.from, values.messages, values.batch].map(
  Number,
);
const RETRY_MS = 50;

const durable = Database.connect(values.url!, { applicationName: 'chaos', max: 1 });
const store = durable.sibling({ max: 2, genericPlans: true, relaxedCommits: true });
const service = new UnifyBatchService(
  new UnifyRepository(store, durable),
  new EvidenceRepository(store),
  new Metrics(),
  IdentityPolicy.of(loadConfig({}), values.secret!),
);

let allowed = 0;
let wake = (): void => undefined;
process.on('message', ({ until }: Allowance) => {
  allowed = Math.max(allowed, until);
  wake();
});
// A parent that is gone has nothing left to ask for.
process.on('disconnect', () => process.exit(0));

const log = partitionOf(partition!, messages!);

/** Tries until the server is there again; every other fault ends the worker. */
async function unify(offset: number, end: number): Promise<void> {
  const records = log.slice(offset, end).map((n, index) => recordAt(n, partition!, offset + index));
  for (;;) {
    try {
      const { rejected } = await service.unify({ topic: records[0]!.topic, partition: partition!, records });
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
  for (let offset = from!; offset < log.length;) {
    while (allowed <= offset) await new Promise<void>((resolve) => (wake = resolve));
    const end = Math.min(offset + batchSize!, allowed, log.length);
    await unify(offset, end);
    offset = end;
    process.send!({ offset });
  }
}

await run();
