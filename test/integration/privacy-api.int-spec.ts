import { peopleOn, phoneClaim, type People } from '../support/people.js';
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

const NAME = 'Trần Thị Bưởi';
const aPerson = async () =>
  await people.write('phone', '+84912345678', {
    name: NAME,
    text: 'Cho em đổi size',
    claims: [phoneClaim('0987654321')],
  });

describe('POST /v1/customers/<id>/erasure', () => {
  it('tells with dry_run what it would reach, and erases nothing', async () => {
    const customer = await aPerson();
    const before = await people.everything();
    const answer = await people.call('POST', `/v1/customers/${customer.ref}/erasure`, { dry_run: true });
    expect(answer).toMatchObject({
      status: 200,
      body: { dry_run: true, entries: 1, identity_ids: [customer.identities[0]!.identity_id] },
    });
    expect(await people.everything()).toEqual(before);
  });

  it('erases: no address of the API shows the person any more, and the stream says so', async () => {
    const customer = await aPerson();
    await service.relay();
    const done = await people.call('POST', `/v1/customers/${customer.customer_id}/erasure`, {
      dry_run: false,
      author: 'lan',
    });
    expect(done).toMatchObject({ status: 200, body: { dry_run: false, customer_id: customer.customer_id } });
    await service.relay();
    const { erasure_id: id } = done.body as { erasure_id: string };
    expect(await people.call('GET', `/v1/erasures/${id}`)).toMatchObject({ status: 200, body: done.body as object });
    for (const path of ['', '/timeline', '/export', '/merge-suggestions', '/merges']) {
      expect(await people.call('GET', `/v1/customers/${customer.customer_id}${path}`)).toMatchObject({
        status: 410,
        body: { code: 'customer-erased' },
      });
    }
    const feed = await people.call('GET', '/v1/events?after=earliest&limit=200');
    expect(JSON.stringify(feed.body)).not.toMatch(/Bưởi|912345678|đổi size|987654321/);
    expect(JSON.stringify(feed.body)).toContain('omni.customer.erased');
    expect(await people.call('GET', `/v1/customers?identity=phone:0912345678`)).toMatchObject({
      body: { customers: [] },
    });
    expect(await people.call('GET', `/v1/customers?q=${encodeURIComponent('bưởi')}`)).toMatchObject({
      body: { customers: [] },
    });
  });

  it('is refused without saying whether it is meant', async () => {
    const customer = await aPerson();
    expect(await people.call('POST', `/v1/customers/${customer.ref}/erasure`, {})).toMatchObject({ status: 422 });
  });
});

describe('GET /v1/customers/<id>/export', () => {
  it('gives everything that is held, a line each', async () => {
    const customer = await aPerson();
    const answer = await service.get(`/v1/customers/${customer.ref}/export`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map((line) => line.type).sort()).toEqual([
      'claim',
      'conversation',
      'customer',
      'entry',
      'fact',
      'fact',
    ]);
    expect(lines).toContainEqual(
      expect.objectContaining({ type: 'claim', claim: expect.objectContaining({ value: '+84987654321' }) }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        type: 'entry',
        entry: expect.objectContaining({ content: { type: 'text', text: 'Cho em đổi size' } }),
      }),
    );
  });
});

describe('POST /v1/identities/<id>/epochs', () => {
  it('makes somebody new of whoever writes after it', async () => {
    const before = await aPerson();
    const id = before.identities[0]!.identity_id;
    const body = { from: '2026-11-20T06:00:00.000Z', author: 'lan' };
    expect(await people.call('POST', `/v1/identities/${id}/epochs`, body)).toMatchObject({
      status: 200,
      body: { identity_id: id, valid_to: body.from },
    });
    expect(await people.call('POST', `/v1/identities/${id}/epochs`, body)).toMatchObject({
      body: { code: 'epoch-ended' },
    });
    const after = await people.write('phone', '+84912345678', { minutes: 90 });
    expect(after.customer_id).not.toBe(before.customer_id);
    expect((await people.one(before.customer_id)).counts.entries).toBe(1);
  });

  it('is refused for what nobody else can get', async () => {
    const zalo = await people.write('zalo_user', '1');
    const path = `/v1/identities/${zalo.identities[0]!.identity_id}/epochs`;
    expect(await people.call('POST', path, { from: '2026-11-20T06:00:00.000Z' })).toMatchObject({
      status: 409,
      body: { code: 'identity-not-recyclable' },
    });
  });
});
