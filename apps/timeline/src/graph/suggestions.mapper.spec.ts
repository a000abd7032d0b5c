import type { BlockedFinding, ClaimFinding, ObjectionFinding, SuggestionFindings } from '@app/persistence';
import { MOST_SUGGESTIONS, toSuggestions } from './suggestions.mapper.js';

const AT = new Date('2026-11-20T05:00:00.000Z');
const facts = (id: string) => ({ id, names: [], identities: [], claims: [] });
const found = (more: Partial<SuggestionFindings>, others: readonly string[] = ['2']): SuggestionFindings => ({
  claims: [],
  commonClaims: [],
  blocked: [],
  sameName: [],
  objections: [],
  customers: others.map((id) => ({ id, ref: `KH-${id}`, display_name: null })),
  facts: ['1', ...others].map(facts),
  ...more,
});
const claim = (trust: number, shared = false): ClaimFinding => ({
  other_id: '2',
  identity_id: '10',
  rule: 'text.phone',
  trust,
  kind: 'phone',
  value: '+84912345678',
  claimed_at: AT,
  source_entry: null,
  shared,
});
const proof: BlockedFinding = {
  other_id: '2',
  identity_id: '10',
  rule: 'crm.import',
  trust: 4,
  blocked_by: 'cardinality',
  evidence_at: AT,
  source_entry: null,
};
const sameName = [{ other_id: '2', name: 'Trần Thị Bưởi' }];
const objection = (code: 'forbidden' | 'parted' | 'two_accounts'): ObjectionFinding =>
  code === 'two_accounts'
    ? { other_id: '2', code, kind: 'messenger_psid', scope: 'page' }
    : { other_id: '2', code, actor: 'lan', reason: 'hai chị em.', at: AT };

describe('the strength of a suggestion', () => {
  it.each<[string, Partial<SuggestionFindings>, string]>([
    ['proof', { blocked: [proof] }, 'strong'],
    ['proof beside two accounts', { blocked: [proof], objections: [objection('two_accounts')] }, 'weak'],
    [
      'proof and a name beside two accounts',
      { blocked: [proof], sameName, objections: [objection('two_accounts')] },
      'medium',
    ],
    ['proof against what somebody parted', { blocked: [proof], objections: [objection('parted')] }, 'medium'],
    ['a claim', { claims: [claim(1)] }, 'weak'],
    ['two claims of one kind', { claims: [claim(1), { ...claim(1), rule: 'livechat.prechat' }] }, 'weak'],
    ['a corroborated claim', { claims: [claim(2)] }, 'medium'],
    ['a corroborated claim of what several use', { claims: [claim(2, true)] }, 'weak'],
    ['a name', { sameName }, 'weak'],
    ['a claim and a name', { claims: [claim(1)], sameName }, 'medium'],
    ['both against two accounts', { claims: [claim(1)], sameName, objections: [objection('two_accounts')] }, 'weak'],
  ])('from %s', (_name, more, strength) => {
    expect(toSuggestions(found(more), '1').map((suggestion) => suggestion.strength)).toEqual([strength]);
  });
});

describe('suggestions', () => {
  it('leave out whoever is forbidden, whatever speaks for it', () => {
    expect(toSuggestions(found({ blocked: [proof], objections: [objection('forbidden')] }), '1')).toEqual([]);
  });

  it('say the same thing once', () => {
    const [suggestion] = toSuggestions(found({ claims: [claim(1), claim(1)], objections: [] }), '1');
    expect(suggestion?.evidence_for).toHaveLength(1);
  });

  it('end a sentence once', () => {
    const [suggestion] = toSuggestions(found({ blocked: [proof], objections: [objection('parted')] }), '1');
    expect(suggestion?.evidence_against.at(-1)?.sentence).toBe('Parted by lan: hai chị em.');
  });

  it('come strongest first, then by the number of the customer, and are not too many', () => {
    const others = Array.from({ length: MOST_SUGGESTIONS + 5 }, (_, n) => String(n + 8));
    const names = others.map((id) => ({ other_id: id, name: 'Trần Thị Bưởi' }));
    const list = toSuggestions(found({ sameName: names, blocked: [{ ...proof, other_id: '20' }] }, others), '1');
    expect(list).toHaveLength(MOST_SUGGESTIONS);
    expect(list.slice(0, 4).map(({ customer }) => customer.customer_id)).toEqual([
      'cus_20',
      'cus_8',
      'cus_9',
      'cus_10',
    ]);
  });
});
