import { StoreUnavailableError } from '@app/kernel';
import { Pauses } from './pauses.js';

describe('Pauses', () => {
  it('doubles the wait up to half a minute, and starts over after success', () => {
    const pauses = new Pauses();
    const fault = new StoreUnavailableError('away');
    const waits = Array.from({ length: 12 }, () => pauses.fail('t/0', fault).waitMs);
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(waits.at(-1)).toBe(30_000);
    pauses.clear('t/0');
    expect(pauses.fail('t/0', fault)).toEqual({ tries: 1, waitMs: 250, code: 'store_unavailable' });
  });

  it('calls everything that is not declared passing a fault of ours', () => {
    const pauses = new Pauses();
    pauses.fail('t/0', Object.assign(new Error('x'), { code: 'ECONNRESET' }));
    pauses.fail('t/1', undefined);
    pauses.fail('t/2', new StoreUnavailableError('away'));
    expect(pauses.describe()).toEqual(['t/0: internal', 't/1: internal', 't/2: store_unavailable']);
    pauses.keep((partition) => partition === 't/1');
    expect(pauses.describe()).toEqual(['t/1: internal']);
  });
});
