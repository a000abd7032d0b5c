import { chooseOccurredAt } from './clock.js';

const received = new Date('2026-11-20T05:00:00.000Z');
const minutes = (n: number): number => received.getTime() + n * 60_000;

describe('the time at which an entry stands', () => {
  it.each([
    ['a time in the past, however old', Date.UTC(1999, 5, 1)],
    ['a clock that is a little fast', minutes(5)],
  ])('is the provider’s: %s', (_what, time) => {
    expect(chooseOccurredAt(time, received)).toEqual({ occurredAt: new Date(time), clockAdjusted: false });
  });

  it.each([
    ['missing', undefined],
    ['more than five minutes ahead', minutes(6)],
    ['before mail was common', Date.UTC(1994, 11, 31)],
    ['no number', Number.NaN],
    ['far outside of any calendar', 4.977e18],
  ])('is the receive time and marked when the provider’s is %s', (_what, time) => {
    expect(chooseOccurredAt(time, received)).toEqual({ occurredAt: received, clockAdjusted: true });
  });

  it('knows that chat did not exist before its first credible year', () => {
    expect(chooseOccurredAt(Date.UTC(2009, 0, 1), received, Date.UTC(2010, 0, 1)).clockAdjusted).toBe(true);
  });
});
