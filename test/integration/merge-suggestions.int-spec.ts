import { appClaim, codeOf, peopleOn, phoneClaim, type ApiCustomer, type People } from '../support/people.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';

interface Statement {
  readonly code: string;
  readonly sentence: string;
  readonly author?: string;
}
interface Suggestion {
  readonly customer: { readonly customer_id: string; readonly ref: string; readonly display_name?: string };
  readonly strength: string;
  readonly likeness: { readonly probability: number; readonly waterfall: readonly { readonly code: string }[] };
  readonly evidence_for: readonly Statement[];
  readonly evidence_against: readonly Statement[];
}
interface Evidence {
  readonly from: { readonly kind: string; readonly value?: string };
  readonly to: { readonly kind: string; readonly value?: string };
  readonly sentence: string;
  readonly guard?: string;
}
interface Why {
  readonly relation: string;
  readonly path: readonly Evidence[];
  readonly held_back: readonly Evidence[];
  readonly forbidden: readonly Statement[];
}

let server: TestPostgres;
let service: TimelineService;
let people: People;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { fsync: 'off' } });
  service = await startTimelineService(await server.createDatabase());
  people = peopleOn(service);
});
afterAll(async () => {
  await service.close();
  await server.stop();
});
beforeEach(async () => {
  await people.reset();
});
afterEach(async () => {
  await people.check();
});

const suggestions = async ({ customer_id: id }: ApiCustomer) =>
  (await people.ok<{ suggestions: readonly Suggestion[] }>('GET', `/v1/customers/${id}/merge-suggestions`)).suggestions;
const codes = (list: readonly Suggestion[]) =>
  list.map(({ customer, strength, evidence_for: reasons, evidence_against: against }) => [
    customer.customer_id,
    strength,
    reasons.map(({ code }) => code).join(),
    against.map(({ code }) => code).join(),
  ]);
const why = async (one: ApiCustomer, other: ApiCustomer) =>
  await people.ok<Why>('GET', `/v1/customers/${one.customer_id}/why?other=${other.customer_id}`);
const crmClaim = (value: string) =>
  ({ kind: 'external_id', value: `external:crm:${value}`, level: 4, source: 'crm.import' }) as const;
/** Everything that anybody can see or that is stored about a customer. */
const allOf = async ({ customer_id: id, ref }: ApiCustomer): Promise<readonly string[]> => {
  const paths = ['', '/timeline', '/merges', '/merge-suggestions', '/distinct-from'].map(
    (end) => `/v1/customers/${id}${end}`,
  );
  const answers = await Promise.all([...paths, `/v1/customers?q=${ref}`].map((path) => people.call('GET', path)));
  const stored = await service.database.query(
    `SELECT i.*, c.*, (SELECT json_agg(f) FROM fact f WHERE f.identity_id = i.id) FROM identity i JOIN customer c ON c.id = i.customer_id
      WHERE c.id = $1 ORDER BY i.id`,
    [id.slice(4)],
  );
  return [...answers.map(({ text }) => text), JSON.stringify(stored)];
};

