import { randomUUID } from 'node:crypto';
import { pointerTable } from '../support/identities.js';
import { appClaim, codeOf, peopleOn, type ApiCustomer, type People } from '../support/people.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';

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

const why = { reason: 'Khách xác nhận qua điện thoại', author: 'lan' };
describe('POST /v1/customers/<id>/merge', () => {
  it('makes two customers one, and the one named survives though it is younger', async () => {
    const buoi = await people.write('phone', '+84912345678', { name: 'Trần Thị Bưởi' });
    const zalo = await people.write('zalo_user', '1', { minutes: 1 });
    const entries = [...(await people.timeline(buoi.customer_id)), ...(await people.timeline(zalo.customer_id))];
    const result = await people.decide('POST', `/v1/customers/${buoi.ref}/merge`, { into: zalo.ref, ...why });
    expect(result).toMatchObject({
      dry_run: false,
      merge_id: expect.stringMatching(/^mrg_\d+$/),
      moves: [
        {
          merge_id: result.merge_id,
          op: 'merge',
          from_customer_id: buoi.customer_id,
          to_customer_id: zalo.customer_id,
          identities: [{ identity_id: buoi.identities[0]!.identity_id, version: 2 }],
        },
      ],
      customers: [{ customer_id: zalo.customer_id }, { customer_id: buoi.customer_id, status: 'merged' }],
      survivor: { customer_id: zalo.customer_id, display_name: 'Trần Thị Bưởi', counts: { entries: 2, identities: 2 } },
      evidence_against: [],
    });
    expect(await people.one(zalo.customer_id)).toEqual(result.survivor);
    expect(await people.one(buoi.ref)).toMatchObject({ canonical_id: zalo.customer_id, status: 'merged' });
    expect((await people.timeline(buoi.customer_id)).toSorted()).toEqual(entries.toSorted());
  });

  it('tells with dry_run what would be, which then is, and changes nothing', async () => {
    const buoi = await people.write('messenger_psid', '7', { name: 'Trần Thị Bưởi' });
    const other = await people.write('messenger_psid', '8', { name: 'Bưởi Trần', minutes: 1 });
    const before = await people.everything();
    const body = { into: buoi.customer_id, ...why };
    const preview = await people.decide('POST', `/v1/customers/${other.customer_id}/merge`, { ...body, dry_run: true });
    expect(await people.everything()).toEqual(before);
    expect(preview).not.toHaveProperty('merge_id');
    expect(preview.moves[0]).not.toHaveProperty('merge_id');
    expect(preview).toMatchObject({ dry_run: true, evidence_against: [{ code: 'two_accounts' }] });
    const done = await people.decide('POST', `/v1/customers/${other.customer_id}/merge`, body);
    expect(done.survivor).toEqual(preview.survivor);
    expect(done.customers).toEqual(preview.customers);
    expect(done.moves).toMatchObject(preview.moves);
  });

  it('carries the id of the request to the stream, and the agent’s words to nobody', async () => {
    const buoi = await people.write('phone', '+84912345678');
    const zalo = await people.write('zalo_user', '1');
    await service.relay();
    const answer = await people.call('POST', `/v1/customers/${zalo.customer_id}/merge`, {
      into: buoi.customer_id,
      ...why,
    });
    await service.relay();
    const events = await service.database.query<{ headers: Record<string, string>; payload: string }>(
      `SELECT headers, payload FROM event WHERE type = 'omni.customer.merged'`,
    );
    expect(events.map((event) => event.headers['ce_correlationid'])).toEqual(
      Array.from({ length: 2 }, () => answer.headers.get('x-request-id')),
    );
    for (const { payload } of events) {
      expect(JSON.parse(payload)).toMatchObject({ actor: { type: 'agent', id: 'lan' }, reason: { kind: 'manual' } });
      expect(payload).not.toContain('xác nhận');
    }
  });

  it.each([
    ['itself', async (a: ApiCustomer) => [a.customer_id, { into: a.ref }], [409, 'merge-with-itself']],
    ['nobody', async (a: ApiCustomer) => [a.customer_id, { into: 'cus_999999' }], [404, 'not-found']],
    ['no id', async (a: ApiCustomer) => [a.customer_id, { into: 'ai đó' }], [404, 'not-found']],
    ['by nobody', async (a: ApiCustomer) => ['cus_999999', { into: a.customer_id }], [404, 'not-found']],
  ])('refuses a merge with %s, and nothing changes', async (_name, request, expected) => {
    const [from, body] = (await request(await people.write('phone', '+84912345678'))) as [string, object];
    const before = await people.everything();
    expect(codeOf(await people.call('POST', `/v1/customers/${from}/merge`, { ...body, ...why }))).toEqual(expected);
    expect(await people.everything()).toEqual(before);
  });

  it('refuses a customer that is a part of another one, naming that one', async () => {
    const [a, b, c] = [
      await people.write('phone', '+84912345678'),
      await people.write('zalo_user', '1'),
      await people.write('livechat_visitor', 'v1'),
    ];
    await people.decide('POST', `/v1/customers/${b.customer_id}/merge`, { into: a.customer_id, ...why });
    const before = await people.everything();
    for (const [from, into] of [
      [b, c],
      [c, b],
      [a, b],
    ] as const) {
      const answer = await people.call('POST', `/v1/customers/${from.customer_id}/merge`, {
        into: into.customer_id,
        ...why,
      });
      expect(codeOf(answer)).toEqual([409, 'customer-merged']);
      expect(answer.body).toMatchObject({ canonical_id: a.customer_id });
    }
    const answer = await people.call('POST', `/v1/customers/${c.customer_id}/merge`, { into: b.customer_id, ...why });
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/into' }] });
    expect(await people.everything()).toEqual(before);
  });

  it('lets one of two win who merge the same two the other way round at once', async () => {
    const [a, b] = [await people.write('phone', '+84912345678'), await people.write('zalo_user', '1')];
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        [
          [a, b],
          [b, a],
        ].map(([from, into]) =>
          people.call('POST', `/v1/customers/${from!.customer_id}/merge`, { into: into!.customer_id, ...why }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(codeOf(answers.find(({ status }) => status === 409)!)).toEqual([409, 'customer-merged']);
      const won = answers.find(({ status }) => status === 200)!.body as { merge_id: string };
      await people.decide('POST', `/v1/merges/${won.merge_id}/undo`);
    }
  });

  it('refuses an erased customer on either side', async () => {
    const [a, b] = [await people.write('phone', '+84912345678'), await people.write('zalo_user', '1')];
    await service.database.query(`UPDATE customer SET status = 'erased' WHERE id = $1`, [b.customer_id.slice(4)]);
    await service.database.query(`UPDATE identity SET state = 'erased', value = NULL WHERE customer_id = $1`, [
      b.customer_id.slice(4),
    ]);
    const before = await people.everything();
    for (const [from, into] of [
      [a, b],
      [b, a],
    ] as const) {
      const answer = await people.call('POST', `/v1/customers/${from.customer_id}/merge`, {
        into: into.customer_id,
        ...why,
      });
      expect(codeOf(answer)).toEqual([410, 'customer-erased']);
    }
    expect(await people.everything()).toEqual(before);
  });

  it.each([
    ['no reason', { reason: undefined }, '/reason', 'invalid_type'],
    ['a reason of blanks', { reason: ' \u0000\n' }, '/reason', 'custom'],
    ['a reason that is too long', { reason: 'ă'.repeat(501) }, '/reason', 'too_big'],
    ['no target', { into: undefined }, '/into', 'invalid_type'],
    ['a number for a target', { into: 12 }, '/into', 'invalid_type'],
    ['the system’s name', { author: 'System' }, '/author', 'custom'],
    ['a word for dry_run', { dry_run: 'yes' }, '/dry_run', 'invalid_type'],
    ['something else', { la: 1 }, '', 'unrecognized_keys'],
  ])('answers 422 to a body with %s', async (_name, change, pointer, fault) => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    const before = await people.everything();
    const body = { into: b.customer_id, reason: 'cùng một người', ...change };
    const answer = await people.call('POST', `/v1/customers/${a.customer_id}/merge`, body);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'validation-failed', errors: [{ pointer, code: fault }] },
    });
    expect(await people.everything()).toEqual(before);
  });

  it('answers bodies that are no JSON, of another type or absent, and other methods', async () => {
    const a = await people.write('phone', '+84912345678');
    const path = `/v1/customers/${a.customer_id}/merge`;
    const send = async (type: string, body: string) =>
      codeOf(await service.get(path, { method: 'POST', headers: { 'content-type': type }, body }));
    expect(await send('application/json', '{"into":')).toEqual([400, 'malformed-json']);
    expect(await send('text/plain', '{}')).toEqual([415, 'unsupported-media-type']);
    expect(codeOf(await people.call('POST', path))).toEqual([422, 'validation-failed']);
    const get = await people.call('GET', path);
    expect([...codeOf(get), get.headers.get('allow')]).toEqual([405, 'method-not-allowed', 'POST']);
    const stranger = await fetch(service.url + path, { method: 'POST', body: '{"into":' });
    expect(stranger.status).toBe(401);
  });

  it('takes a reason of 500 characters and keeps it in NFC, without what cannot be stored', async () => {
    const [a, b] = [await people.write('phone', '+84912345678'), await people.write('zalo_user', '1')];
    const reason = `e\u0301\u0000${'ă'.repeat(497)}`;
    await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, reason });
    const { merges } = await people.ok<{ merges: { reason: string }[] }>(
      'GET',
      `/v1/customers/${a.customer_id}/merges`,
    );
    expect(merges).toMatchObject([{ reason: `é${'ă'.repeat(497)}`, actor: { type: 'agent', id: 'api' } }]);
  });
});

