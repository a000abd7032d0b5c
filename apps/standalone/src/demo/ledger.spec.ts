import { SeededRandom } from '@app/simulators';
import { DayClock } from './day-clock.js';
import { writeLedger, type ExpectedEntry } from './ledger.js';
import { castPeople } from './people.js';
import { planScene } from './planned-step.js';
import { RunIds } from './run-ids.js';
import { answer, edit, react, remove, say, seen, type DemoAccountId, type Step } from './script/step.js';

const ids = new RunIds('abc123');
const people = castPeople(ids, new SeededRandom('a'));
const day = new DayClock(new Date('2026-11-20T03:00:00.000Z'));
const expectOf = (on: DemoAccountId, ...steps: Step[]): readonly ExpectedEntry[] =>
  writeLedger(planScene({ who: 'bride', on, steps }, people.bride, day, ids)).expected;

describe('writeLedger', () => {
  it('expects one entry for each message, with the last text', () => {
    const entries = expectOf(
      'fb-shop',
      say('08:00', 'a', { as: 'a' }),
      edit('08:01', 'a', 'b'),
      edit('08:02', 'a', 'c'),
    );
    expect(entries).toEqual([expect.objectContaining({ text: 'c', isEdited: true, isRemoved: false })]);
  });

  it('expects a tombstone and a reaction where they belong', () => {
    const steps = [
      say('08:00', 'a', { as: 'a' }),
      answer('08:01', 'b', { as: 'b' }),
      remove('08:02', 'a'),
      react('08:03', 'b'),
    ];
    expect(expectOf('fb-shop', ...steps)).toEqual([
      expect.objectContaining({ isRemoved: true, isReactedTo: false, direction: 'inbound' }),
      expect.objectContaining({ isRemoved: false, isReactedTo: true, direction: 'outbound' }),
    ]);
  });

  it('takes seeing in Messenger for everything before it, in Zalo for the message named', () => {
    const steps = [
      answer('08:00', 'a'),
      answer('08:01', 'b', { as: 'b' }),
      seen('08:02', { of: 'b' }),
      answer('08:03', 'c'),
    ];
    expect(expectOf('fb-shop', ...steps).map(({ isRead }) => isRead)).toEqual([true, true, false]);
    expect(expectOf('oa-shop', ...steps).map(({ isRead }) => isRead)).toEqual([false, true, false]);
  });

  it('expects decomposed text in its composed form', () => {
    expect(expectOf('oa-shop', say('08:00', 'Thơ'.normalize('NFD')))[0]?.text).toBe('Thơ'.normalize('NFC'));
  });

  it('expects the time of the sender, except where none or a false one is told', () => {
    const timeOn = (on: DemoAccountId, step: Step): Date | undefined => expectOf(on, step)[0]?.at;
    expect(timeOn('oa-shop', say('08:00', 'a', { sentAt: '09:00' }))).toEqual(day.at('08:00'));
    expect(timeOn('hotline-sms', say('08:00', 'a'))).toBeUndefined();
    expect(timeOn('oa-shop', say('08:00', 'a', { oddity: 'future' }))).toBeUndefined();
  });

  it('expects nothing of a forgery but that it stays away', () => {
    const scene = { who: 'bride', on: 'oa-shop', steps: [say('08:00', 'x', { oddity: 'forged' })] } as const;
    const ledger = writeLedger(planScene(scene, people.bride, day, ids));
    expect(ledger.expected).toEqual([]);
    expect(ledger.forged.size).toBe(1);
  });

  it('refuses a script that refers to nothing', () => {
    expect(() => expectOf('fb-shop', react('08:00', 'nobody'))).toThrow('no step nobody');
  });
});

describe('DayClock', () => {
  it.each([
    ['in the morning: yesterday', '2026-11-20T03:00:00.000Z', '2026-11-19T00:30:00.000Z'],
    ['a minute before closing: yesterday', '2026-11-20T14:29:00.000Z', '2026-11-19T00:30:00.000Z'],
    ['at closing: today', '2026-11-20T14:30:00.000Z', '2026-11-20T00:30:00.000Z'],
    ['after midnight: the day before', '2026-11-20T18:00:00.000Z', '2026-11-20T00:30:00.000Z'],
  ])('takes the last day that has ended; %s', (_label, now, opening) => {
    expect(new DayClock(new Date(now)).at('07:30').toISOString()).toBe(opening);
  });
});
