import type { Claim, InboundEvent, InboundIdentity } from '@app/contracts';
import { LargeGroupsRepository } from '@app/persistence';
import { anInboundMessage } from '@app/testkit';
import { AttackScene, withoutClock, type IdentityName, type View } from '../support/attack-scene.js';
import { people } from '../support/identities.js';
import { codeOf } from '../support/people.js';
import { MAILBOXES_OF_NOBODY, SPELLINGS_OF_NOTHING } from '../support/spellings-of-nothing.js';
import { commentFrom, failed, mailOf, messengerFrom, OA, passed, smsFrom, zaloFrom } from '../support/wire.js';

/** Somebody whom others would like to be. */
interface Person {
  readonly phone: string;
  readonly email: string;
  readonly crm: string;
  readonly name: string;
}
const BUOI: Person = { phone: '+84912345678', email: 'buoi@khach.example', crm: '9001', name: 'Trần Thị Bưởi' };
/** Stands in her place in a world without her. */
const STRANGER: Person = { phone: '+84977000111', email: 'gao@noikhac.example', crm: '7002', name: 'Lê Văn Gạo' };

const HER_NUMBERS = ['0912345678', '0912.345.678', '+84 912 345 678', '０９１２３４５６７８', '84912345678'];
const HER_MAIL = 'Message-ID: <m1@khach.example>';

let scene: AttackScene;
const NOON = Date.UTC(2026, 10, 20, 5);
const day = (n: number): Date => new Date(NOON + n * 86_400_000);

/** She writes a text and a mail, and the system of record knows both to be hers. */
async function arrives({ phone, email, crm, name }: Person): Promise<InboundEvent[]> {
  const claims: Claim[] = [
    { kind: 'email', value: email, level: 4, source: 'crm.import' },
    { kind: 'external_id', value: `external:crm:${crm}`, level: 4, source: 'crm.import' },
  ];
  return [
    anInboundMessage({
      id: 'v1',
      account: 'hotline',
      channel: 'sms',
      thread: phone,
      identity: { kind: 'phone', scope: '', value: phone, display_name: name },
      text: 'Đơn của chị tới đâu rồi em?',
      at: day(-2),
      more: { claims },
    }),
    ...(await mailOf(
      [`From: "${name}" <${email}>`, passed(email.split('@')[1]!), HER_MAIL],
      'Chị gửi lại hoá đơn nhé',
      day(-1),
    )),
  ];
}

/** A visitor of the site, as the widget's connector would append what they do. */
const visitor = (id: string, claims: readonly Claim[], identity: Partial<InboundIdentity> = {}): InboundEvent =>
  anInboundMessage({
    id: `lc-${id}`,
    account: 'widget',
    channel: 'livechat',
    thread: id,
    identity: { kind: 'livechat_visitor', scope: 'w', value: `visitor-${id}`, ...identity },
    more: { claims: [...claims] },
  });

const claim = (kind: Claim['kind'], value: string, level: number, source: string): Claim => ({
  kind,
  value,
  level,
  source,
});
const nameOf = ({ data: { identity } }: InboundEvent): IdentityName => [
  identity!.kind,
  identity!.scope,
  identity!.value,
];

/** What an attack came to. */
interface Played {
  readonly before: View;
  readonly after: View;
  readonly afterRepeat: View;
  readonly claimants: readonly View[];
  readonly suggestions: readonly string[];
  readonly refused: readonly string[];
  readonly newEntries: number;
}

/** What attackers do, and whose side to look at afterwards; everybody’s unless told. */
interface Attack {
  readonly events: () => Promise<readonly InboundEvent[]>;
  readonly claimants?: readonly IdentityName[];
}