describe('POST /v1/merges/<id>/undo', () => {
  it('gives back exactly what there was, pins and references and all, and can be undone itself', async () => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    const before = await pointerTable(service.database);
    const shown = [await people.one(a.customer_id), await people.one(b.customer_id)];
    const merge = await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    const preview = await people.decide('POST', `/v1/merges/${merge.merge_id}/undo`, { dry_run: true });
    expect(await people.one(a.customer_id)).toMatchObject({ status: 'merged' });
    const undone = await people.decide('POST', `/v1/merges/${merge.merge_id}/undo`);
    expect(undone.customers).toEqual(preview.customers);
    expect(undone.customers).toEqual(shown);
    expect(await pointerTable(service.database)).toEqual(before);
    expect([await people.one(a.customer_id), await people.one(b.customer_id)]).toEqual(shown);
    await people.decide('POST', `/v1/merges/${undone.merge_id}/undo`, { reason: 'vẫn là một người' });
    expect(await people.one(a.customer_id)).toMatchObject({ canonical_id: b.customer_id });
  });

  it('refuses what was undone, what there is not, and what is held otherwise', async () => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    const merge = await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    const undone = await people.decide('POST', `/v1/merges/${merge.merge_id}/undo`);
    const before = await people.everything();
    const again = await people.call('POST', `/v1/merges/${merge.merge_id}/undo`);
    expect(codeOf(again)).toEqual([409, 'merge-already-undone']);
    expect(again.body).toMatchObject({ undone_by: undone.merge_id });
    for (const id of ['mrg_999999', 'mrg_x', 'cus_1']) {
      expect(codeOf(await people.call('POST', `/v1/merges/${id}/undo`))).toEqual([404, 'not-found']);
    }
    expect(await people.everything()).toEqual(before);
  });

  it('refuses when nothing is left to be undone', async () => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    const merge = await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    await people.decide('POST', '/v1/rollbacks', { rule: 'agent.merge', reason: 'sai', dry_run: false });
    const before = await people.everything();
    expect(codeOf(await people.call('POST', `/v1/merges/${merge.merge_id}/undo`))).toEqual([409, 'nothing-to-undo']);
    expect(await people.everything()).toEqual(before);
  });
});

