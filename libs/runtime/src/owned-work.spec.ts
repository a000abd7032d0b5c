import { createLogger } from '@app/kernel';
import { OwnedWork } from './owned-work.js';

const logger = createLogger({ level: 'silent', service: 'test' });

/** A lock that is free, taken or away, as the test says. */
const leaseThat = (held: () => Promise<boolean>) => {
  const released: number[] = [];
  return { lease: { held, release: async () => await Promise.resolve(void released.push(1)) }, released };
};

describe('work that one process does', () => {
  it('is done while the lock is held, waits as it says, and gives the lock up', async () => {
    let done = 0;
    const { lease, released } = leaseThat(() => Promise.resolve(true));
    let enough!: () => void;
    const thrice = new Promise<void>((resolve) => (enough = resolve));
    const owned = new OwnedWork({
      lease,
      work: async () => {
        done += 1;
        owned.became('working');
        if (done === 3) enough();
        return await Promise.resolve(done < 3 ? 0 : 60_000);
      },
      failed: () => ({ reason: 'x', waitMs: 0 }),
      standbyMs: 1,
      logger,
      what: 'It',
    });
    owned.start();
    await thrice;
    expect(owned.detail).toBe('working');
    await owned.stop();
    expect([owned.detail, done, released.length]).toEqual(['stopped', 3, 1]);
  });

  it('is not done by a copy without the lock, and goes on after a failure', async () => {
    const answers = [false, false, true, true];
    const states: string[] = [];
    let stop!: () => void;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const { lease } = leaseThat(() => Promise.resolve(answers.shift() ?? true));
    let attempts = 0;
    const owned = new OwnedWork({
      lease,
      work: async () => {
        states.push(owned.detail);
        attempts += 1;
        if (attempts === 1) throw new Error('nope');
        stop();
        return await Promise.resolve(60_000);
      },
      failed: (error) => ({ reason: (error as Error).message, waitMs: 0 }),
      standbyMs: 0,
      logger,
      what: 'It',
    });
    owned.start();
    await stopped;
    await owned.stop();
    expect(states).toEqual(['standby', 'away (nope)']);
  });
});
