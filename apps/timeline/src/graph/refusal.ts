import { publicId, type GraphRefusal } from '@app/persistence';
import { invalid, ProblemError, type ProblemOptions } from '../http/problem.js';

/** Which customers a request names, so that a refusal can point at the part that is to blame. */
export interface NamedCustomers {
  /** Named by the body: internal id, and where it stands there. */
  readonly other?: { readonly id: string; readonly pointer: string };
}

function blame(customerId: string, { other }: NamedCustomers, code: string): ProblemOptions {
  return other?.id === customerId ? { errors: [{ pointer: other.pointer, code }] } : {};
}

/** The answer to a decision that the store refuses. Nothing was changed. */
export function toRefusal(refusal: GraphRefusal, named: NamedCustomers = {}): ProblemError {
  switch (refusal.code) {
    case 'unknown-customer':
    case 'unknown-merge':
      return new ProblemError('not-found');
    case 'unknown-identity':
      return invalid('/identity_ids', 'not_of_customer', 'an identity does not belong to this customer');
    case 'same-customer':
      return new ProblemError('merge-with-itself');
    case 'customer-merged':
      return new ProblemError('customer-merged', {
        ...blame(refusal.customerId, named, 'customer_merged'),
        members: { canonical_id: publicId.customer(refusal.canonicalId) },
      });
    case 'customer-erased':
      return new ProblemError('customer-erased', blame(refusal.customerId, named, 'customer_erased'));
    case 'guarded':
      return new ProblemError('merge-guarded', { members: { guard: refusal.guard } });
    case 'already-undone':
      return new ProblemError('merge-already-undone', { members: { undone_by: publicId.merge(refusal.undoneBy) } });
    case 'nothing-to-undo':
      return new ProblemError('nothing-to-undo');
    case 'too-large':
      return new ProblemError('group-too-large');
  }
}
