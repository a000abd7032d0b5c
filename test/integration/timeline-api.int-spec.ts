import { entryId } from '@app/contracts';
import { aDeletion, anInboundMessage } from '@app/testkit';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { API_KEY, startTimelineService, type TimelineService } from '../support/timeline-service.js';

interface Page {
  readonly customers: readonly {
    readonly customer_id: string;
    readonly ref: string;
    readonly display_name?: string;
    readonly match?: { readonly kind: string; readonly verified: boolean };
  }[];
  readonly entries: readonly {
    readonly entry_id: string;
    readonly occurred_at: string;
    readonly channel: string;
    readonly state: string;
  }[];
  readonly next_cursor?: string;
}

const START = Date.UTC(2026, 10, 20, 5);
const at = (minutes: number): Date => new Date(START + minutes * 60_000);
const phone = (value: string, name: string) => ({ kind: 'phone', scope: '', value, display_name: name }) as const;
const sms = (id: string, value: string, name: string, minutes = 0) =>
  anInboundMessage({ id, account: 'hotline-sms', channel: 'sms', identity: phone(value, name), at: at(minutes) });

let server: TestPostgres;
let service: TimelineService;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { fsync: 'off' } });
  service = await startTimelineService(await server.createDatabase());
});
afterAll(async () => {
  await service.close();
  await server.stop();
});
beforeEach(async () => {
  await service.reset();
});

const page = async (path: string): Promise<Page> => {
  const answer = await service.get(path);
  expect(answer.status).toBe(200);
  return answer.body as Page;
};
const only = async (query: string): Promise<Page['customers'][number]> => {
  const { customers } = await page(`/v1/customers?${query}`);
  expect(customers).toHaveLength(1);
  return customers[0]!;
};
const names = async (query: string): Promise<readonly (string | undefined)[]> =>
  (await page(`/v1/customers?${query}`)).customers.map((customer) => customer.display_name);