async function play(attack: Attack, person: Person): Promise<Played> {
  await scene.newWorld();
  expect(await scene.send(await arrives(person))).toEqual([]);
  const her: IdentityName = ['phone', '', person.phone];
  const before = await scene.viewOf(her);
  const entries = await scene.count('entry');
  const events = await attack.events();
  const refused = await scene.send(events);
  const after = await scene.viewOf(her);
  const newEntries = (await scene.count('entry')) - entries;
  await scene.send(events);
  const names = new Map(events.map((event) => [nameOf(event).join(' '), nameOf(event)]));
  const claimants = refused.length > 0 ? [] : (attack.claimants ?? [...names.values()]);
  const views: View[] = [];
  for (const name of claimants) views.push(withoutClock(await scene.viewOf(name)));
  await scene.check();
  return {
    before,
    after,
    afterRepeat: await scene.viewOf(her),
    claimants: views.map((view) => ({ ...view, suggestions: '' })),
    suggestions: views.map(({ suggestions }) => suggestions),
    refused: refused.map(({ code }) => code),
    newEntries,
  };
}

/**
 * Plays an attack in a world with her and in one without. Her side must be what it was before, byte for byte; the
 * attacker's must be the same in both worlds, byte for byte, so that it cannot even be told whether there is such a
 * person. What the agent is suggested on the attacker's side shows no value of hers.
 */
async function expectNothingGained(
  events: Attack['events'],
  also: () => Promise<void> = async () => undefined,
  claimants?: Attack['claimants'],
): Promise<void> {
  const attack: Attack = { events, ...(claimants === undefined ? {} : { claimants }) };
  const without = await play(attack, STRANGER);
  const played = await play(attack, BUOI);
  expect(played.after).toEqual(played.before);
  expect(played.afterRepeat).toEqual(played.before);
  expect(played.refused).toEqual([]);
  expect(played.newEntries).toBe((await events()).length);
  expect(played.claimants.length).toBeGreaterThan(0);
  expect(played.claimants).toEqual(without.claimants);
  for (const text of played.suggestions)
    for (const value of [BUOI.phone, BUOI.email]) expect(text).not.toContain(value);
  await also();
}

/** The whole of it, refused: neither side changes and nothing is kept but the dead letter. */
async function expectRefused(events: Attack['events']): Promise<void> {
  const played = await play({ events }, BUOI);
  expect(played.after).toEqual(played.before);
  expect(played.refused).toEqual((await events()).map(() => 'identity_conflict'));
  expect(played.newEntries).toBe(0);
  expect(await scene.count('claim')).toBe(0);
}

/** Who is with whom of those who are named so. */
const together = async (part: string): Promise<readonly string[]> =>
  (await people(scene.service.database)).filter((one) => one.includes(part));

async function inText(): Promise<InboundEvent[]> {
  const said = [...HER_NUMBERS.map((number) => `Số của em là ${number} ạ`), `Mail em: ${BUOI.email}`];
  return said.flatMap((text, index) => [
    ...zaloFrom({ id: `z${index}`, from: '6400000000000000011', text }),
    ...messengerFrom({ id: `mid.${index}`, from: '7412345678900001', text }),
    ...commentFrom({ id: `106000000000001_${index + 2}`, from: '7412345678900055', text }, 'Bưởi'),
    ...smsFrom({ id: `${index}`, from: '+84933333333', text }),
  ]);
}

async function onForms(): Promise<InboundEvent[]> {
  const card = JSON.stringify({ phone: '84912345678' });
  const message = {
    msg_id: 'z-card',
    text: '',
    attachments: [{ type: 'link', payload: { description: card, url: 'https://zalo.example/u/1' } }],
  };
  const from = '6400000000000000011';
  return [
    ...zaloFrom({ id: 'z-card', from }, { event_name: 'user_send_business_card', message }),
    ...zaloFrom(
      { id: 'z-form', from },
      { event_name: 'user_submit_info', message: undefined, info: { name: BUOI.name, phone: '84912345678' } },
    ),
    ...messengerFrom(
      { id: 'mid.chip', from: '7412345678900001', text: BUOI.phone },
      { quick_reply: { payload: BUOI.phone } },
    ),
    ...messengerFrom(
      { id: 'mid.chip2', from: '7412345678900001', text: BUOI.email },
      { quick_reply: { payload: BUOI.email } },
    ),
  ];
}