describe('what somebody claims', () => {
  it('is suggested on their own side, in words, unverified and masked', async () => {
    const owner = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    const claimant = await people.write('zalo_user', '1', { text: 'Số của em là 0912 345 678 ạ', minutes: 5 });
    const [suggestion, ...others] = await suggestions(claimant);
    expect(others).toEqual([]);
    expect(suggestion).toEqual({
      customer: { customer_id: owner.customer_id, ref: owner.ref, display_name: 'Trần Thị Bưởi' },
      strength: 'weak',
      likeness: expect.objectContaining({ probability: 0.5 }),
      evidence_for: [
        {
          code: 'claims_identity',
          sentence: 'Claims the phone number +84 912…678 in a message, unverified.',
          identity_id: claimant.identities[0]!.identity_id,
          entry_id: (await people.timeline(claimant.customer_id))[0],
          at: '2026-11-20T05:05:00.000Z',
        },
      ],
      evidence_against: [],
    });
    expect((await people.one(claimant.customer_id)).identities).toHaveLength(1);
  });

  it('changes nothing at the claimed person, byte for byte', async () => {
    const owner = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi', minutes: 3 });
    const earlier = await people.write('zalo_user', '2', { claims: [phoneClaim('0987654321')], minutes: 4 });
    const before = [await allOf(owner), await allOf(earlier)];
    await people.write('zalo_user', '1', {
      name: 'Trần Thị Bưởi',
      text: 'Số của em là 0912345678, trước là 0987654321',
      claims: [phoneClaim('0912345678')],
      minutes: 9,
    });
    await people.write('email_unverified', 'buoi@example.com', { text: 'Gọi cho em theo số 0912345678', minutes: 9 });
    expect([await allOf(owner), await allOf(earlier)]).toEqual(before);
  });

  it('is found also when the claimed person comes later', async () => {
    const claimant = await people.write('zalo_user', '1', { claims: [phoneClaim('0912345678')] });
    expect(await suggestions(claimant)).toEqual([]);
    const owner = await people.write('phone', '+84912345678', { minutes: 9 });
    expect(codes(await suggestions(claimant))).toEqual([[owner.customer_id, 'weak', 'claims_identity', '']]);
    expect(await suggestions(owner)).toEqual([]);
  });

  it('together with the same name says more', async () => {
    const owner = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    const claimant = await people.write('zalo_user', '1', {
      name: 'TRAN THI BUOI',
      claims: [phoneClaim('0912345678')],
    });
    expect(codes(await suggestions(claimant))).toEqual([
      [owner.customer_id, 'medium', 'claims_identity,same_name', ''],
    ]);
  });

  it('together with a name that looks alike says more, with every reason and its weight', async () => {
    await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    const claims = [phoneClaim('0912345678')];
    const claimant = await people.write('zalo_user', '1', { name: 'Buoi Tran Thi', claims });
    const [suggestion] = await suggestions(claimant);
    expect(suggestion?.evidence_for.map(({ code }) => code)).toEqual(['claims_identity']);
    expect(suggestion?.strength).toBe('medium');
    expect(suggestion?.likeness.probability).toBeGreaterThan(0.95);
    expect(suggestion?.likeness.waterfall.map(({ code }) => code).toSorted()).toEqual([
      'name_same_reordered',
      'phone_same',
    ]);
  });

  it('does not make its author look like somebody at that one’s side', async () => {
    const older = await people.write('livechat_visitor', 'v1', { name: 'Trần Thị Bưởi' });
    const owner = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    expect(codes(await suggestions(owner))).toEqual([[older.customer_id, 'weak', 'same_name', '']]);
    const before = await allOf(owner);
    await people.write('livechat_visitor', 'v1', { claims: [phoneClaim('0912345678')], minutes: 9 });
    expect(await allOf(owner)).toEqual(before);
    expect((await suggestions(older))[0]?.likeness.waterfall.map(({ code }) => code)).toContain('phone_same');
  });

  it('of a number that several people use says little', async () => {
    const owner = await people.write('phone', '+84912345678');
    const body = { shared: true, reason: 'máy của cả nhà' };
    await people.decide('POST', `/v1/identities/${owner.identities[0]!.identity_id}/share`, body);
    const claimant = await people.write('zalo_user', '1', { claims: [phoneClaim('0912345678')] });
    expect(codes(await suggestions(claimant))).toEqual([
      [owner.customer_id, 'weak', 'claims_identity', 'shared_identity'],
    ]);
  });

  it('of an address that a mail does not prove is a claim of the twin', async () => {
    const owner = await people.write('email', 'ha@example.com');
    const twin = await people.write('email_unverified', 'ha@example.com');
    expect(twin.customer_id).not.toBe(owner.customer_id);
    expect((await suggestions(twin))[0]?.evidence_for[0]?.sentence).toBe(
      'Claims the mail address h…@example.com as the sender of a mail that does not prove it, unverified.',
    );
    expect(await suggestions(owner)).toEqual([]);
  });
});