describe('POST /v1/customers/<id>/split', () => {
  const joined = async () => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    await people.decide('POST', `/v1/customers/${b.customer_id}/merge`, { into: a.customer_id, ...why });
    return { a, b, parted: b.identities[0]!.identity_id };
  };

  it('parts identities, with a dry run first, and undo brings them back', async () => {
    const { a, b, parted } = await joined();
    const before = await people.everything();
    const body = { identity_ids: [parted], reason: 'hai người' };
    const preview = await people.decide('POST', `/v1/customers/${a.customer_id}/split`, { ...body, dry_run: true });
    expect(await people.everything()).toEqual(before);
    const split = await people.decide('POST', `/v1/customers/${a.customer_id}/split`, body);
    expect(split.customers).toEqual(preview.customers);
    expect(split).toMatchObject({
      moves: [{ op: 'unmerge', from_customer_id: a.customer_id, to_customer_id: b.customer_id }],
    });
    expect(await people.one(b.customer_id)).toMatchObject({ status: 'active', counts: { entries: 1 } });
    await people.decide('POST', `/v1/merges/${split.merge_id}/undo`);
    expect(await people.one(b.customer_id)).toMatchObject({ canonical_id: a.customer_id });
  });

  it('with forbid keeps them apart until it is lifted', async () => {
    const { a, b, parted } = await joined();
    const body = { identity_ids: [parted], reason: 'hai chị em', author: 'lan', forbid: true };
    const split = await people.decide('POST', `/v1/customers/${a.customer_id}/split`, body);
    const before = await people.everything();
    const answer = await people.call('POST', `/v1/customers/${b.customer_id}/merge`, { into: a.customer_id, ...why });
    expect(codeOf(answer)).toEqual([409, 'merge-guarded']);
    expect(answer.body).toMatchObject({ guard: 'forbidden' });
    expect(await people.everything()).toEqual(before);
    expect(await people.ok('GET', `/v1/customers/${b.customer_id}/distinct-from`)).toMatchObject({
      distinct_from: [{ customer_id: a.customer_id, author: 'lan', reason: 'hai chị em' }],
    });
    await people.decide('POST', `/v1/merges/${split.merge_id}/undo`);
    expect(await people.one(b.customer_id)).toMatchObject({ canonical_id: a.customer_id });
    expect(await people.ok('GET', `/v1/customers/${a.customer_id}/distinct-from`)).toMatchObject({ distinct_from: [] });
  });

  it('with forbid keeps each who left from each who stays, also when they part among themselves', async () => {
    const [a, b, c, d] = [
      await people.write('phone', '+84912345678'),
      await people.write('zalo_user', '1'),
      await people.write('livechat_visitor', 'v1'),
      await people.write('livechat_visitor', 'v2'),
    ];
    for (const from of [b, c, d]) {
      await people.decide('POST', `/v1/customers/${from.customer_id}/merge`, { into: a.customer_id, ...why });
    }
    const identity_ids = [c, d].map((one) => one.identities[0]!.identity_id);
    const body = { identity_ids, reason: 'hai chị em', forbid: true };
    await people.decide('POST', `/v1/customers/${a.customer_id}/split`, body);
    for (const from of [c, d]) {
      const answer = await people.call('POST', `/v1/customers/${from.customer_id}/merge`, {
        into: a.customer_id,
        ...why,
      });
      expect(codeOf(answer)).toEqual([409, 'merge-guarded']);
      expect(await people.ok('GET', `/v1/customers/${from.customer_id}/distinct-from`)).toMatchObject({
        distinct_from: [{ customer_id: a.customer_id }],
      });
    }
    const { distinct_from: listed } = await people.ok<{ distinct_from: unknown[] }>(
      'GET',
      `/v1/customers/${a.customer_id}/distinct-from`,
    );
    expect(listed).toHaveLength(2);
  });

  it.each([
    ['nobody', () => [], '/identity_ids', 'too_small'],
    ['somebody else’s', (_own: string, other: string) => [other], '/identity_ids', 'not_of_customer'],
    ['all', (own: string) => [own, own], '/identity_ids', 'all_of_customer'],
    ['a customer', () => ['cus_1'], '/identity_ids/0', 'invalid_format'],
  ])('refuses to part %s, and nothing changes', async (_name, ids, pointer, fault) => {
    const a = await people.write('phone', '+84912345678');
    const b = await people.write('zalo_user', '1');
    const before = await people.everything();
    const body = { identity_ids: ids(a.identities[0]!.identity_id, b.identities[0]!.identity_id), reason: 'hai người' };
    expect(await people.call('POST', `/v1/customers/${a.customer_id}/split`, body)).toMatchObject({
      status: 422,
      body: { code: 'validation-failed', errors: [{ pointer, code: fault }] },
    });
    expect(await people.everything()).toEqual(before);
  });
});

