import { BURST_AHEAD, pacificTime, waitForQuota } from './quota.js';

const HOUR_MS = 3_600_000;

describe('units that last for a day', () => {
  it('are counted from midnight, Pacific time, whatever the season', () => {
    expect(pacificTime(new Date('2026-11-20T07:59:59Z'))).toEqual({
      day: '2026-11-19',
      sinceMidnightMs: 24 * HOUR_MS - 1_000,
    });
    expect(pacificTime(new Date('2026-11-20T08:00:00Z'))).toEqual({ day: '2026-11-20', sinceMidnightMs: 0 });
    expect(pacificTime(new Date('2026-11-20T08:00:00.250Z')).sinceMidnightMs).toBe(250);
    expect(pacificTime(new Date('2026-07-20T07:00:00Z'))).toEqual({ day: '2026-07-20', sinceMidnightMs: 0 });
  });

  it.each([
    ['none were spent', 0, 0, 0],
    ['a fifth is spent at midnight', 199, 0, 0],
    ['more than a fifth is spent at midnight', 299, 0, 0.1 * 24 * HOUR_MS],
    ['half is spent at noon', 500, 12, 0],
    ['nearly all is spent at noon', 899, 12, 0.2 * 24 * HOUR_MS],
    ['all is spent', 1_000, 18, 6 * HOUR_MS + 1_000],
    ['more than all is spent', 2_000, 0, 24 * HOUR_MS + 1_000],
  ])('wait when %s', (_what, used, hour, wait) => {
    const now = new Date(Date.parse('2026-11-20T08:00:00Z') + hour * HOUR_MS);
    expect(Math.round(waitForQuota(used, 1_000, now, BURST_AHEAD))).toBe(Math.round(wait));
  });

  it('are never all gone before the day is over, however eagerly somebody asks', () => {
    let now = Date.parse('2026-11-20T08:00:00Z');
    let used = 0;
    while (now < Date.parse('2026-11-21T08:00:00Z')) {
      used += 1;
      expect(used).toBeLessThanOrEqual(500);
      now += Math.max(1_000, waitForQuota(used, 500, new Date(now), BURST_AHEAD));
    }
    expect(used).toBeGreaterThan(490);
  });
});