describe('what two people claim alike', () => {
  const claimants = async (count: number): Promise<readonly ApiCustomer[]> => {
    const all: ApiCustomer[] = [];
    for (let n = 0; n < count; n += 1) {
      all.push(await people.write('zalo_user', `10${n}`, { claims: [phoneClaim('0912345678')], minutes: n }));
    }
    return all;
  };

  it('is suggested to the later one only', async () => {
    const [first, second] = await claimants(2);
    expect(await suggestions(first!)).toEqual([]);
    expect(codes(await suggestions(second!))).toEqual([[first!.customer_id, 'weak', 'claims_same', 'two_accounts']]);
  });

  it('says nothing once many said it before, and takes nothing away from those before', async () => {
    const earlier = await claimants(6);
    const before = await Promise.all(earlier.map(suggestions));
    expect(before.map((list) => list.length)).toEqual([0, 1, 2, 3, 4, 5]);
    const all = await claimants(8);
    expect(await Promise.all(all.slice(0, 6).map(suggestions))).toEqual(before);
    expect(await suggestions(all[7]!)).toEqual([]);
  });
});

describe('the same name', () => {
  it.each([
    ['without marks', 'Trần Thị Bưởi', 'tran thi buoi', 1],
    ['decomposed', 'Trần Thị Bưởi', 'Trần Thị Bưởi'.normalize('NFD'), 1],
    ['another one', 'Trần Thị Bưởi', 'Trần Thị Bích', 0],
    ['a single word', 'Bưởi', 'Bưởi', 0],
  ])('%s is suggested to the younger customer only', async (_name, old, young, found) => {
    const [a, b] = [
      await people.write('phone', '+84912345678', { name: old }),
      await people.write('zalo_user', '1', { name: young }),
    ];
    expect(await suggestions(a)).toEqual([]);
    expect(codes(await suggestions(b))).toEqual(found === 0 ? [] : [[a.customer_id, 'weak', 'same_name', '']]);
  });

  it('of many people says nothing', async () => {
    for (let n = 0; n < 6; n += 1) await people.write('livechat_visitor', `v${n}`, { name: 'Nguyễn Văn An' });
    const seventh = await people.write('livechat_visitor', 'v6', { name: 'Nguyễn Văn An' });
    expect(await suggestions(seventh)).toEqual([]);
  });
});

describe('proof that a guard holds back', () => {
  it('is suggested on both sides, with what stands against it', async () => {
    const a = await people.write('messenger_psid', '7', { claims: [crmClaim('9')] });
    const b = await people.write('messenger_psid', '8', { claims: [crmClaim('9')], minutes: 5 });
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const [suggestion] = await suggestions(one);
      expect(codes([suggestion!])).toEqual([
        [other.customer_id, 'weak', 'proof_held_back', 'guard_cardinality,two_accounts'],
      ]);
      expect(suggestion?.evidence_for[0]?.sentence).toBe(
        'Bound by the provider: the system of record states both, in a signed import.',
      );
    }
  });

  it('is followed by an agent, to whom guards of that kind give way', async () => {
    const a = await people.write('messenger_psid', '7', { claims: [crmClaim('9')] });
    const b = await people.write('messenger_psid', '8', { claims: [crmClaim('9')], minutes: 5 });
    const body = { into: a.customer_id, reason: 'hai tài khoản, một người' };
    const merged = await people.decide('POST', `/v1/customers/${b.customer_id}/merge`, body);
    expect(merged.evidence_against).toMatchObject([{ code: 'two_accounts' }]);
    expect(await suggestions(a)).toEqual([]);
  });
});

