import type { Claim, InboundIdentity, MessageReceived } from '@app/contracts';
import { anInboundMessage } from '@app/testkit';
import fc from 'fast-check';
import { assessClaims, nameKey, type AssessedClaim } from './assess-claims.js';
import { CLAIM_SOURCES, claimOf, trustOfSource } from './claim-sources.js';

const VICTIM = '+84901234567';
const VICTIM_MAIL = 'buoi@khach.example';
const APP_USER = 'zalo_app_user:3900000000000000033:8100000000000000022';
const nothingOurs = { ownValues: new Set<string>() };

interface Traits extends Partial<MessageReceived> {
  readonly from?: Partial<InboundIdentity>;
  readonly text?: string;
}

function received({ from = {}, text = 'Chào shop ạ', ...more }: Traits = {}): MessageReceived {
  const event = anInboundMessage({ text, identity: from, more });
  return event.data as MessageReceived;
}

function claimsOf(
  data: MessageReceived,
  options: Parameters<typeof assessClaims>[1] = nothingOurs,
): readonly AssessedClaim[] {
  const assessment = assessClaims(data, options);
  if (!assessment.ok) throw new Error(assessment.detail);
  return assessment.claims;
}

const wire = (over: Partial<Claim>): Claim => ({ ...claimOf('phone', '0901234567', 'zalo.user_submit_info'), ...over });
const mail = (more: Partial<NonNullable<MessageReceived['mail']>> = {}): NonNullable<MessageReceived['mail']> => ({
  in_reply_to: [],
  references: [],
  from: [],
  to: [],
  cc: [],
  reply_to: [],
  authentication: {},
  ...more,
});
const phone = (rule: string, trust: number, value = VICTIM): AssessedClaim => ({
  kind: 'phone',
  scope: '',
  value,
  rule,
  trust,
});
const email = (rule: string, trust: number, value = VICTIM_MAIL): AssessedClaim => ({
  kind: 'email',
  scope: '',
  value,
  rule,
  trust,
});

describe('what a connector found', () => {
  it('is put into canonical form', () => {
    const claims = [
      wire({ value: '0901 234 567' }),
      claimOf('email', ' Buoi@KHACH.example ', 'livechat.prechat'),
      claimOf('external_id', APP_USER, 'zalo.user_id_by_app'),
    ];
    expect(claimsOf(received({ claims }))).toEqual([
      email('livechat.prechat', 1),
      phone('zalo.user_submit_info', 1),
      {
        kind: 'zalo_app_user',
        scope: '3900000000000000033',
        value: '8100000000000000022',
        rule: 'zalo.user_id_by_app',
        trust: 4,
      },
    ]);
  });

  it('comes in the present form of a number of before 2018', () => {
    expect(claimsOf(received({ claims: [wire({ value: '01689123456' })] }))).toEqual([
      phone('zalo.user_submit_info', 1, '+84389123456'),
    ]);
  });

  it('is read by the country of the installation', () => {
    const claims = [wire({ value: '(415) 555-0123' })];
    expect(claimsOf(received({ claims }), { ...nothingOurs, defaultCountry: 'US' })).toEqual([
      phone('zalo.user_submit_info', 1, '+14155550123'),
    ]);
  });

  it.each<[string, Partial<Claim>]>([
    ['a number that cannot be', { value: '0901' }],
    ['a short code', { value: '8085' }],
    ['a brandname', { value: 'VIETCOMBANK' }],
    ['a hidden number', { value: 'anonymous' }],
    ['zeros', { value: '0000000000' }],
    ['"none"', { value: 'không có' }],
    ['an address that is none', { kind: 'email', value: 'khach.example' }],
    ['the address of nobody', { kind: 'email', value: 'khongco@khach.example' }],
    ['an id without a form', { kind: 'external_id', value: '4711' }],
    ['an id of an unknown kind', { kind: 'external_id', value: 'fax:a:b' }],
    ['a number in the form of an id', { kind: 'external_id', value: 'phone::+84901234567' }],
    ['an address in the form of an id', { kind: 'external_id', value: `email:x:${VICTIM_MAIL}` }],
    ['a label in the form of an id', { kind: 'external_id', value: 'sender_label:a:b' }],
    ['an id without a scope', { kind: 'external_id', value: 'external::77' }],
    ['the id "null"', { kind: 'external_id', value: 'external:crm:null' }],
    ['the id "ｎｕｌｌ"', { kind: 'external_id', value: 'external:crm:ｎｕｌｌ' }],
    ['an id with a line break', { kind: 'external_id', value: 'external:crm:7\n7' }],
    ['an id with a NUL', { kind: 'external_id', value: 'external:crm:7\u00007' }],
    ['an endless id', { kind: 'external_id', value: `external:crm:${'7'.repeat(3000)}` }],
    ['a kind that came later', { kind: 'fax', value: VICTIM }],
    ['a kind that every object has', { kind: 'constructor', value: VICTIM }],
  ])('is left out: %s', (_label, over) => {
    expect(claimsOf(received({ claims: [wire(over)] }))).toEqual([]);
  });

  it('counts once for each rule, at its strongest', () => {
    const claims = [
      wire({ level: 0 }),
      wire({ value: VICTIM }),
      wire({ value: '090 123 4567', level: 0 }),
      claimOf('phone', VICTIM, 'order_feed'),
    ];
    expect(claimsOf(received({ claims }))).toEqual([phone('order_feed', 2), phone('zalo.user_submit_info', 1)]);
  });
});

