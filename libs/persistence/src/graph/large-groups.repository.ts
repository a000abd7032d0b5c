import { randomUUID } from 'node:crypto';
import { arrayOf } from '../array-literal.js';
import type { Database } from '../database.js';
import { GroupTooLargeError, regroup, underStructureLock } from './regroup.js';

/** Groups beyond this are left as they are: their evidence stays held back by its size. */
const LARGEST_FOR_LANE = 100_000;

/** What one look at the lane did. */
export type LaneOutcome = 'idle' | 'regrouped' | 'too-large';

/** The lane for groups that are too large to be worked out within a batch; a partition never waits for them. */
export class LargeGroupsRepository {
  constructor(private readonly database: Database) {}

  /** Works the group out that has waited longest, for everybody in it who waits: a storm puts hundreds of one group in. */
  async regroupNext(): Promise<LaneOutcome> {
    return await underStructureLock(this.database, async (tx): Promise<LaneOutcome> => {
      const [job] = await tx.query<{ identity_id: string }>(
        `DELETE FROM graph_job WHERE identity_id = (SELECT identity_id FROM graph_job ORDER BY at, identity_id LIMIT 1)
         RETURNING identity_id::text`,
      );
      if (job === undefined) return 'idle';
      const batchId = randomUUID();
      const decision = { actor: 'system', reason: null, batchId, correlationId: batchId, rule: 'evidence', trust: 0 };
      try {
        const { identities } = await regroup(tx, [job.identity_id], decision, LARGEST_FOR_LANE);
        await tx.query('DELETE FROM graph_job WHERE identity_id = ANY($1::bigint[])', [arrayOf.plain(identities)]);
        return 'regrouped';
      } catch (error) {
        if (error instanceof GroupTooLargeError) return 'too-large';
        throw error;
      }
    });
  }
}