describe('GET /v1/customers/<id>/timeline', () => {
  it('gives every entry once, newest first, while others arrive and times are equal', async () => {
    await service.unify(...Array.from({ length: 23 }, (_, n) => anInboundMessage({ id: `m${n}`, at: at(n % 5) })));
    const { customer_id: id } = await only('identity=messenger_psid:106000000000001:7412345678900001');
    const seen: Page['entries'][number][] = [];
    let cursor = '';
    for (let pages = 0; pages < 20; pages += 1) {
      const answer = await page(`/v1/customers/${id}/timeline?limit=4${cursor}`);
      seen.push(...answer.entries);
      await service.unify(anInboundMessage({ id: `late${pages}`, at: at(60 + pages) }));
      if (answer.next_cursor === undefined) break;
      cursor = `&before=${encodeURIComponent(answer.next_cursor)}`;
    }
    const expected = Array.from({ length: 23 }, (_, n) => `ent_${entryId('fb-shop', 'message', `m${n}`)}`);
    expect(seen.map((entry) => entry.entry_id).toSorted()).toEqual(expected.toSorted());
    const places = seen.map((entry) => `${entry.occurred_at} ${entry.entry_id}`);
    expect(places).toEqual(places.toSorted().reverse());
  });

  it('shows the channels asked for only, and refuses the cursor of other channels', async () => {
    await service.unify(
      sms('s1', '+84912345678', 'Lê Văn Đạt', 0),
      anInboundMessage({
        id: 'z1',
        account: 'oa-shop',
        channel: 'zalo',
        identity: phone('+84912345678', 'Lê Văn Đạt'),
      }),
      sms('s2', '+84912345678', 'Lê Văn Đạt', 5),
    );
    const { customer_id: id } = await only('identity=phone:0912345678');
    const channels = async (query: string) =>
      (await page(`/v1/customers/${id}/timeline?${query}`)).entries.map((entry) => entry.channel);
    expect((await channels('')).toSorted()).toEqual(['sms', 'sms', 'zalo']);
    expect(await channels('channels=sms')).toEqual(['sms', 'sms']);
    expect(await channels('channels=zalo,email')).toEqual(['zalo']);
    const first = await page(`/v1/customers/${id}/timeline?channels=sms&limit=1`);
    const elsewhere = await service.get(`/v1/customers/${id}/timeline?limit=1&before=${first.next_cursor}`);
    expect(elsewhere).toMatchObject({
      status: 422,
      body: { code: 'validation-failed', errors: [{ pointer: '/before' }] },
    });
  });

  it('shows nothing of a deleted message anywhere', async () => {
    const secret = 'số tài khoản 0071000123456';
    await service.unify(anInboundMessage({ id: 'm1', text: secret }), aDeletion({ id: 'm1', at: at(1) }));
    const uuid = entryId('fb-shop', 'message', 'm1');
    await service.database.query('UPDATE entry SET raw = $1 WHERE id = $2', [Buffer.from(secret), uuid]);
    await service.relay();
    const { customer_id: id } = await only('identity=messenger_psid:106000000000001:7412345678900001');
    const paths = [
      `/v1/customers/${id}/timeline`,
      `/v1/entries/ent_${uuid}`,
      `/v1/entries/ent_${uuid}/raw`,
      '/v1/events',
    ];
    const answers = await Promise.all(paths.map((path) => service.get(path)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 404, 200]);
    expect(answers[1]?.body).toMatchObject({ state: 'deleted_by_sender' });
    for (const answer of answers) expect(answer.text).not.toContain('0071000123456');
  });

  it('keeps ids and numbers beyond 2^53 exact', async () => {
    await service.unify(anInboundMessage({ id: '9007199254740993007', more: {} }));
    await service.database.query(`UPDATE customer SET id = 9007199254740993`);
    await service.database.query(
      `UPDATE identity SET customer_id = 9007199254740993, home_customer_id = 9007199254740993`,
    );
    expect((await service.get('/v1/customers/cus_9007199254740993')).body).toMatchObject({
      customer_id: 'cus_9007199254740993',
    });
    expect((await service.get('/v1/customers/cus_9007199254740993/timeline')).body).toMatchObject({
      entries: [{ provider: { message_id: '9007199254740993007' } }],
    });
    expect((await service.get('/v1/customers/cus_9007199254740992')).status).toBe(404);
  });
});