describe('/v1/customers/<id>/distinct-from', () => {
  it('keeps two apart whatever proof comes, and joins them when it is lifted', async () => {
    const a = await people.write('zalo_user', '1');
    await service.unify(); // Nothing: the next message alone makes the app's user.
    const app = await people.write('livechat_visitor', 'v1');
    await people.decide('PUT', `/v1/customers/${a.customer_id}/distinct-from/${app.customer_id}`, {
      reason: 'mẹ và con',
    });
    const before = await people.everything();
    await people.decide('PUT', `/v1/customers/${app.ref}/distinct-from/${a.ref}`, { reason: 'nói lại' });
    expect(await people.everything()).toEqual(before);
    for (const [id, other] of [
      [a, app],
      [app, a],
    ] as const) {
      expect(await people.ok('GET', `/v1/customers/${id.customer_id}/distinct-from`)).toMatchObject({
        customer_id: id.customer_id,
        distinct_from: [{ customer_id: other.customer_id, ref: other.ref, author: 'api', reason: 'mẹ và con' }],
      });
    }
    const merge = await people.call('POST', `/v1/customers/${a.customer_id}/merge`, { into: app.customer_id, ...why });
    expect(codeOf(merge)).toEqual([409, 'merge-guarded']);
    await people.decide('DELETE', `/v1/customers/${app.customer_id}/distinct-from/${a.customer_id}`);
    expect(await people.ok('GET', `/v1/customers/${a.customer_id}/distinct-from`)).toMatchObject({ distinct_from: [] });
    await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: app.customer_id, ...why });
  });

  it('refuses what makes no sense, and nothing changes', async () => {
    const [a, b] = [await people.write('zalo_user', '1'), await people.write('phone', '+84912345678')];
    await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    const c = await people.write('livechat_visitor', 'v1');
    const before = await people.everything();
    const at = (id: ApiCustomer, other: string) => `/v1/customers/${id.customer_id}/distinct-from/${other}`;
    const body = { reason: 'khác' };
    expect(codeOf(await people.call('PUT', at(b, b.ref), body))).toEqual([409, 'merge-with-itself']);
    expect(codeOf(await people.call('PUT', at(c, a.customer_id), body))).toEqual([409, 'customer-merged']);
    expect(codeOf(await people.call('PUT', at(c, 'cus_999999'), body))).toEqual([404, 'not-found']);
    expect(codeOf(await people.call('PUT', at(c, b.customer_id)))).toEqual([422, 'validation-failed']);
    expect(codeOf(await people.call('DELETE', at(c, b.customer_id)))).toEqual([404, 'not-found']);
    expect(await people.everything()).toEqual(before);
  });
});

