import { hash } from 'node:crypto';
import { MAX_RECORD_BYTES, type InboundEvent, type INBOUND_TYPES, type MessageReceived } from '@app/contracts';
import { StreamUnavailableError, type ChannelAccount } from '@app/kernel';
import { startCommerceService, type CommerceService } from '../support/commerce-service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { API_KEY, startTimelineService, type TimelineService } from '../support/timeline-service.js';

const TOKEN = 'ma-bi-mat-tu-nghi-ra-01';
const account: ChannelAccount = {
  id: 'lien-he',
  channel: 'webform',
  provider: 'http',
  externalId: 'shop-web',
  settings: { system: 'shop-web' },
  secrets: { token: TOKEN },
};
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');
const PROGRAM = Buffer.concat([Buffer.from('4d5a9000030000000400', 'hex'), Buffer.alloc(60)]);
const PAGE = Buffer.from('<!DOCTYPE html><script>1</script>');

let server: TestPostgres;
let databaseUrl: string;
let timeline: TimelineService;
let commerce: CommerceService;
let isAway: boolean;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { fsync: 'off' } });
  databaseUrl = await server.createDatabase();
  timeline = await startTimelineService(databaseUrl);
  const refuse = (): void => {
    if (isAway) throw new StreamUnavailableError('away');
  };
  commerce = await startCommerceService({ databaseUrl, account, refuse });
});
afterAll(async () => {
  await commerce.stop();
  await timeline.close();
  await server.stop();
});
beforeEach(async () => {
  await timeline.reset();
  commerce.appended.length = 0;
  isAway = false;
});

/** A form as a browser packs it: under another boundary each time. */
async function send(
  fields: Readonly<Record<string, string>>,
  files: Readonly<Record<string, Buffer>>,
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, bytes] of Object.entries(files)) form.append('tep', new Blob([new Uint8Array(bytes)]), name);
  const answer = await fetch(`${commerce.url}/webhooks/webform/lien-he`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: form,
  });
  return answer.status;
}
const unify = async (): Promise<void> => await timeline.unify(...commerce.appended);
const buoi = { sdt: '0912345678', noi_dung: 'Áo bị lỗi ạ' };

async function open(content: Buffer, entry?: string) {
  const [row] = await timeline.database.query<{ id: string }>('SELECT id FROM entry ORDER BY received_at DESC');
  const address = `${timeline.url}/v1/entries/ent_${entry ?? row!.id}/media/${hash('sha256', content)}`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${API_KEY}` } });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
const countOf = async (table: 'blob' | 'entry'): Promise<number> =>
  (await timeline.database.query(`SELECT FROM ${table}`)).length;

async function erase(identity: string): Promise<void> {
  const { body } = await timeline.get(`/v1/customers?identity=${encodeURIComponent(identity)}`);
  const [customer] = (body as { customers: { customer_id: string }[] }).customers;
  const done = await timeline.get(`/v1/customers/${customer!.customer_id}/erasure`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dry_run: false, author: 'lan' }),
  });
  expect(done.status).toBe(200);
}

describe('a file of a web form', () => {
  it('is at the address of attachments, with the type of its content', async () => {
    expect(await send(buoi, { 'ao.dat': PNG })).toBe(200);
    await unify();
    const { status, headers, bytes } = await open(PNG);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'image/png',
      "inline; filename*=UTF-8''ao.dat",
    ]);
    expect(bytes).toEqual(PNG);
  });

  it('is not handed out when it is a program, and not shown when it is a page', async () => {
    await send(buoi, { 'ao.png': PROGRAM, 'anh.png': PAGE });
    await unify();
    expect(await open(PROGRAM)).toMatchObject({ status: 404 });
    const { status, headers } = await open(PAGE);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it('may be larger than a record, though not as large as anybody likes', async () => {
    const photo = Buffer.concat([PNG, Buffer.alloc(4 * MAX_RECORD_BYTES, 7)]);
    expect(await send(buoi, { 'ao.png': photo })).toBe(200);
    await unify();
    expect((await open(photo)).bytes.equals(photo)).toBe(true);
    expect(await send(buoi, { 'ao.png': Buffer.alloc(6 * 1024 * 1024) })).toBe(413);
  });

  it('is durable before the form is accepted, and kept once when that is sent again', async () => {
    isAway = true;
    expect(await send(buoi, { 'ao.png': PNG })).toBe(503);
    expect([await countOf('blob'), commerce.appended]).toEqual([1, []]);
    isAway = false;
    expect(await send(buoi, { 'ao.png': PNG })).toBe(200);
    expect(await send(buoi, { 'ao.png': PNG })).toBe(200);
    await unify();
    expect([await countOf('blob'), await countOf('entry')]).toEqual([1, 1]);
    expect((await open(PNG)).status).toBe(200);
  });

  it('keeps no form out while the database is away that has none', async () => {
    await timeline.database.query('ALTER TABLE blob RENAME TO blob_away');
    try {
      expect(await send(buoi, {})).toBe(200);
      expect(await send(buoi, { 'ao.png': PNG })).toBeGreaterThanOrEqual(500);
      expect(commerce.appended.map(({ data }) => (data as MessageReceived).content.text)).toEqual([buoi.noi_dung]);
    } finally {
      await timeline.database.query('ALTER TABLE blob_away RENAME TO blob');
    }
  });

  it('is gone with its person, and that of somebody else stays', async () => {
    await send(buoi, { 'ao.png': PNG });
    await send({ sdt: '0987654321', noi_dung: 'Hỏi giá' }, { 'ao.png': PNG, 'khac.png': PAGE });
    await unify();
    const [one, other] = await timeline.database.query<{ id: string }>('SELECT id FROM entry ORDER BY occurred_at, id');
    const of = await timeline.database.query<{ id: string }>(
      `SELECT id FROM entry WHERE body #>> '{content,text}' = $1`,
      [buoi.noi_dung],
    );
    const theirs = one!.id === of[0]!.id ? other!.id : one!.id;
    expect(await countOf('blob')).toBe(2);
    await erase('external:shop-web.typed:+84912345678');
    expect(await countOf('blob')).toBe(1);
    expect(await open(PNG, of[0]!.id)).toMatchObject({ status: 404 });
    expect(await open(PNG, theirs)).toMatchObject({ status: 200 });
  });

  it('stays for somebody else whose form is the same, on another web site', async () => {
    await send(buoi, { 'ao.png': PNG });
    const { id, type, data } = commerce.appended[0]! as Extract<InboundEvent, { type: typeof INBOUND_TYPES.received }>;
    const identity = { ...data.identity, scope: 'khac.typed' };
    const there: InboundEvent = { id: `${id}2`, type, data: { ...data, account_id: 'khac', identity } };
    await timeline.unify(commerce.appended[0]!, there);
    await erase('external:shop-web.typed:+84912345678');
    expect(await countOf('blob')).toBe(1);
    await erase('external:khac.typed:+84912345678');
    expect(await countOf('blob')).toBe(0);
  });
});