describe('GET /v1/customers', () => {
  beforeEach(async () => {
    await service.unify(
      sms('s1', '+84912345678', 'Trần Thị Bưởi', 1),
      sms('s2', '+84987654321', 'Đỗ Đình Đức', 2),
      sms('s3', '+84355111222', 'Nguyễn Thị Bưởi', 3),
      anInboundMessage({
        id: 'mail1',
        account: 'hotro',
        channel: 'email',
        identity: { kind: 'email', scope: '', value: 'ha@example.com', display_name: 'Hà 100% Cotton' },
        at: at(4),
      }),
      anInboundMessage({
        id: 'mail2',
        account: 'hotro',
        channel: 'email',
        identity: { kind: 'email_unverified', scope: '', value: 'ha@example.com', display_name: 'Kẻ giả danh' },
        at: at(5),
      }),
    );
  });

  it.each([
    ['buoi', ['Nguyễn Thị Bưởi', 'Trần Thị Bưởi']],
    ['B\u01B0\u01A1\u0309i', ['Nguyễn Thị Bưởi', 'Trần Thị Bưởi']],
    ['thi tran', ['Trần Thị Bưởi']],
    ['do dinh', ['Đỗ Đình Đức']],
    ['ĐỖ', ['Đỗ Đình Đức']],
    ['912 345', ['Trần Thị Bưởi']],
    ['0912345678', ['Trần Thị Bưởi']],
    ['HA@example.com', ['Kẻ giả danh', 'Hà 100% Cotton']],
    ['100%', ['Hà 100% Cotton']],
    ['1_0%', []],
    ['%', ['Hà 100% Cotton']],
    ['khong co ai', []],
  ])('finds by %s', async (q, expected) => {
    expect(await names(`q=${encodeURIComponent(q)}`)).toEqual(expected);
  });

  it('lists the most recently active first, page by page', async () => {
    const first = await page('/v1/customers?limit=3');
    expect(first.customers.map((customer) => customer.display_name)).toEqual([
      'Kẻ giả danh',
      'Hà 100% Cotton',
      'Nguyễn Thị Bưởi',
    ]);
    expect(await names(`limit=3&cursor=${first.next_cursor}`)).toEqual(['Đỗ Đình Đức', 'Trần Thị Bưởi']);
  });

  it.each([
    'phone:+84912345678',
    'phone:%2B84912345678',
    'phone:0912%20345%20678',
    'phone:0912.345.678',
    'phone:84912345678',
    'phone:0084912345678',
    'phone:(0912)345-678',
  ])('finds the exact identity %s', async (identity) => {
    expect((await only(`identity=${identity}`)).display_name).toBe('Trần Thị Bưởi');
  });

  it('finds an address of a domain with marks under the form that the connector stored', async () => {
    const value = 'hà@xn--v-d-rma6749a.example';
    const identity = { kind: 'email', scope: '', value, display_name: 'Hồ Thị Hà' } as const;
    await service.unify(anInboundMessage({ id: 'mail3', account: 'hotro', channel: 'email', identity, at: at(6) }));
    expect(await names(`identity=${encodeURIComponent('email:hà@ví-dụ.example')}`)).toEqual(['Hồ Thị Hà']);
    expect(await names(`q=${encodeURIComponent('Hà@Ví-Dụ.example'.normalize('NFD'))}`)).toEqual(['Hồ Thị Hà']);
  });

  it('shows when each identity was seen first and last', async () => {
    await service.unify(sms('s4', '+84912345678', 'Trần Thị Bưởi', 30), sms('s5', '+84912345678', 'Trần Thị Bưởi', 20));
    const { customer_id: id } = await only('identity=phone:0912345678');
    expect((await service.get(`/v1/customers/${id}`)).body).toMatchObject({
      identities: [{ first_seen: at(1).toISOString(), last_seen: at(30).toISOString() }],
    });
    await service.database.query('UPDATE conversation SET last_at = NULL');
    const { body } = await service.get(`/v1/customers/${id}`);
    expect((body as { identities: object[] }).identities[0]).not.toHaveProperty('last_seen');
  });

  it('marks an address that nobody proved', async () => {
    const { customers } = await page('/v1/customers?identity=email:Ha@Example.com');
    expect(customers.map(({ display_name: name, match }) => [name, match?.verified])).toEqual([
      ['Hà 100% Cotton', true],
      ['Kẻ giả danh', false],
    ]);
  });

  it.each([
    ['identity=phone:12', '/identity', 'phone_invalid'],
    ['identity=fax:0912345678', '/identity', 'unknown_kind'],
    ['identity=zalo_user:123', '/identity', 'scope_missing'],
    ['q=a&identity=phone:0912345678', '/identity', 'exclusive'],
    ['limit=0', '/limit', 'too_small'],
    ['limit=201', '/limit', 'too_big'],
    ['limit=muoi', '/limit', 'invalid_type'],
    ['limit=5&limit=6', '/limit', 'invalid_type'],
    ['cursor=khong', '/cursor', 'cursor_invalid'],
    ['la=1', '', 'unrecognized_keys'],
  ])('answers 422 to %s', async (query, pointer, code) => {
    const answer = await service.get(`/v1/customers?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: '/problems/validation-failed',
      status: 422,
      code: 'validation-failed',
      instance: '/v1/customers',
      request_id: answer.headers.get('x-request-id'),
      errors: [{ pointer, code }],
    });
  });

  it('reads a reference with its check digit and refuses a wrong one', async () => {
    const { ref, customer_id: id } = await only('identity=phone:0912345678');
    const wrong = ref.slice(0, -1) + ((Number(ref.at(-1)) + 1) % 10);
    expect((await service.get(`/v1/customers/${ref.toLowerCase()}`)).body).toMatchObject({ customer_id: id, ref });
    expect((await only(`q=${ref}`)).customer_id).toBe(id);
    expect((await service.get(`/v1/customers/${wrong}`)).body).toMatchObject({ status: 404, code: 'not-found' });
    expect(await names(`q=${wrong}`)).toEqual([]);
  });

  it('answers 200 with canonical_id for a merged customer, and shows the one timeline', async () => {
    const absorbed = await only('identity=phone:0912345678');
    const survivor = await only('identity=phone:0987654321');
    const [from, into] = [absorbed, survivor].map((customer) => customer.customer_id.slice(4));
    await service.database.query(`UPDATE identity SET customer_id = $2 WHERE customer_id = $1`, [from, into]);
    await service.database.query(`UPDATE customer SET status = 'merged', merged_into = $2 WHERE id = $1`, [from, into]);
    expect(await service.get(`/v1/customers/${absorbed.customer_id}`)).toMatchObject({
      status: 200,
      body: { customer_id: absorbed.customer_id, status: 'merged', canonical_id: survivor.customer_id },
    });
    const timeline = await service.get(`/v1/customers/${absorbed.customer_id}/timeline`);
    expect(timeline.body).toMatchObject({ canonical_id: survivor.customer_id, entries: [{}, {}] });
    expect((await only('identity=phone:0912345678')).customer_id).toBe(survivor.customer_id);
    expect((await only(`q=${absorbed.ref}`)).customer_id).toBe(survivor.customer_id);
  });

  it('answers 410 for an erased customer and shows nothing of it', async () => {
    const { customer_id: id } = await only('identity=phone:0912345678');
    await service.database.query(`UPDATE customer SET status = 'erased' WHERE id = $1`, [id.slice(4)]);
    await service.database.query(`UPDATE identity SET state = 'erased', value = NULL WHERE customer_id = $1`, [
      id.slice(4),
    ]);
    for (const path of [`/v1/customers/${id}`, `/v1/customers/${id}/timeline`]) {
      expect(await service.get(path)).toMatchObject({ status: 410, body: { code: 'customer-erased' } });
    }
    expect(await names('identity=phone:0912345678')).toEqual([]);
    expect(await names('q=tran+thi+buoi')).toEqual([]);
    expect(await names('')).toHaveLength(4);
    const uuid = entryId('hotline-sms', 'message', 's1');
    expect((await service.get(`/v1/entries/ent_${uuid}`)).status).toBe(404);
  });
});

describe('bytes from outside', () => {
  it.each([
    ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['text/html\r\nset-cookie: a=b', 'application/octet-stream'],
  ])('are saved and never run, whatever they claim to be: %s', async (claimed, served) => {
    const id = `sha256:${'a'.repeat(64)}`;
    const html = Buffer.from('<script>alert(1)</script>');
    await service.database.query('INSERT INTO blob (id, media_type, size_bytes, bytes) VALUES ($1, $2, $3, $4)', [
      id,
      claimed,
      html.length,
      html,
    ]);
    const answer = await service.get(`/v1/blobs/${id}`);
    expect(answer.text).toBe(html.toString());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': served,
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cache-control': 'no-store',
    });
    expect((await service.get('/v1/blobs/sha256:zz')).body).toMatchObject({ code: 'not-found' });
  });

  it('are given back as they came', async () => {
    await service.unify(anInboundMessage({ id: 'm1' }));
    const uuid = entryId('fb-shop', 'message', 'm1');
    await service.database.query('UPDATE entry SET raw = $1 WHERE id = $2', [Buffer.of(0, 255, 10), uuid]);
    const response = await fetch(`${service.url}/v1/entries/ent_${uuid}/raw`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.of(0, 255, 10));
    expect(response.headers.get('content-disposition')).toBe('attachment');
  });
});

describe('every error below /v1', () => {
  const READ = [
    '/v1/customers',
    '/v1/events',
    '/v1/events/stream',
    '/v1/meta',
    '/v1/openapi.json',
    '/v1/asyncapi.json',
  ];

  it.each([...READ, '/v1/schemas/customer.state/1.0.0', '/v1/customers/cus_1', '/v1/entries/ent_1', '/v1/blobs/x'])(
    'is 401 without a key: %s',
    async (path) => {
      for (const authorization of ['', 'Bearer sai', `Basic ${API_KEY}`, `Bearer ${API_KEY}x`]) {
        const answer = await service.get(path, { headers: { authorization } });
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated', instance: path } });
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
        expect(answer.headers.get('x-request-id')).toMatch(/^req_[a-z2-7]{24}$/);
      }
    },
  );

  it.each([
    ['GET', '/v1/nothing', 404, 'not-found'],
    ['GET', '/v1', 404, 'not-found'],
    ['GET', '/v1/customers/cus_1', 404, 'not-found'],
    ['GET', '/v1/customers/cus_99999999999999999999999', 404, 'not-found'],
    ['GET', "/v1/customers/cus_1'--", 404, 'not-found'],
    ['GET', '/v1/customers/%00', 404, 'not-found'],
    ['GET', '/v1/customers/%zz', 404, 'not-found'],
    ['GET', `/v1/customers/${'a'.repeat(300)}`, 404, 'not-found'],
    ['GET', '/v1/entries/ent_zz', 404, 'not-found'],
    ['GET', '/v1/schemas/customer.state/9.9.9', 404, 'not-found'],
    ['POST', '/v1/customers', 405, 'method-not-allowed'],
    ['DELETE', '/v1/customers/cus_1', 405, 'method-not-allowed'],
    ['PUT', '/v1/events/stream', 405, 'method-not-allowed'],
    ['POST', '/v1/nothing', 404, 'not-found'],
  ])('is a problem document: %s %s', async (method, path, status, code) => {
    const answer = await service.get(path, { method });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer).toMatchObject({ status, body: { status, code, instance: path } });
    expect(answer.headers.get('x-request-id')).toBe((answer.body as { request_id: string }).request_id);
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('is 413 for a body above the limit', async () => {
    const answer = await service.get('/v1/customers', { method: 'POST', body: 'a'.repeat(1_100_000) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload-too-large' } });
  });

  it('tells no personal data and no internals, to the log neither', async () => {
    await service.get('/v1/customers?q=Tr%E1%BA%A7n%20B%C6%B0%E1%BB%9Fi&limit=0');
    await service.get('/v1/customers?identity=phone:0912345678');
    await service.database.query('ALTER TABLE fact RENAME TO fact_away');
    const broken = await service.get('/v1/customers?q=0912345678');
    await service.database.query('ALTER TABLE fact_away RENAME TO fact');
    expect(broken.text).not.toMatch(/0912345678|fact|relation|SELECT/);
    const log = service.logged.join('\n');
    expect(log).toContain('A request failed');
    expect(log).not.toMatch(/0912345678|84912345678|Bưởi|buoi/);
  });

  it('has no-store on every answer', async () => {
    for (const path of ['/v1/customers', '/v1/events', '/v1/meta', '/v1/customers/cus_1', '/v1/nothing']) {
      expect((await service.get(path)).headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('addresses that are not the API’s', () => {
  it('are answered as if the API were not there', async () => {
    const health = await service.get('/health/live');
    expect(health).toMatchObject({ status: 200, body: { status: 'ok' } });
    const unknown = await service.get('/webhooks/sms/nobody');
    expect(unknown).toMatchObject({ status: 404, body: { statusCode: 404 } });
    for (const answer of [health, unknown]) expect(answer.headers.has('x-request-id')).toBe(false);
  });
});
