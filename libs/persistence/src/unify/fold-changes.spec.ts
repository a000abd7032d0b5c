import fc from 'fast-check';
import { INBOUND_TYPES, type Attachment } from '@app/contracts';
import type { EntryBody } from '../timeline/stored-entry.js';
import { foldChanges, MEDIA_FETCHED } from './fold-changes.js';
import type { ChangeRow } from './writes.js';

const BODY: EntryBody = { content: { type: 'text' }, provider: { name: 'meta', message_id: 'm_1' } };
const FRESH = { body: BODY, changes: null };

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 20, 8, 0, seconds));
let counter = 0;
const change = (type: string, seconds: number, body: Record<string, unknown>, id = `in_${++counter}`): ChangeRow => ({
  id,
  entry_id: 'e',
  type,
  occurred_at: at(seconds),
  body,
});
const edit = (text: string, rank: number, seconds: number): ChangeRow =>
  change(INBOUND_TYPES.edited, seconds, { content: { type: 'text', text }, edit_rank: rank });
const remove = (seconds: number): ChangeRow => change(INBOUND_TYPES.deleted, seconds, { action: 'delete' });
const hide = (action: 'hide' | 'unhide', seconds: number): ChangeRow =>
  change(INBOUND_TYPES.deleted, seconds, { action });
const react = (actor: string, action: string, reaction: string, seconds: number): ChangeRow =>
  change(INBOUND_TYPES.reacted, seconds, { actor, action, reaction });
const receipt = (status: string, seconds: number): ChangeRow => change(INBOUND_TYPES.receipt, seconds, { status });

const untouched = FRESH;