const EVIL = ['From: "Kẻ Xấu" <xau@doixau.example>', passed('doixau.example')];
const inSignature = (): Promise<InboundEvent[]> =>
  mailOf(
    [...EVIL, 'Message-ID: <e1@doixau.example>', `Reply-To: ${BUOI.email}`],
    `Cho hỏi đơn hàng\r\n\r\nTrân trọng,\r\n${BUOI.name}\r\nĐT: 0912 345 678\r\n${BUOI.email}`,
  );

/** Ways to write her address into From; our border lets none of them pass as hers. */
async function spoofed(): Promise<InboundEvent[]> {
  const hers = `From: "${BUOI.name}" <${BUOI.email}>`;
  const thread = ['In-Reply-To: <m1@khach.example>', 'References: <m1@khach.example>'];
  const token = 'To: hotro+tra-loi.8f2c1a@cuahang.example';
  const heads = [
    [hers, failed('khach.example'), ...thread, token],
    [hers, ...thread, token],
    // The border writes at the top; the attacker's own words stand below.
    [failed('khach.example'), passed('khach.example'), hers, ...thread, token],
    ['Authentication-Results: mx.doixau.example; dmarc=pass header.from=khach.example', hers, ...thread],
    [passed('doixau.example'), hers, ...thread, token],
    [passed('khach.example'), hers, 'From: <xau@doixau.example>', ...thread],
    ['Authentication-Results: mx.cuahang.example; dkim=pass header.d=doixau.example', hers, ...thread],
    // Forms write from us to us with the visitor in Reply-To.
    ['From: <hotro@cuahang.example>', `Reply-To: ${BUOI.email}`],
    // As if we had written to her.
    ['From: <hotro@cuahang.example>', `To: ${BUOI.email}`, failed('cuahang.example')],
  ];
  const events: InboundEvent[] = [];
  for (const [index, head] of heads.entries()) {
    events.push(
      ...(await mailOf([...head, `Message-ID: <s${index}@doixau.example>`], `Đổi địa chỉ giao hàng ${index}`)),
    );
  }
  return events;
}

const thirdParty = (): Promise<InboundEvent[]> =>
  mailOf(
    [
      'From: "Anh Ba" <ba@congty.example>',
      passed('congty.example'),
      'Message-ID: <t1@congty.example>',
      'In-Reply-To: <m1@khach.example>',
      'References: <m1@khach.example>',
      `Cc: ${BUOI.email}`,
    ],
    `Tôi trả lời thay chị ấy.\r\n\r\nVào 20/11/2026, ${BUOI.name} <${BUOI.email}> đã viết:\r\n> Chị gửi lại hoá đơn nhé\r\n> ĐT 0912345678`,
  );

/** Addresses that look like hers, each let out by its own domain. */
async function lookAlikes(): Promise<InboundEvent[]> {
  const mails: readonly (readonly [address: string, domain: string])[] = [
    ['xau1@doixau.example', 'doixau.example'],
    ['buоi@khach.example', 'khach.example'], // Cyrillic о
    ['buoi\u200b@khach.example', 'khach.example'],
    ['ｂuoi@khach.example', 'khach.example'],
    ['bưoi@khach.example', 'khach.example'],
    ['buoi+1@khach.example', 'khach.example'],
    ['bu.oi@khach.example', 'khach.example'],
    ['buoi@khаch.example', 'xn--khch-43d.example'], // Cyrillic а
    ['buoi@khach.example.doixau.example', 'khach.example.doixau.example'],
    ['buoi%khach.example@doixau.example', 'doixau.example'],
  ];
  const events: InboundEvent[] = [];
  for (const [index, [address, domain]] of mails.entries()) {
    const head = [
      `From: "${BUOI.name} <${BUOI.email}>" <${address}>`,
      passed(domain),
      `Message-ID: <k${index}@doixau.example>`,
    ];
    events.push(...(await mailOf(head)));
  }
  return events;
}

const expectPeople = (part: string, count: number) => async (): Promise<void> => {
  expect(await together(part)).toHaveLength(count);
};

