import { BackOff } from './back-off.js';

const OPTIONS = { firstMs: 1_000, maxMs: 60_000, loginMs: 300_000 };

describe('waits between attempts', () => {
  it('double up to a limit, half of them by chance', () => {
    const least = new BackOff(OPTIONS, () => 0);
    const most = new BackOff(OPTIONS, () => 1);
    const waits = (backOff: BackOff) => Array.from({ length: 8 }, () => backOff.next(false));
    expect(waits(least)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(waits(most)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('start again after a success and stay finite after thousands of failures', () => {
    const backOff = new BackOff(OPTIONS, () => 1);
    for (let i = 0; i < 5_000; i++) backOff.next(false);
    expect(backOff.next(false)).toBe(60_000);
    backOff.reset();
    expect(backOff.next(false)).toBe(1_000);
  });

  it('are long after a refused login', () => {
    expect(new BackOff(OPTIONS, () => 0).next(true)).toBe(300_000);
  });
});