describe('the level of a claim', () => {
  it.each<[string, Partial<Claim>]>([
    ['an agent’s level', { level: 5 }],
    ['an agent’s level from a source that nobody knows', { level: 5, source: 'zalo.telepathy' }],
    ['more than the table grants', { level: 4 }],
    ['a little more than the table grants', { level: 1, source: 'zalo.business_card' }],
    ['a merging level for a typed number', { level: 3, source: 'text.phone' }],
  ])('is not believed to be %s: the record is refused', (_label, over) => {
    const claim = wire(over);
    expect(assessClaims(received({ claims: [wire({}), claim] }), nothingOurs)).toEqual({
      ok: false,
      detail: `claim_level_forbidden: ${claim.source}`,
    });
  });

  it('is refused in what the business wrote, too', () => {
    const echo = received({ direction: 'echo', claims: [wire({ level: 5 })] });
    expect(assessClaims(echo, nothingOurs).ok).toBe(false);
  });

  it('tells the refused source shortly, whatever it is', () => {
    const source = `${'x'.repeat(63)}\ud83d\ude0a`;
    const assessment = assessClaims(received({ claims: [wire({ level: 5, source })] }), nothingOurs);
    expect(assessment.ok ? '' : assessment.detail).toBe(`claim_level_forbidden: ${'x'.repeat(63)}\ufffd`);
  });

  it.each(['zalo.telepathy', 'constructor', '__proto__'])('counts nothing from the unknown source %s', (source) => {
    expect(claimsOf(received({ claims: [wire({ level: 4, source })] }))).toEqual([phone(source, 0)]);
  });

  it('may be lower than the table grants', () => {
    expect(claimsOf(received({ claims: [wire({ level: 0 })] }))).toEqual([phone('zalo.user_submit_info', 0)]);
  });

  it.each([
    ['A2', 4, 2, 1],
    ['A1', 1, 1, 1],
    ['A0', 0, 0, 0],
  ] as const)('of a sender of %s is at most that of the sender', (authenticity, bound, plan, typed) => {
    const claims = [
      claimOf('external_id', APP_USER, 'zalo.user_id_by_app'),
      claimOf('phone', VICTIM, 'order_feed'),
      claimOf('email', VICTIM_MAIL, 'livechat.prechat'),
    ];
    const trusts = new Map(
      claimsOf(received({ from: { authenticity }, claims })).map(({ rule, trust }) => [rule, trust]),
    );
    expect([...trusts].sort()).toEqual([
      ['livechat.prechat', typed],
      ['order_feed', plan],
      ['zalo.user_id_by_app', bound],
    ]);
  });
});