const DESK = 'info@congty.example';
async function desk(): Promise<InboundEvent[]> {
  const events: InboundEvent[] = [];
  for (const [index, name] of ['Anh Ba', 'Chị Tư', 'Em Út'].entries()) {
    events.push(
      ...(await mailOf([
        `From: "${name}" <${DESK}>`,
        passed('congty.example'),
        `Message-ID: <d${index}@congty.example>`,
      ])),
      visitor(`desk-${index}`, [claim('email', DESK, 4, 'crm.import')]),
    );
  }
  return events;
}

async function expectDesk(): Promise<void> {
  const states = await scene.service.database.query('SELECT DISTINCT state, blocked_by FROM link WHERE b > 3');
  expect(states).toEqual([{ state: 'blocked', blocked_by: 'shared' }]);
  const { customer } = await scene.viewOf(['email', '', DESK]);
  expect(JSON.parse(customer)).toMatchObject({ kind: 'organisation', counts: { entries: 3, identities: 1 } });
}

async function familyPhone(): Promise<void> {
  await scene.newWorld();
  const number = '+84987654321';
  const members: readonly IdentityName[] = ['1', '2', '3'].map((n) => ['zalo_user', OA, `640000000000000000${n}`]);
  const events = members.flatMap(([kind, scope, value], index) => [
    anInboundMessage({
      id: `f${index}`,
      account: 'oa-shop',
      channel: 'zalo',
      thread: value,
      identity: { kind, scope, value, display_name: ['Mẹ', 'Con gái', 'Con trai'][index]! },
      at: day(index),
      more: { claims: [claim('phone', number, 4, 'crm.import')] },
    }),
    anInboundMessage({
      id: `p${index}`,
      account: `hotline-${index}`,
      channel: 'sms',
      thread: number,
      identity: { kind: 'phone', scope: '', value: number },
      at: day(index),
    }),
  ]);
  expect(await scene.send(events)).toEqual([]);
  // Two users of one official account are two people, whatever they prove.
  expect(await together('zalo_user')).toHaveLength(3);

  const phone = (await scene.people.owner('phone', number)).identities.find(({ value }) => value === number)!;
  const share = { shared: true, reason: 'máy của cả nhà' };
  await scene.people.decide('POST', `/v1/identities/${phone.identity_id}/share`, share);
  const views = await Promise.all(members.map((member) => scene.viewOf(member)));
  for (const [index, view] of views.entries()) {
    const { identities, counts } = JSON.parse(view.customer) as { identities: { value: string }[]; counts: object };
    expect(identities.map(({ value }) => value)).toEqual([members[index]![2]]);
    expect(counts).toMatchObject({ entries: 1 });
  }
  const household = await scene.viewOf(['phone', '', number]);
  expect(JSON.parse(household.customer)).toMatchObject({ kind: 'household', counts: { entries: 3, identities: 1 } });

  const conversations = await scene.service.database.query<{ id: string; account_id: string }>(
    `SELECT id, account_id FROM conversation WHERE channel = 'sms' ORDER BY account_id`,
  );
  const speakers: string[] = [];
  for (const [index, member] of members.entries()) {
    const speaker = await scene.people.one(await scene.customerOf(member));
    const body = { identity_id: speaker.identities[0]!.identity_id };
    await scene.people.ok('PUT', `/v1/conversations/cnv_${conversations[index]!.id}/speaker`, body);
    speakers.push(body.identity_id);
  }
  expect(await Promise.all(members.map((member) => scene.viewOf(member)))).toEqual(views);
  // The speakers are named on the family's entries; nothing else changes.
  const named = (await scene.viewOf(['phone', '', number])).timeline;
  expect([...named.matchAll(/"speaker_id":"(\w+)"/g)].map(([, id]) => id).toSorted()).toEqual(speakers.toSorted());
  expect(named.replace(/,"speaker_id":"\w+"/g, '')).toBe(household.timeline);
  await scene.send(events);
  expect(await Promise.all(members.map((member) => scene.viewOf(member)))).toEqual(views);
}