describe('foldChanges', () => {
  it('shows the edit of the greatest rank, also when an older edit arrives last', () => {
    const { changes, reasons } = foldChanges(untouched, [edit('two', 2, 20), edit('one', 1, 10)]);
    expect(changes.content?.text).toBe('two');
    expect(reasons).toEqual(['edited']);
  });

  it('lets a deletion win over an edit that comes later', () => {
    expect(foldChanges(untouched, [remove(10), edit('late', 9, 90)]).changes.state).toBe('deleted_by_sender');
  });

  it('follows the time of hiding and showing', () => {
    expect(foldChanges(untouched, [hide('unhide', 20), hide('hide', 10)]).changes.state).toBeUndefined();
    expect(foldChanges(untouched, [hide('hide', 30), hide('unhide', 20)]).changes.state).toBe('hidden');
  });

  it('keeps one reaction for each person and drops one that was taken back', () => {
    const folded = foldChanges(untouched, [
      react('a', 'react', 'love', 1),
      react('a', 'react', 'haha', 2),
      react('b', 'react', 'sad', 1),
      react('b', 'unreact', '', 3),
    ]);
    expect(folded.changes.reactions).toEqual([{ actor: 'a', reaction: 'haha' }]);
  });

  it('keeps the highest delivery status, and lets a late delivery overrule a failure', () => {
    expect(foldChanges(untouched, [receipt('read', 3), receipt('delivered', 2)]).changes.delivery?.status).toBe('read');
    expect(foldChanges(untouched, [receipt('failed', 2), receipt('delivered', 3)]).changes.delivery?.status).toBe(
      'delivered',
    );
  });

  it('keeps a complaint, whatever else becomes of the message', () => {
    const complaint = change(INBOUND_TYPES.receipt, 3, { status: 'delivered', complaint: 'abuse' });
    const { changes, reasons } = foldChanges(untouched, [receipt('read', 2), complaint, receipt('failed', 4)]);
    expect(changes.delivery).toMatchObject({ status: 'read', complaint: 'abuse' });
    expect(reasons).toEqual(['delivery']);
  });

  it('gives no reason when nothing differs', () => {
    const changes = [edit('x', 1, 1), react('a', 'react', 'love', 2), receipt('sent', 3)];
    const first = foldChanges(untouched, changes);
    expect(foldChanges({ body: BODY, changes: JSON.parse(JSON.stringify(first.changes)) }, changes).reasons).toEqual(
      [],
    );
  });

  describe('with attachments', () => {
    const picture = (locator: string): Attachment => ({ kind: 'image', state: 'pending', source: 'url', locator });
    const fetched = (locator: string, seconds: number, state = 'stored') =>
      change(MEDIA_FETCHED, seconds, { locator, state, ...(state === 'stored' ? { sha256: locator.repeat(64) } : {}) });
    const entry = { body: { ...BODY, attachments: [picture('a'), picture('b')] }, changes: null };

    it('says of each what became of its bytes', () => {
      const { changes, reasons } = foldChanges(entry, [fetched('b', 1), fetched('a', 2, 'expired')]);
      expect(reasons).toEqual(['media']);
      expect(changes.attachments).toEqual([
        { ...picture('a'), state: 'expired' },
        { ...picture('b'), state: 'stored', sha256: 'b'.repeat(64) },
      ]);
    });

    it('keeps to what an edit left of them', () => {
      const replaced = change(INBOUND_TYPES.edited, 3, {
        content: { type: 'text' },
        attachments: [picture('c'), picture('b')],
        edit_rank: 1,
      });
      const all = [fetched('a', 1), fetched('b', 2), replaced];
      for (const changes of [all, [...all].reverse()]) {
        expect(foldChanges(entry, changes).changes.attachments).toEqual([
          picture('c'),
          { ...picture('b'), state: 'stored', sha256: 'b'.repeat(64) },
        ]);
      }
    });

    it('changes nothing for an attachment that is not there', () => {
      expect(foldChanges(entry, [fetched('x', 1)])).toEqual({ changes: {}, reasons: [] });
      expect(foldChanges(FRESH, [fetched('a', 1)])).toEqual({ changes: {}, reasons: [] });
    });
  });

  it('tells of a recording what became of its bytes, whatever came first', () => {
    const recording = { id: 'RE1', state: 'available', source: 'url', locator: 'https://api.example/RE1' };
    const received_at = at(31).toISOString();
    const rang = change(INBOUND_TYPES.call, 1, { call: { stage: 'ringing' }, received_at });
    const recorded = change(INBOUND_TYPES.call, 30, { call: { recording }, received_at });
    const stored = change(MEDIA_FETCHED, 40, { locator: recording.locator, state: 'stored', sha256: 'ab' });
    const { changes, reasons } = foldChanges(untouched, [rang, recorded, stored]);
    expect(changes.attachments).toMatchObject([
      { kind: 'audio', locator: recording.locator, state: 'stored', sha256: 'ab' },
    ]);
    expect(reasons).toEqual(['media', 'progressed']);
    expect(foldChanges(untouched, [stored, recorded, rang]).changes).toEqual(changes);
  });

  it('is a function of the set: every order of arrival ends in the same state', () => {
    const any = fc.oneof(
      fc.tuple(fc.string(), fc.nat(5), fc.nat(50)).map(([text, rank, seconds]) => edit(text, rank, seconds)),
      fc.nat(50).map(remove),
      fc
        .tuple(fc.constantFrom('hide' as const, 'unhide' as const), fc.nat(50))
        .map(([action, seconds]) => hide(action, seconds)),
      fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('react', 'unreact'), fc.nat(50))
        .map(([actor, action, seconds]) => react(actor, action, 'love', seconds)),
      fc
        .tuple(fc.constantFrom('sent', 'delivered', 'read', 'failed'), fc.nat(50))
        .map(([status, seconds]) => receipt(status, seconds)),
    );
    const shuffled = fc
      .array(any, { maxLength: 12 })
      .chain((changes) => fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })));
    fc.assert(
      fc.property(shuffled, ([changes, permuted]) => {
        expect(foldChanges(untouched, permuted).changes).toEqual(foldChanges(untouched, changes).changes);
      }),
    );
  });
});