describe('what a message says', () => {
  it('is a claim of level 1 for a typed number or address', () => {
    const text = `Số em 0901234567, mail ${VICTIM_MAIL}`;
    expect(claimsOf(received({ text }))).toEqual([email('text.email', 1), phone('text.phone', 1)]);
  });

  it('is no further claim when its connector found the same', () => {
    const claims = [claimOf('phone', VICTIM, 'messenger.quick_reply')];
    expect(claimsOf(received({ text: '0901 234 567', claims }))).toEqual([phone('messenger.quick_reply', 1)]);
  });

  it.each(['contact', 'interactive', 'system', 'unsupported', 'location', 'sticker', 'hologram'])(
    'is not the person’s own word in content of type %s',
    (type) => expect(claimsOf(received({ content: { type, text: '0901234567' } }))).toEqual([]),
  );

  it('is at most 0 for the card of somebody else', () => {
    const claims = [claimOf('phone', '84901234567', 'zalo.business_card')];
    expect(claimsOf(received({ content: { type: 'contact', text: '84901234567' }, claims }))).toEqual([
      phone('zalo.business_card', 0),
    ]);
  });

  it('says nothing of the customer when the business wrote it', () => {
    const claims = [claimOf('external_id', APP_USER, 'zalo.user_id_by_app')];
    expect(claimsOf(received({ direction: 'echo', text: 'Gọi 0901234567', claims }))).toEqual([]);
  });

  it('never claims what is ours', () => {
    const ownValues = new Set([
      nameKey('phone', '', VICTIM),
      nameKey('email', '', 'hotro@shop.example'),
      nameKey('zalo_app_user', '3900000000000000033', '8100000000000000022'),
    ]);
    const text =
      'Em gọi 0901234567 và mail hotro@shop.example, hotro+tet@shop.example mà không ai trả lời, gọi lại 0912345678';
    const claims = [claimOf('external_id', APP_USER, 'zalo.user_id_by_app')];
    expect(claimsOf(received({ text, claims }), { ownValues })).toEqual([phone('text.phone', 1, '+84912345678')]);
  });

  it('never claims the identity that it comes from', () => {
    const from = { kind: 'phone', scope: '', value: VICTIM } as const;
    const claims = [claimOf('phone', '0901234567', 'numbering_plan_2018')];
    expect(claimsOf(received({ from, text: 'Số em 0901234567', claims }))).toEqual([]);
  });
});

describe('a mail', () => {
  const unproven = { kind: 'email_unverified', scope: '', value: VICTIM_MAIL, authenticity: 'A1' } as const;
  const proven = { kind: 'email', scope: '', value: 'ha@khach.example', authenticity: 'A2' } as const;

  it('of an unproven sender claims the address that it names, and no more', () => {
    const text = `Gửi từ ${VICTIM_MAIL}`;
    expect(claimsOf(received({ from: unproven, text, mail: mail({ reply_to: [VICTIM_MAIL] }) }))).toEqual([
      email('mail.from_unverified', 1),
    ]);
  });

  it('of a proven sender claims nothing by its From', () => {
    expect(claimsOf(received({ from: proven, mail: mail() }))).toEqual([]);
  });

  it('claims another Reply-To', () => {
    expect(claimsOf(received({ from: proven, mail: mail({ reply_to: [VICTIM_MAIL] }) }))).toEqual([
      email('mail.reply_to', 1),
    ]);
  });

  it('claims nothing by what it quotes or forwards', () => {
    const text = `Ok shop\n\nVào Th 2, 3 thg 3, 2026 lúc 10:00 Bưởi <${VICTIM_MAIL}> đã viết:\n> 0901234567\nSĐT 0901234567`;
    expect(claimsOf(received({ from: proven, text, mail: mail() }))).toEqual([]);
  });

  it('may quote all it likes where a chat has no quotes', () => {
    expect(claimsOf(received({ text: '> 0901234567' }))).toEqual([phone('text.phone', 1)]);
  });

  it('claims what stands in its signature by that name', () => {
    const text = 'Gọi em 0912345678\n\nTrân trọng,\nBưởi\n0901234567';
    expect(claimsOf(received({ from: proven, text, mail: mail() }))).toEqual([
      phone('mail.signature', 1),
      phone('text.phone', 1, '+84912345678'),
    ]);
  });

  it.each(['bulk', 'autoreply', 'bounce'])('that is %s claims nothing by its words', (auto_submitted) => {
    const text = `Hotline 0901234567, ${VICTIM_MAIL}`;
    expect(claimsOf(received({ from: proven, text, mail: mail({ auto_submitted, reply_to: [VICTIM_MAIL] }) }))).toEqual(
      [],
    );
  });
});

