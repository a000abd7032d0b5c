import { loadConfig, Metrics } from '@app/kernel';
import { EvidenceRepository, UnifyRepository, type Database } from '@app/persistence';
import { IdentityPolicy } from '../../apps/unifier/src/unify-batch/identity-policy.js';
import { UnifyBatchService } from '../../apps/unifier/src/unify-batch/unify-batch.service.js';

/** Installation secret of the tests. */
export const TEST_SECRET = 'a secret of an installation, long enough';

/** The unifier's work on a store, without a stream; settings are the defaults unless given. */
export function unifierOn(
  store: Database,
  options: { readonly metrics?: Metrics; readonly settings?: Readonly<Record<string, string>> } = {},
): UnifyBatchService {
  return new UnifyBatchService(
    new UnifyRepository(store, store),
    new EvidenceRepository(store),
    options.metrics ?? new Metrics(),
    IdentityPolicy.of(loadConfig(options.settings ?? {}), TEST_SECRET),
  );
}
