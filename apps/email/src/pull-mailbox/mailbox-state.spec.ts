import { advance, reseed, seed, troubled, type MailboxState } from './mailbox-state.js';

const NOW = new Date('2026-03-10T00:00:00.000Z');
const state = (over: Partial<MailboxState> = {}): MailboxState => ({
  uidValidity: '7',
  lastUid: 100,
  seededAt: NOW.toISOString(),
  ...over,
});

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
    expect(advance(both, 'live', { through: 105 })).toEqual({ ...both, lastUid: 105 });
    expect(advance(both, 'history', { through: 20 })).toEqual({ ...both, history: { ...both.history, next: 21 } });
  });

  it('ends a history that is through', () => {
    const both = state({ history: { next: 40, end: 50, backfill: true } });
    expect(advance(both, 'history', { through: 50 })).toEqual(state());
  });

  it('never moves backwards', () => {
    expect(advance(state(), 'live', { through: 5 }).lastUid).toBe(100);
  });

  it('remembers the newest receive time', () => {
    const first = advance(state(), 'live', { through: 101, internalDate: NOW });
    const second = advance(first, 'live', { through: 102, internalDate: new Date('2026-01-01') });
    expect(second.lastInternalDate).toBe(NOW.toISOString());
  });

  it('ends a trouble that lies behind it', () => {
    const stuck = state({ trouble: { uid: 101, until: 110, attempts: 2 } });
    expect(advance(stuck, 'live', { through: 109 }).trouble).toBeDefined();
    expect(advance(stuck, 'live', { through: 110 })).not.toHaveProperty('trouble');
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
