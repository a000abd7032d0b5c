import fc from 'fast-check';
import { INBOUND_TYPES } from '@app/contracts';
import type { ChangeRow } from '@app/persistence';
import { foldChanges } from './fold-changes.js';

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

const untouched = { changes: null };

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

  it('gives no reason when nothing differs', () => {
    const changes = [edit('x', 1, 1), react('a', 'react', 'love', 2), receipt('sent', 3)];
    const first = foldChanges(untouched, changes);
    expect(foldChanges({ changes: JSON.parse(JSON.stringify(first.changes)) }, changes).reasons).toEqual([]);
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