async function recycled(after: number): Promise<void> {
  await scene.newWorld();
  await scene.send(smsFrom({ id: 'r0', from: '0912345678', at: day(0) }));
  const before = await scene.customerOf(['phone', '', BUOI.phone]);
  await scene.send(smsFrom({ id: 'r1', from: '0912345678', at: day(after), text: 'Chị hỏi lại đơn cũ' }));
  expect(await scene.customerOf(['phone', '', BUOI.phone])).toBe(before);
  expect(await scene.people.timeline(before)).toHaveLength(2);
  expect([await scene.count('identity'), await scene.count('customer')]).toEqual([1, 1]);
}

async function oneThenOtherThenBoth(): Promise<void> {
  await scene.newWorld();
  const zalo: IdentityName = ['zalo_user', OA, '6400000000000000011'];
  await scene.send(smsFrom({ id: 'b0', from: '0912345678', at: day(0) }));
  const first = await scene.people.owner('phone', BUOI.phone);
  await scene.send(zaloFrom({ id: 'b1', from: zalo[2], at: day(1) }));
  expect(await scene.customerOf(zalo)).not.toBe(first.customer_id);
  const [event] = zaloFrom({ id: 'b2', from: zalo[2], at: day(2) });
  const both = { ...event!.data, claims: [claim('phone', '0912345678', 4, 'crm.import')] };
  await scene.send([{ ...event!, data: both } as InboundEvent]);
  expect(await scene.customerOf(zalo)).toBe(first.customer_id);
  expect(await scene.people.one(first.customer_id)).toMatchObject({
    ref: first.ref,
    counts: { entries: 3, identities: 2 },
  });
}

async function variants(): Promise<void> {
  await scene.newWorld();
  const forms = ['+84792345678', '84792345678', '0792345678', '0084792345678', 'whatsapp:+84792345678', '01212345678'];
  const others = ['+84782345678', '+84812345678', '01202345678', '02838221234', '+842838221234'];
  const sent = [...forms, ...others].flatMap((from, index) => smsFrom({ id: `n${index}`, from, at: day(index) }));
  const talk = 'Gọi cho em số bàn 028 3822 1234 hoặc 01212345678';
  const claimants = [
    ...zaloFrom({ id: 'n-z', from: '6400000000000000011', text: talk }),
    ...messengerFrom({ id: 'mid.n', from: '7412345678900001', text: talk }),
    visitor('n', [claim('phone', '01212345678', 2, 'numbering_plan_2018')]),
  ];
  await scene.send(sent);
  const views = async () => [
    await scene.viewOf(['phone', '', '+84792345678']),
    await scene.viewOf(['phone', '', '+842838221234']),
  ];
  const before = await views();
  await scene.send(claimants);
  expect(await views()).toEqual(before);
  expect(await people(scene.service.database)).toEqual(
    [
      'phone::+84792345678',
      'phone::+84782345678',
      'phone::+84812345678',
      'phone::+84702345678',
      'phone::+842838221234',
      `zalo_user:${OA}:6400000000000000011`,
      'messenger_psid:106000000000001:7412345678900001',
      'livechat_visitor:w:visitor-n',
    ].sort(),
  );
  expect(JSON.parse(before[0]!.customer)).toMatchObject({ counts: { entries: forms.length } });
  expect(JSON.parse(before[1]!.customer)).toMatchObject({ counts: { entries: 2 } });
}