interface Entry {
  readonly channel: string;
  readonly author: object;
}

describe('an identity that several people use', () => {
  it('lets go of everybody, and its conversations have speakers', async () => {
    const phone = await people.write('phone', '+84912345678');
    const zalo = await people.write('zalo_user', '1');
    await people.decide('POST', `/v1/customers/${zalo.customer_id}/merge`, { into: phone.customer_id, ...why });
    const id = phone.identities[0]!.identity_id;
    const speaker = zalo.identities[0]!.identity_id;
    const [{ id: uuid } = { id: '' }] = await service.database.query<{ id: string }>(
      `SELECT id FROM conversation WHERE channel = 'sms'`,
    );
    const authorsOnStream = async (): Promise<object[]> => {
      await service.relay();
      const events = await service.database.query<{ payload: string }>(
        `SELECT payload FROM event WHERE type = 'omni.timeline.entry.appended' ORDER BY position`,
      );
      const entries = events.map(({ payload }) => (JSON.parse(payload) as { entry: Entry }).entry);
      return entries.filter(({ channel }) => channel === 'sms').map(({ author }) => author);
    };
    expect(await authorsOnStream()).toEqual([{ type: 'customer', id }]);
    const path = `/v1/conversations/cnv_${uuid}/speaker`;
    expect(codeOf(await people.call('PUT', path, { identity_id: speaker }))).toEqual([409, 'identity-not-shared']);

    const preview = await people.decide('POST', `/v1/identities/${id}/share`, { shared: true, ...why, dry_run: true });
    expect(await people.one(zalo.customer_id)).toMatchObject({ status: 'merged' });
    const shared = await people.decide('POST', `/v1/identities/${id}/share`, { shared: true, ...why });
    expect(shared.customers).toEqual(preview.customers);
    expect(await people.one(zalo.customer_id)).toMatchObject({ status: 'active' });
    expect(await people.one(phone.customer_id)).toMatchObject({ kind: 'household', identities: [{ state: 'shared' }] });
    const before = await people.everything();
    expect(await people.decide('POST', `/v1/identities/${id}/share`, { shared: true, ...why })).toMatchObject({
      moves: [],
    });
    expect(await people.everything()).toEqual(before);

    expect(await people.ok('PUT', path, { identity_id: speaker })).toEqual({
      conversation_id: `cnv_${uuid}`,
      identity_id: id,
      speaker_identity_id: speaker,
    });
    const authors = async () =>
      (
        await people.ok<{ entries: { author: object }[] }>('GET', `/v1/customers/${phone.customer_id}/timeline`)
      ).entries.map(({ author }) => author);
    expect(await authors()).toEqual([{ type: 'customer', id, speaker_id: speaker }]);
    await people.write('phone', '+84912345678', { minutes: 1 });
    expect(await authorsOnStream()).toEqual([
      { type: 'customer', id },
      { type: 'customer', id, speaker_id: speaker },
    ]);
    expect(codeOf(await people.call('PUT', path, { identity_id: id }))).toEqual([422, 'validation-failed']);
    expect(codeOf(await people.call('PUT', path, { identity_id: 'idn_999999' }))).toEqual([422, 'validation-failed']);
    expect(codeOf(await people.call('PUT', path, {}))).toEqual([422, 'validation-failed']);
    expect(await people.ok('PUT', path, { identity_id: null })).toEqual({
      conversation_id: `cnv_${uuid}`,
      identity_id: id,
    });
    expect(await authors()).toEqual([
      { type: 'customer', id },
      { type: 'customer', id },
    ]);
    expect(
      codeOf(await people.call('PUT', `/v1/conversations/cnv_${randomUUID()}/speaker`, { identity_id: null })),
    ).toEqual([404, 'not-found']);

    await people.decide('POST', `/v1/identities/${id}/share`, { shared: false, ...why });
    expect(await people.one(zalo.customer_id)).toMatchObject({ canonical_id: phone.customer_id });
  });

  it.each(['idn_999999', 'idn_', 'cus_1'])('is not %s', async (id) => {
    expect(codeOf(await people.call('POST', `/v1/identities/${id}/share`, { shared: true, ...why }))).toEqual([
      404,
      'not-found',
    ]);
  });
});