describe('a machine that is not proven', () => {
  it('claims the address that it names, and nothing else', () => {
    const from = { kind: 'email_unverified', scope: '', value: VICTIM_MAIL, authenticity: 'A1' } as const;
    const data = received({ from, text: 'Hotline 0901234567', mail: mail({ auto_submitted: 'bulk' }) });
    expect(claimsOf(data)).toEqual([email('mail.from_unverified', 1)]);
  });
});

describe('somebody who pretends to be somebody else', () => {
  const joining = (data: MessageReceived): readonly AssessedClaim[] => claimsOf(data).filter(({ trust }) => trust >= 2);

  it.each<[string, Traits]>([
    ['the victim’s number before a chat', { claims: [claimOf('phone', VICTIM, 'livechat.prechat')] }],
    ['the victim’s number in text', { text: `Em là Bưởi, số ${VICTIM}` }],
    ['the victim’s address in a signature', { text: `Chào\n-- \nBưởi ${VICTIM_MAIL}`, mail: mail() }],
    ['the victim’s number in a comment', { channel: 'facebook_comment', message_kind: 'comment', text: VICTIM }],
    ['a forged From', { from: { kind: 'email_unverified', value: VICTIM_MAIL, authenticity: 'A1' }, mail: mail() }],
    ['the victim as a copy', { text: 'Như trên ạ', mail: mail({ cc: [VICTIM_MAIL], to: [VICTIM_MAIL] }) }],
    ['the victim in the display name', { from: { display_name: `${VICTIM_MAIL} ${VICTIM}` } }],
    [
      'another’s signed contact, unproven',
      { from: { authenticity: 'A1' }, claims: [claimOf('email', VICTIM_MAIL, 'livechat.signed_contact')] },
    ],
    ['a contact with a level and a source of its own', { claims: [wire({ level: 4, source: 'VERIFIED' })] }],
    ['an address that only looks like the victim’s', { text: VICTIM_MAIL.replace('o', 'о') }],
  ])('wins nothing that joins by %s', (_label, traits) => {
    expect(joining(received(traits))).toEqual([]);
  });

  it('does not even claim an address that only looks like it', () => {
    const text = `Mail ${VICTIM_MAIL.replace('o', 'о')} hoặc ｂｕоi@khach.example`;
    expect(claimsOf(received({ text }))).toEqual([]);
  });
});

describe('any event at all', () => {
  const source = fc.oneof(fc.constantFrom(...Object.keys(CLAIM_SOURCES)), fc.string({ maxLength: 12 }));
  const value = fc.oneof(
    fc.constantFrom('0901234567', VICTIM, VICTIM_MAIL, APP_USER, 'null', '8085', ''),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const claim = fc.record({
    kind: fc.constantFrom('phone', 'email', 'external_id', 'fax', '__proto__'),
    value,
    level: fc.integer({ min: 0, max: 5 }),
    source,
  });
  const message = fc
    .record({
      claims: fc.array(claim, { maxLength: 6 }),
      text: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(value).map((words) => words.join(' ')),
      ),
      authenticity: fc.constantFrom('A0', 'A1', 'A2'),
      direction: fc.constantFrom('inbound', 'echo'),
      isMail: fc.boolean(),
    })
    .map(({ claims, text, authenticity, direction, isMail }) =>
      received({ claims, text, direction, from: { authenticity }, ...(isMail ? { mail: mail() } : {}) }),
    );

  it('is assessed without a throw, the same each time, and never above the table or the sender', () => {
    fc.assert(
      fc.property(message, (data) => {
        const assessment = assessClaims(data, nothingOurs);
        expect(assessClaims(structuredClone(data), nothingOurs)).toEqual(assessment);
        const claims = assessment.ok ? assessment.claims : [];
        const most = { A2: 4, A1: 1, A0: 0 }[data.identity.authenticity];
        expect(claims.filter(({ trust, rule }) => trust > Math.min(most, trustOfSource(rule)))).toEqual([]);
        const tooHigh = (data.claims ?? []).some(({ level }) => level === 5);
        expect(tooHigh && assessment.ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same claims in whatever order the connector lists them', () => {
    fc.assert(
      fc.property(message, (data) => {
        const turned = { ...data, claims: [...(data.claims ?? [])].reverse() };
        const outcome = (given: MessageReceived): unknown => {
          const assessment = assessClaims(given, nothingOurs);
          return assessment.ok ? assessment.claims : 'refused';
        };
        expect(outcome(turned)).toEqual(outcome(data));
      }),
      { numRuns: 500 },
    );
  });
});