const MANY = 1_500;
async function manyToOne(): Promise<void> {
  await scene.newWorld();
  await scene.send(await arrives(BUOI));
  const ref = (await scene.people.owner('phone', BUOI.phone)).ref;
  const hers = await scene.people.timeline(await scene.customerOf(['phone', '', BUOI.phone]));
  const storm = Array.from({ length: MANY }, (_, index) =>
    visitor(`m${index}`, [claim('external_id', `external:crm:${BUOI.crm}`, 4, 'livechat.signed_contact')]),
  ).map((event, index) => {
    // Slowly enough for the guard on joins within an hour: here the size alone holds.
    const at = new Date(NOON + index * 240_000).toISOString();
    return { ...event, data: { ...event.data, occurred_at: at } } as InboundEvent;
  });
  for (let from = 0; from < MANY; from += 500) expect(await scene.send(storm.slice(from, from + 500))).toEqual([]);
  const lane = new LargeGroupsRepository(scene.service.database);
  while ((await lane.regroupNext()) === 'regrouped');
  const customer = await scene.people.owner('phone', BUOI.phone);
  expect(customer).toMatchObject({ ref, counts: { identities: 50 } });
  // Hers are three; those who came first took the places left, each with its own entry, and nobody else is there.
  expect(customer.identities.map(({ value }) => value).toSorted()).toEqual(
    [BUOI.phone, BUOI.email, BUOI.crm, ...Array.from({ length: 47 }, (_, index) => `visitor-m${index}`)].sort(),
  );
  const entries = await scene.service.database.query<{ id: string }>(
    `SELECT 'ent_' || e.id AS id FROM entry e JOIN identity i ON i.id = e.identity_id WHERE i.value IN ($1, $2)`,
    [BUOI.phone, BUOI.email],
  );
  expect(new Set(entries.map(({ id }) => id))).toEqual(new Set(hers));
  expect(await scene.count('entry')).toBe(MANY + hers.length);
  expect(await together('visitor-m')).toHaveLength(1 + MANY - 47);
}

async function nobodyByName(): Promise<void> {
  expect(SPELLINGS_OF_NOTHING.size).toBeGreaterThanOrEqual(300);
  const spellings = [...SPELLINGS_OF_NOTHING];
  await expectNothingGained(
    async () =>
      spellings.flatMap((text, index) => [
        // People whose own id is good and who bring the nothing along as proof, and people whose id is the nothing.
        visitor(`null-${index}`, [
          claim('external_id', `external:crm:${text}`, 4, 'crm.import'),
          claim('phone', text, 4, 'crm.import'),
          ...(MAILBOXES_OF_NOBODY.has(text) ? [claim('email', `${text}@khach.example`, 4, 'crm.import')] : []),
        ]),
        visitor(`by-id-${index}`, [claim('phone', BUOI.phone, 1, 'livechat.prechat')], { value: text }),
      ]),
    async () => {
      expect(await together('visitor-null')).toHaveLength(spellings.length);
      expect(await scene.service.database.query('SELECT * FROM link WHERE a > 3 OR b > 3')).toEqual([]);
      expect(await together('sender_label')).toEqual(['sender_label:widget:blocked:livechat_visitor']);
    },
    [
      ['sender_label', 'widget', 'blocked:livechat_visitor'],
      ...[0, 100, 200, 300].map((n): IdentityName => ['livechat_visitor', 'w', `visitor-null-${n}`]),
    ],
  );
}

async function circles(): Promise<void> {
  await scene.newWorld();
  const names: readonly IdentityName[] = ['a', 'b', 'c'].map((n) => ['livechat_visitor', 'w', `visitor-${n}`]);
  await scene.send(['a', 'b', 'c'].map((n) => visitor(n, [])));
  const [a = '', b = '', c = ''] = await Promise.all(names.map((name) => scene.customerOf(name)));
  const merge = (from: string, into: string) =>
    scene.people.call('POST', `/v1/customers/${from}/merge`, { into, reason: 'thử vòng' });
  const before = await scene.people.everything();
  expect(codeOf(await merge(a, a))).toEqual([409, 'merge-with-itself']);
  expect(await scene.people.everything()).toEqual(before);
  expect((await merge(a, b)).status).toBe(200);
  expect((await merge(b, c)).status).toBe(200);
  const merged = await scene.people.everything();
  for (const [from, into] of [
    [c, a],
    [c, b],
    [a, c],
    [b, c],
    [a, b],
    [b, a],
  ] as const) {
    expect((await merge(from, into)).status).toBe(409);
  }
  expect(await scene.people.everything()).toEqual(merged);
  // Evidence may well run in a circle; one person is one person.
  const proven = ['p', 'q', 'r'].map((n, index) =>
    visitor(n, [
      claim('external_id', `livechat_visitor:w:visitor-${['q', 'r', 'p'][index]!}`, 4, 'crm.import'),
      claim('external_id', `livechat_visitor:w:visitor-${n}`, 4, 'crm.import'),
    ]),
  );
  await scene.send(proven);
  expect(await together('visitor-p')).toHaveLength(1);
  expect(await scene.service.database.query('SELECT * FROM link WHERE a = b')).toEqual([]);
  const once = await scene.people.everything();
  await scene.send([...proven].reverse());
  expect(await scene.people.everything()).toEqual(once);
}