describe('POST /v1/rollbacks', () => {
  it('takes back what a rule joined, and nothing else', async () => {
    await people.write('zalo_user', '1', { claims: [appClaim('a1')] });
    await people.write('zalo_user', '2', { claims: [appClaim('a2')] });
    const [a, b] = [await people.write('phone', '+84912345678'), await people.write('livechat_visitor', 'v1')];
    await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    const before = await people.everything();
    const body = { rule: 'zalo.user_id_by_app', reason: 'quy tắc sai' };
    const preview = await people.decide('POST', '/v1/rollbacks', { ...body, dry_run: true });
    expect(preview).toMatchObject({ dry_run: true, counts: { moves: 2, identities: 2, customers: 4 } });
    expect(await people.everything()).toEqual(before);
    const done = await people.decide('POST', '/v1/rollbacks', { ...body, dry_run: false });
    expect(done.moves.map(({ op }) => op)).toEqual(['unmerge', 'unmerge']);
    expect((await people.owner('zalo_user', '1')).identities).toHaveLength(1);
    expect((await people.owner('phone', '+84912345678')).identities).toHaveLength(2);
    expect(await people.decide('POST', '/v1/rollbacks', { ...body, dry_run: false })).toMatchObject({ moves: [] });
    await people.decide('POST', `/v1/merges/${done.merge_id}/undo`);
    expect((await people.owner('zalo_user', '1')).identities).toHaveLength(2);
  });

  it('takes back what an agent did in one decision, by its batch', async () => {
    const [a, b] = [await people.write('phone', '+84912345678'), await people.write('livechat_visitor', 'v1')];
    await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: b.customer_id, ...why });
    const { merges } = await people.ok<{ merges: { batch_id: string }[] }>(
      'GET',
      `/v1/customers/${b.customer_id}/merges`,
    );
    const late = { batch_id: merges[0]!.batch_id, since: '2999-01-01T00:00:00Z', reason: 'sai', dry_run: false };
    expect(await people.decide('POST', '/v1/rollbacks', late)).toMatchObject({ moves: [] });
    expect(await people.decide('POST', '/v1/rollbacks', { ...late, since: undefined })).toMatchObject({
      counts: { moves: 1 },
    });
  });

  it.each([
    ['without dry_run', { rule: 'x', reason: 'sai' }, '/dry_run'],
    ['without what to roll back', { since: '2026-11-20T00:00:00Z', reason: 'sai', dry_run: false }, '/rule'],
    ['with a batch that is none', { batch_id: 'x', reason: 'sai', dry_run: false }, '/batch_id'],
    ['without a reason', { rule: 'x', dry_run: false }, '/reason'],
  ])('answers 422 %s', async (_name, body, pointer) => {
    expect(await people.call('POST', '/v1/rollbacks', body)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    });
  });
});

