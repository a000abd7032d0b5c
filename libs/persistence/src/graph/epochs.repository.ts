import type { Database } from '../database.js';
import { underStructureLock } from './regroup.js';

/** What became of an identity that changed hands, or why nothing did. */
export type EpochOutcome =
  | { readonly ok: true; readonly identityId: string; readonly endedAt: Date }
  | { readonly ok: false; readonly code: 'unknown-identity' | 'not-recyclable' | 'epoch-ended' };

/** Kinds whose values are given to other people after a while. */
const RECYCLABLE = new Set(['phone', 'email']);

/**
 * Numbers that change hands (identity design, section 3.4). The owner until then keeps entries and customer; whoever
 * writes from the number after that is somebody new.
 */
export class EpochsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Ends the present owner's time.
   *
   * @param from the first instant of the next owner; entries that stand already stay where they are
   */
  async end(identityId: string, from: Date): Promise<EpochOutcome> {
    return await underStructureLock(this.database, async (tx): Promise<EpochOutcome> => {
      const [identity] = await tx.query<{ kind: string; valid_to: Date | null; state: string }>(
        'SELECT kind, valid_to, state FROM identity WHERE id = $1',
        [identityId],
      );
      if (identity === undefined || identity.state === 'erased') return { ok: false, code: 'unknown-identity' };
      if (!RECYCLABLE.has(identity.kind)) return { ok: false, code: 'not-recyclable' };
      if (identity.valid_to !== null) return { ok: false, code: 'epoch-ended' };
      await tx.query('UPDATE identity SET valid_to = $2 WHERE id = $1', [identityId, from]);
      return { ok: true, identityId, endedAt: from };
    });
  }
}