async function cutForGood(): Promise<void> {
  await scene.newWorld();
  const proof = [claim('external_id', `external:crm:${BUOI.crm}`, 4, 'livechat.signed_contact')];
  await scene.send([...(await arrives(BUOI)), visitor('x', proof)]);
  const stranger = (await scene.people.owner('livechat_visitor', 'visitor-x')).identities.find(
    ({ value }) => value === 'visitor-x',
  )!;
  const her = await scene.customerOf(['phone', '', BUOI.phone]);
  const body = { identity_ids: [stranger.identity_id], reason: 'không phải chị ấy' };
  await scene.people.decide('POST', `/v1/customers/${her}/split`, body);
  const before = await scene.viewOf(['phone', '', BUOI.phone]);
  expect(JSON.parse(before.customer)).toMatchObject({ counts: { identities: 3, entries: 2 } });
  for (const source of ['livechat.signed_contact', 'crm.import']) {
    await scene.send([
      visitor(
        'x',
        proof.map((one) => ({ ...one, source })),
      ),
    ]);
    await scene.send([
      visitor(
        'x',
        proof.map((one) => ({ ...one, source })),
      ),
      visitor('x', proof),
    ]);
  }
  // Days later it is news, and still the same evidence.
  const later = visitor('x', proof);
  await scene.send([
    {
      ...later,
      id: `${later.id}-later`,
      data: {
        ...later.data,
        provider: { ...later.data.provider, message_id: 'x2' },
        occurred_at: day(5).toISOString(),
      },
    } as InboundEvent,
  ]);
  const { customer, timeline } = await scene.viewOf(['phone', '', BUOI.phone]);
  expect({ customer, timeline }).toEqual({ customer: before.customer, timeline: before.timeline });
  expect(await scene.people.one(await scene.customerOf(['livechat_visitor', 'w', 'visitor-x']))).toMatchObject({
    counts: { identities: 1, entries: 2 },
  });
}

/** One row of the table: what is attacked, what must hold, and how it is played. */
interface Row {
  readonly attack: string;
  readonly attacked: string;
  readonly holds: string;
  readonly play: () => Promise<void>;
}

const row = (attack: string, attacked: string, holds: string, playIt: () => Promise<void>): Row => ({
  attack,
  attacked,
  holds,
  play: playIt,
});
const UNCHANGED = 'her side and the attacker’s are what they were, byte for byte';
const external = `external:crm:${BUOI.crm}`;