describe('GET /v1/customers/<id>/merges', () => {
  it('tells the whole history, newest first, page by page, also of a merged customer', async () => {
    const [a, b, c] = [
      await people.write('phone', '+84912345678'),
      await people.write('zalo_user', '1'),
      await people.write('livechat_visitor', 'v1'),
    ];
    const first = await people.decide('POST', `/v1/customers/${b.customer_id}/merge`, { into: a.customer_id, ...why });
    const second = await people.decide('POST', `/v1/customers/${a.customer_id}/merge`, { into: c.customer_id, ...why });
    const third = await people.decide('POST', `/v1/merges/${first.merge_id}/undo`, { reason: 'nhầm', author: 'minh' });
    interface History {
      readonly canonical_id: string;
      readonly merges: readonly { merge_id: string; undone_by?: string; undoes?: string }[];
      readonly next_cursor?: string;
    }
    const all = await people.ok<History>('GET', `/v1/customers/${a.customer_id}/merges`);
    expect(all.canonical_id).toBe(c.customer_id);
    expect(all.merges.map(({ merge_id: id }) => id)).toEqual([third.merge_id, second.merge_id, first.merge_id]);
    expect(all.merges[0]).toMatchObject({
      op: 'unmerge',
      from_customer_id: c.customer_id,
      to_customer_id: b.customer_id,
      identity_ids: [b.identities[0]!.identity_id],
      rule: 'agent.undo',
      trust: 5,
      actor: { type: 'agent', id: 'minh' },
      reason: 'nhầm',
      undoes: first.merge_id,
    });
    expect(all.merges[2]).toMatchObject({ rule: 'agent.merge', undone_by: third.merge_id });
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const page = await people.ok<History>('GET', `/v1/customers/${a.customer_id}/merges?limit=2${cursor}`);
      seen.push(...page.merges.map(({ merge_id: id }) => id));
      if (page.next_cursor === undefined) break;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect(seen).toEqual(all.merges.map(({ merge_id: id }) => id));
    expect(await people.call('GET', `/v1/customers/${b.customer_id}/merges?limit=2${cursor}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/cursor', code: 'cursor_invalid' }] },
    });
    // Whoever left sees where they were meanwhile.
    const left = await people.ok<History>('GET', `/v1/customers/${b.customer_id}/merges`);
    expect(left.merges.map(({ merge_id: id }) => id)).toEqual(all.merges.map(({ merge_id: id }) => id));
  });

  it('tells of what nobody decided', async () => {
    const zalo = await people.write('zalo_user', '1', { claims: [appClaim('a1')] });
    expect(await people.ok('GET', `/v1/customers/${zalo.customer_id}/merges`)).toMatchObject({
      merges: [{ op: 'merge', rule: 'zalo.user_id_by_app', trust: 4, actor: { type: 'system' } }],
    });
  });
});
