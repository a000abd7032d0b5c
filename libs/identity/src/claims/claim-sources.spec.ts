import { CLAIM_SOURCES, claimOf, isClaimSource, trustOfSource } from './claim-sources.js';

describe('the table of claim sources', () => {
  it('never grants an agent’s level, and says why in one sentence', () => {
    for (const [name, { trust, says }] of Object.entries(CLAIM_SOURCES)) {
      expect([0, 1, 2, 3, 4]).toContain(trust);
      expect(says).toMatch(/^\p{Lu}.{15,118}\.$/u);
      expect(name).toMatch(/^[a-z0-9_.]+$/);
    }
  });

  it('lets only what one authenticated word holds join people', () => {
    const joining = Object.entries(CLAIM_SOURCES).filter(([, { trust }]) => trust >= 3);
    expect(joining.map(([name]) => name).sort()).toEqual([
      'comment.private_reply',
      'crm.import',
      'livechat.signed_contact',
      'telegram.own_contact',
      'whatsapp.shared_number',
      'whatsapp.user_id',
      'whatsapp.user_id_update',
      'zalo.user_id_by_app',
    ]);
  });

  it.each(['zalo.telepathy', '', 'constructor', '__proto__', 'toString'])(
    'grants nothing to the unknown %j',
    (name) => {
      expect(isClaimSource(name)).toBe(false);
      expect(trustOfSource(name)).toBe(0);
    },
  );

  it('gives a connector its level', () => {
    expect(claimOf('phone', '0901234567', 'zalo.business_card')).toEqual({
      kind: 'phone',
      value: '0901234567',
      level: 0,
      source: 'zalo.business_card',
    });
  });
});