describe('what an agent said', () => {
  it('leaves out whoever is somebody else, until it is lifted', async () => {
    const owner = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    const claimant = await people.write('zalo_user', '1', { claims: [phoneClaim('0912345678')] });
    const path = `/v1/customers/${claimant.customer_id}/distinct-from/${owner.customer_id}`;
    await people.decide('PUT', path, { reason: 'mẹ và con' });
    expect(await suggestions(claimant)).toEqual([]);
    await people.decide('DELETE', path);
    expect(await suggestions(claimant)).toHaveLength(1);
  });

  it('stands beside what was parted', async () => {
    const zalo = await people.write('zalo_user', '1', { claims: [appClaim('a1')] });
    const parted = { identity_ids: [zalo.identities.at(-1)!.identity_id], reason: 'dùng chung máy', author: 'minh' };
    const split = await people.decide('POST', `/v1/customers/${zalo.customer_id}/split`, parted);
    const app = split.customers.find((one) => one.customer_id !== zalo.customer_id)!;
    await people.write('zalo_user', '1', { claims: [{ ...appClaim('a1'), source: 'crm.import' }], minutes: 9 });
    for (const one of [zalo, app]) {
      const [suggestion] = await suggestions(one);
      expect(codes([suggestion!])).toEqual([
        [one === zalo ? app.customer_id : zalo.customer_id, 'medium', 'proof_held_back', 'guard_parted,parted'],
      ]);
      expect(suggestion?.evidence_against.at(-1)).toMatchObject({
        sentence: 'Parted by minh: dùng chung máy.',
        author: 'minh',
        at: expect.stringMatching(/^\d{4}-/),
      });
    }
  });

  it('counts for the customer that a merged one is now', async () => {
    const owner = await people.write('phone', '+84912345678');
    const claimant = await people.write('zalo_user', '1', { claims: [phoneClaim('0912345678')] });
    const visitor = await people.write('livechat_visitor', 'v1');
    const body = { into: visitor.customer_id, reason: 'cùng một người' };
    await people.decide('POST', `/v1/customers/${claimant.customer_id}/merge`, body);
    const path = `/v1/customers/${claimant.customer_id}/merge-suggestions`;
    expect(await people.ok('GET', path)).toMatchObject({
      customer_id: claimant.customer_id,
      canonical_id: visitor.customer_id,
      suggestions: [{ customer: { customer_id: owner.customer_id } }],
    });
  });
});

