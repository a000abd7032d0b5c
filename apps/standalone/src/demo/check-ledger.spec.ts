import { checkLedger, isClean, type LedgerResult } from './check-ledger.js';
import type { ExpectedEntry, Ledger } from './ledger.js';
import { partedPeople } from './show-timelines.js';
import type { SeenEntry } from './seen-entry.js';

const anExpected = (more: Partial<ExpectedEntry> = {}): ExpectedEntry => ({
  account: 'fb-shop',
  id: 'm_1',
  who: 'bride',
  direction: 'inbound',
  isRemoved: false,
  isEdited: false,
  isReactedTo: false,
  isRead: false,
  at: new Date('2026-11-20T01:00:00.000Z'),
  text: 'Chào shop',
  ...more,
});
const aSeen = (more: Partial<SeenEntry> = {}): SeenEntry => ({
  entry_id: 'ent_1',
  revision: 1,
  direction: 'inbound',
  channel: 'messenger',
  account_id: 'fb-shop',
  occurred_at: '2026-11-20T01:00:00.000Z',
  state: 'visible',
  content: { type: 'text', text: 'Chào shop' },
  attachments: [],
  provider: { message_id: 'm_1' },
  reactions: [],
  flags: [],
  ...more,
});
const aLedger = (...expected: ExpectedEntry[]): Ledger => ({
  expected,
  proved: [],
  forged: new Set(['fb-shop m_forged']),
});
const nothing: LedgerResult = { missing: [], doubled: [], wrong: [], smuggled: [], unexpected: [] };

describe('checkLedger', () => {
  it('finds nothing wrong with what is as it was sent', () => {
    expect(checkLedger(aLedger(anExpected()), [aSeen()])).toEqual(nothing);
    expect(isClean(nothing)).toBe(true);
  });

  it.each<[string, SeenEntry[], Partial<LedgerResult>]>([
    ['a lost message', [], { missing: ['fb-shop m_1'] }],
    ['a doubled one', [aSeen(), aSeen({ entry_id: 'ent_2' })], { doubled: ['fb-shop m_1'] }],
    ['a forged one', [aSeen(), aSeen({ provider: { message_id: 'm_forged' } })], { smuggled: ['fb-shop m_forged'] }],
    ['one that nobody sent', [aSeen(), aSeen({ provider: { message_id: 'm_2' } })], { unexpected: ['fb-shop m_2'] }],
    ['another text', [aSeen({ content: { type: 'text', text: 'Chào' } })], { wrong: ['fb-shop m_1: text'] }],
    [
      'decomposed text',
      [aSeen({ content: { type: 'text', text: 'Chào shop'.normalize('NFD') } })],
      { wrong: ['fb-shop m_1: text'] },
    ],
    ['the time of arrival', [aSeen({ occurred_at: '2026-11-20T01:07:00.000Z' })], { wrong: ['fb-shop m_1: time'] }],
    ['the wrong side', [aSeen({ direction: 'outbound' })], { wrong: ['fb-shop m_1: direction'] }],
    ['an edit out of nowhere', [aSeen({ edited_at: '2026-11-20T01:00:00.000Z' })], { wrong: ['fb-shop m_1: edited'] }],
    ['a reaction out of nowhere', [aSeen({ reactions: [{ emoji: '❤' }] })], { wrong: ['fb-shop m_1: reaction'] }],
    ['a receipt out of nowhere', [aSeen({ delivery: { status: 'read' } })], { wrong: ['fb-shop m_1: read'] }],
    ['a deletion out of nowhere', [aSeen({ state: 'deleted_by_sender' })], { wrong: ['fb-shop m_1: taken back'] }],
  ])('finds %s', (_label, seen, difference) => {
    const result = checkLedger(aLedger(anExpected()), seen);
    expect(result).toEqual({ ...nothing, ...difference });
    expect(isClean(result)).toBe(false);
  });

  it.each<[string, Partial<ExpectedEntry>]>([
    ['a deletion', { isRemoved: true }],
    ['an edit', { isEdited: true }],
    ['a reaction', { isReactedTo: true }],
    ['a receipt', { isRead: true }],
  ])('misses %s that did not arrive', (_label, more) => {
    expect(checkLedger(aLedger(anExpected(more)), [aSeen()]).wrong).toHaveLength(1);
  });

  it('knows a mail by its Message-ID', () => {
    const mail = aSeen({
      account_id: 'hotro',
      provider: { message_id: 'digest' },
      mail: { message_id: 'a@x.example' },
    });
    expect(checkLedger(aLedger(anExpected({ account: 'hotro', id: 'a@x.example' })), [mail])).toEqual(nothing);
  });

  it('wants one timeline of whom it is proved, and of nobody else', () => {
    const [first, second] = [aSeen(), aSeen({ account_id: 'wa-shop', provider: { message_id: 'w_1' } })];
    const expected = [anExpected(), anExpected({ account: 'wa-shop', id: 'w_1' })];
    const view = (reference: string, ...entries: SeenEntry[]) => ({ reference, name: '', entries });
    const proved: Ledger = { ...aLedger(...expected), proved: ['bride'] };
    expect(partedPeople([view('KH-1', first, second)], proved)).toEqual([]);
    expect(partedPeople([view('KH-1', first), view('KH-2', second)], proved)).toEqual(['bride']);
    expect(partedPeople([view('KH-1', first)], proved)).toEqual(['bride']);
    expect(partedPeople([view('KH-1', first), view('KH-2', second)], aLedger(...expected))).toEqual([]);
  });
});