/** The table of the identity design, section 5.5; every row is one test. */
const ROWS: readonly Row[] = [
  row('her number and address in the form before a chat', 'livechat.prechat', UNCHANGED, () =>
    expectNothingGained(async () => [
      visitor('1', [
        claim('phone', '0912 345 678', 1, 'livechat.prechat'),
        claim('email', BUOI.email, 1, 'livechat.prechat'),
      ]),
    ]),
  ),
  row('her number and address in text, on every channel', 'text.phone, text.email', UNCHANGED, () =>
    expectNothingGained(inText),
  ),
  row('her number on cards, forms and chips', 'claims of Zalo and Messenger', UNCHANGED, () =>
    expectNothingGained(onForms),
  ),
  row(
    'her number and address in a signature, her address in Reply-To',
    'mail.signature, mail.reply_to',
    UNCHANGED,
    () => expectNothingGained(inSignature),
  ),
  row('setUser without an HMAC', 'livechat.prechat of an external id', UNCHANGED, () =>
    expectNothingGained(async () => [visitor('2', [claim('external_id', external, 1, 'livechat.prechat')])]),
  ),
  row('setUser with an HMAC that does not fit: the visitor is unproven', 'authenticity caps the level', UNCHANGED, () =>
    expectNothingGained(async () => [
      visitor('3', [claim('external_id', external, 4, 'livechat.signed_contact')], { authenticity: 'A1' }),
      visitor('4', [claim('phone', BUOI.phone, 4, 'livechat.signed_contact')], { authenticity: 'A0' }),
    ]),
  ),
  row('setUser with the HMAC of another contact, and her number typed', 'the signature covers one id', UNCHANGED, () =>
    expectNothingGained(async () => [
      visitor('5', [
        claim('external_id', 'external:crm:5816', 4, 'livechat.signed_contact'),
        claim('external_id', external, 1, 'livechat.prechat'),
        claim('phone', BUOI.phone, 1, 'livechat.prechat'),
      ]),
    ]),
  ),
  row('a form’s claim with the level of a signed one', 'the table of levels', 'refused whole', () =>
    expectRefused(async () => [
      visitor('6', [claim('external_id', external, 4, 'livechat.prechat')]),
      visitor('7', [claim('phone', BUOI.phone, 3, 'livechat.prechat')]),
    ]),
  ),
  row('her address in From, with a valid reply token and thread', 'email against email_unverified', UNCHANGED, () =>
    expectNothingGained(spoofed, expectPeople(BUOI.email, 2)),
  ),
  row('a third party in Cc answers in her thread', 'the conversation is bound to its sender', UNCHANGED, () =>
    expectNothingGained(thirdParty),
  ),
  row('display names and Unicode that look like her address', 'normalisation of addresses', UNCHANGED, () =>
    expectNothingGained(lookAlikes, expectPeople('@', 11)),
  ),
  row('info@ of a company, proven by several people', 'role mailboxes are shared', UNCHANGED, () =>
    expectNothingGained(desk, expectDesk),
  ),
  row(
    'a family phone with three speakers',
    'cardinality, sharing',
    'three people and a household stay four',
    familyPhone,
  ),
  ...[29, 31, 91, 400].map((after) =>
    row(`a number that is silent for ${after} days`, 'epochs', 'silence alone parts nobody', () => recycled(after)),
  ),
  row(
    'the phone, then another id only, then both',
    'evidence of level 4',
    'exactly then they are one, under the older reference',
    oneThenOtherThenBoth,
  ),
  row(
    'variants of a number, the plan of 2018, landlines',
    'normalisation of numbers',
    'the same number is the same person, and no other',
    variants,
  ),
  row('a connector that says 5', 'levels from the wire', 'refused whole', () =>
    expectRefused(async () =>
      ['crm.import', 'agent.merge', 'livechat.prechat', 'a.source.of.tomorrow'].map((source, index) =>
        visitor(`five-${index}`, [claim('phone', BUOI.phone, 5, source)]),
      ),
    ),
  ),
  row('a connector that invents a source', 'unknown sources count nothing', UNCHANGED, () =>
    expectNothingGained(async () => [visitor('8', [claim('phone', BUOI.phone, 4, 'a.source.of.tomorrow')])]),
  ),
  row(
    `${MANY} ids to one customer`,
    'the size of a customer',
    'the limit holds, the first win, nothing is lost',
    manyToOne,
  ),
  row('"null" and 300 spellings of it', 'blocked values', UNCHANGED, nobodyByName),
  row('circular merges and self-merge', 'merging', 'refused, and evidence in a circle is one person', circles),
  row('evidence that comes back after an agent cut it', 'revoked links', 'what was parted stays parted', cutForGood),
];

beforeAll(async () => {
  scene = await AttackScene.open();
});
afterAll(async () => {
  await scene.close();
});
afterEach(async () => {
  await scene.check();
});

describe('attacked by', () => {
  it.each(ROWS)('$attack ($attacked): $holds', async ({ play: playIt }) => {
    await playIt();
  });
});