describe('GET /v1/customers/<id>/why', () => {
  it('walks the strongest chain from one home to the other', async () => {
    const phone = await people.write('phone', '+84912345678');
    const zalo = await people.write('zalo_user', '1');
    const body = { into: phone.customer_id, reason: 'gọi xác nhận', author: 'lan' };
    await people.decide('POST', `/v1/customers/${zalo.customer_id}/merge`, body);
    await people.write('zalo_user', '1', { claims: [appClaim('a1')], minutes: 7 });
    const [{ home } = { home: '' }] = await service.database.query<{ home: string }>(
      `SELECT home_customer_id::text AS home FROM identity WHERE kind = 'zalo_app_user'`,
    );
    const found = await people.ok<Why>('GET', `/v1/customers/${phone.customer_id}/why?other=cus_${home}`);
    expect(found).toMatchObject({
      relation: 'same_person',
      customer_id: phone.customer_id,
      other_customer_id: `cus_${home}`,
      path: [
        {
          from: { kind: 'phone', value: '+84912345678' },
          to: { kind: 'zalo_user', value: '1' },
          sentence: 'lan said that they are one person.',
          rule: 'agent.merge',
          trust: 5,
          state: 'active',
          author: 'lan',
          reason: 'gọi xác nhận',
        },
        {
          from: { kind: 'zalo_user' },
          to: { kind: 'zalo_app_user', value: 'a1' },
          sentence: 'Bound by the provider: one signed body holds the ids of the official account and of the app.',
          trust: 4,
          evidence_at: '2026-11-20T05:07:00.000Z',
          entry_id: (await people.timeline(phone.customer_id))[0],
        },
      ],
      held_back: [],
      forbidden: [],
    });
    const back = await people.ok<Why>('GET', `/v1/customers/cus_${home}/why?other=${phone.ref}`);
    expect(back.path.map(({ from, to }) => [from.kind, to.kind])).toEqual([
      ['zalo_app_user', 'zalo_user'],
      ['zalo_user', 'phone'],
    ]);
    expect(await why(phone, phone)).toMatchObject({ relation: 'same_person', path: [] });
  });

  it('names the guard between two people, and shows no value of either', async () => {
    const a = await people.write('messenger_psid', '7111111', { claims: [crmClaim('9333333')] });
    const b = await people.write('messenger_psid', '8222222', { claims: [crmClaim('9333333')], minutes: 5 });
    const found = await why(b, a);
    expect(found).toMatchObject({
      relation: 'held_apart',
      path: [],
      held_back: [
        { from: { kind: 'messenger_psid' }, to: { kind: 'external' }, state: 'blocked', guard: 'cardinality' },
      ],
    });
    expect(found.held_back[0]?.sentence).toContain('more accounts or numbers of one kind than one person has');
    expect((await why(a, b)).held_back[0]).toMatchObject({
      from: { kind: 'external' },
      to: { kind: 'messenger_psid' },
    });
    for (const value of ['7111111', '8222222', '9333333']) expect(JSON.stringify(found)).not.toContain(value);
  });

  it('tells who parted them and when, and who forbade them', async () => {
    const zalo = await people.write('zalo_user', '1', { claims: [appClaim('a1')] });
    const body = { identity_ids: [zalo.identities.at(-1)!.identity_id], reason: 'dùng chung máy', author: 'minh' };
    const split = await people.decide('POST', `/v1/customers/${zalo.customer_id}/split`, { ...body, forbid: true });
    const app = split.customers.find((one) => one.customer_id !== zalo.customer_id)!;
    const { merges } = await people.ok<{ merges: { at: string }[] }>('GET', `/v1/customers/${app.customer_id}/merges`);
    expect(await why(zalo, app)).toMatchObject({
      relation: 'held_apart',
      held_back: [
        {
          state: 'revoked',
          revoked_by: 'minh',
          revoked_reason: 'dùng chung máy',
          revoked_at: merges[0]!.at,
          sentence: expect.stringContaining('It was taken back by minh: dùng chung máy.'),
        },
      ],
      forbidden: [{ author: 'minh', sentence: 'Never one person by minh: dùng chung máy.' }],
    });
  });

  it('keeps who joined them beside who took it back', async () => {
    const one = await people.write('zalo_user', '1');
    const other = await people.write('phone', '+84912345678');
    const merge = { into: other.customer_id, reason: 'chị Hạnh gọi', author: 'lan' };
    const joined = await people.decide('POST', `/v1/customers/${one.customer_id}/merge`, merge);
    const undo = async (id: string, author: string, reason: string) =>
      await people.decide('POST', `/v1/merges/${id}/undo`, { author, reason });
    const undone = await undo(joined.merge_id!, 'minh', 'nhầm với em gái');
    const [evidence] = (await why(one, other)).held_back;
    expect(evidence).toMatchObject({
      sentence: 'lan said that they are one person. It was taken back by minh: nhầm với em gái.',
      author: 'lan',
      reason: 'chị Hạnh gọi',
      revoked_by: 'minh',
      revoked_reason: 'nhầm với em gái',
    });
    await undo(undone.merge_id!, 'tuấn', 'đúng là một người');
    const [again] = (await why(one, other)).path;
    expect(again).toMatchObject({ author: 'lan', reason: 'chị Hạnh gọi' });
    expect(again).not.toHaveProperty('revoked_by');
  });

  it('says that nothing connects them, also when one claims to be the other', async () => {
    const owner = await people.write('phone', '+84912345678');
    const claimant = await people.write('zalo_user', '1', { claims: [phoneClaim('0912345678')] });
    for (const [one, other] of [
      [owner, claimant],
      [claimant, owner],
    ] as const) {
      const answer = await people.call('GET', `/v1/customers/${one.customer_id}/why?other=${other.customer_id}`);
      expect(answer.body).toMatchObject({ relation: 'unconnected', path: [], held_back: [], forbidden: [] });
      expect(answer.text).not.toContain('912345678');
    }
  });

  it('refuses what it cannot compare', async () => {
    const { customer_id: id } = await people.write('phone', '+84912345678');
    const of = async (query: string) => await people.call('GET', `/v1/customers/${id}/why${query}`);
    expect(await of('')).toMatchObject({ status: 422, body: { errors: [{ pointer: '/other' }] } });
    const nobody = await of('?other=cus_999999');
    expect(codeOf(nobody)).toEqual([404, 'not-found']);
    expect(nobody.body).toMatchObject({ errors: [{ pointer: '/other', code: 'unknown_customer' }] });
  });
});
