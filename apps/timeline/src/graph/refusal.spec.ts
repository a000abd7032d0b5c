import type { GraphRefusal } from '@app/persistence';
import { PROBLEMS } from '@app/contracts';
import { toRefusal } from './refusal.js';

describe('a refusal of the store', () => {
  it.each<[GraphRefusal, number, string, object]>([
    [{ code: 'unknown-customer' }, 404, 'not-found', {}],
    [{ code: 'unknown-merge' }, 404, 'not-found', {}],
    [{ code: 'unknown-identity' }, 422, 'validation-failed', { errors: [{ pointer: '/identity_ids' }] }],
    [{ code: 'same-customer' }, 409, 'merge-with-itself', {}],
    [
      { code: 'customer-merged', customerId: '1', canonicalId: '3' },
      409,
      'customer-merged',
      { members: { canonical_id: 'cus_3' } },
    ],
    [
      { code: 'customer-merged', customerId: '2', canonicalId: '3' },
      409,
      'customer-merged',
      { members: { canonical_id: 'cus_3' }, errors: [{ pointer: '/into', code: 'customer_merged' }] },
    ],
    [{ code: 'customer-erased', customerId: '1' }, 410, 'customer-erased', {}],
    [
      { code: 'customer-erased', customerId: '2' },
      410,
      'customer-erased',
      { errors: [{ pointer: '/into', code: 'customer_erased' }] },
    ],
    [{ code: 'guarded', guard: 'size' }, 409, 'merge-guarded', { members: { guard: 'size' } }],
    [{ code: 'already-undone', undoneBy: '12' }, 409, 'merge-already-undone', { members: { undone_by: 'mrg_12' } }],
    [{ code: 'nothing-to-undo' }, 409, 'nothing-to-undo', {}],
    [{ code: 'too-large' }, 409, 'group-too-large', {}],
  ])('%j is %s %s', (refusal, status, code, options) => {
    const problem = toRefusal(refusal, { other: { id: '2', pointer: '/into' } });
    expect([PROBLEMS[problem.code].status, problem.code]).toEqual([status, code]);
    expect({ errors: undefined, ...problem.options }).toMatchObject({ errors: undefined, ...options });
  });
});
