import {
  advance,
  reseed,
  seed,
  troubled,
  type Cursor,
  type Gap,
  type MailboxState,
  type Progress,
} from './mailbox-state.js';

const NOW = new Date('2026-03-10T00:00:00.000Z');
const state = (over: Partial<MailboxState> = {}): MailboxState => ({
  uidValidity: '7',
  lastUid: 100,
  seededAt: NOW.toISOString(),
  ...over,
});

/** A step in which the server listed every UID. */
const step = (from: MailboxState, cursor: Cursor, progress: Pick<Progress, 'through' | 'internalDate'>): MailboxState =>
  advance(from, cursor, { listed: Array.from({ length: 200 }, (_, index) => index + 1), at: NOW, ...progress });

describe('the first sight of a folder', () => {
  it.each([
    ['all', 11, { next: 1, end: 10, backfill: true }],
    ['30d', 11, { next: 1, end: 10, since: '2026-02-08T00:00:00.000Z', backfill: true }],
    ['none', 11, undefined],
    ['all', 1, undefined],
  ])('with history %s and UIDNEXT %i', (history, uidNext, expected) => {
    const first = seed({ uidValidity: '7', uidNext }, history, NOW);
    expect(first.lastUid).toBe(uidNext - 1);
    expect(first.history).toEqual(expected);
  });
});

describe('a folder that was renumbered', () => {
  const status = { uidValidity: '8', uidNext: 21 };

  it('is fetched again from two days before the newest mail known', () => {
    const next = reseed(state({ lastInternalDate: '2026-03-09T12:00:00.000Z' }), status);
    expect(next).toMatchObject({
      uidValidity: '8',
      lastUid: 20,
      history: { next: 1, end: 20, since: '2026-03-07T12:00:00.000Z', backfill: false },
    });
  });

  it('starts a history that was not finished again', () => {
    const history = { next: 50, end: 90, backfill: true };
    const next = reseed(state({ history, lastInternalDate: '2026-03-09T12:00:00.000Z' }), status);
    expect(next.history).toEqual({ next: 1, end: 20, backfill: true });
  });

  it('forgets a trouble with UIDs that mean nothing any more', () => {
    expect(reseed(state({ trouble: { uid: 5, until: 9, attempts: 3 } }), status)).not.toHaveProperty('trouble');
  });
});

describe('a step', () => {
  it('moves only its own cursor', () => {
    const both = state({ history: { next: 1, end: 50, backfill: true } });
    expect(step(both, 'live', { through: 105 })).toEqual({ ...both, lastUid: 105 });
    expect(step(both, 'history', { through: 20 })).toEqual({ ...both, history: { ...both.history, next: 21 } });
  });

  it('ends a history that is through', () => {
    const both = state({ history: { next: 40, end: 50, backfill: true } });
    expect(step(both, 'history', { through: 50 })).toEqual(state());
  });

  it('never moves backwards', () => {
    expect(step(state(), 'live', { through: 5 }).lastUid).toBe(100);
  });

  it('remembers the newest receive time', () => {
    const first = step(state(), 'live', { through: 101, internalDate: NOW });
    const second = step(first, 'live', { through: 102, internalDate: new Date('2026-01-01') });
    expect(second.lastInternalDate).toBe(NOW.toISOString());
  });

  it('ends a trouble that lies behind it', () => {
    const stuck = state({ trouble: { uid: 101, until: 110, attempts: 2 } });
    expect(step(stuck, 'live', { through: 109 }).trouble).toBeDefined();
    expect(step(stuck, 'live', { through: 110 })).not.toHaveProperty('trouble');
  });
});

describe('UIDs that were not listed', () => {
  const seenAt = NOW.toISOString();
  const later = new Date('2026-03-10T23:00:00.000Z');
  const withGaps = advance(state(), 'live', { through: 110, listed: [102, 103, 109, 110, 140], at: NOW });
  const gaps: readonly Gap[] = [
    { from: 101, to: 101, seenAt },
    { from: 104, to: 108, seenAt },
  ];

  it('are remembered when higher ones were taken', () => {
    expect(withGaps.gaps).toEqual(gaps);
    expect(step(state(), 'live', { through: 110 })).not.toHaveProperty('gaps');
    expect(step(withGaps, 'history', { through: 20 }).gaps).toEqual(gaps);
  });

  it('are forgotten when they were taken, and only those', () => {
    const taken = advance(withGaps, 'late', { through: 106, listed: [101, 106, 108], at: later });
    expect(taken).toMatchObject({ lastUid: 110 });
    expect(taken.gaps).toEqual([
      { from: 104, to: 105, seenAt },
      { from: 107, to: 108, seenAt },
    ]);
  });

  it('are waited for a day, and not more of them than a look may cost', () => {
    const dayLater = new Date(NOW.getTime() + 86_400_000);
    expect(advance(withGaps, 'live', { through: 112, listed: [111, 112], at: later }).gaps).toEqual(gaps);
    expect(advance(withGaps, 'live', { through: 112, listed: [111, 112], at: dayLater })).not.toHaveProperty('gaps');
    const listed = Array.from({ length: 500 }, (_, index) => 102 + 2 * index);
    const many = advance(state(), 'live', { through: listed.at(-1)!, listed, at: NOW }).gaps!;
    expect([many.length, many.at(-1)!.to]).toEqual([100, listed.at(-1)! - 1]);
  });

  it('mean nothing any more in a folder that was renumbered', () => {
    expect(reseed(withGaps, { uidValidity: '8', uidNext: 21 })).not.toHaveProperty('gaps');
  });
});

describe('a fetch that failed', () => {
  it('counts the failures of one mail alone', () => {
    const many = troubled(state(), [101, 102, 150]);
    expect(many.trouble).toEqual({ uid: 101, until: 150, attempts: 0 });
    const once = troubled(many, [101]);
    expect(once.trouble).toEqual({ uid: 101, until: 150, attempts: 1 });
    expect(troubled(once, [101]).trouble).toEqual({ uid: 101, until: 150, attempts: 2 });
    expect(troubled(once, [102]).trouble).toEqual({ uid: 102, until: 150, attempts: 1 });
  });
});
