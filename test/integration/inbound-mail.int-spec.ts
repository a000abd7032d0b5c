import { hash } from 'node:crypto';
import { createLogStream, Database, migrate } from '@app/persistence';
import { StreamUnavailableError, type ChannelAccount } from '@app/kernel';
import type { Stream } from '@app/stream';
import { pino } from 'pino';
import {
  collectEvents,
  startEmailService,
  until,
  type EmailService,
  type SeenEvent,
} from '../support/email-service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

const ACCOUNT: ChannelAccount = {
  id: 'thu-den',
  channel: 'email',
  provider: 'postmark',
  externalId: 'hotro@cuahang.example',
  settings: {},
  secrets: { user: 'omniline', password: 'mot-mat-khau-bia-ra-dai' },
};
const AUTHORIZATION = `Basic ${Buffer.from('omniline:mot-mat-khau-bia-ra-dai').toString('base64')}`;
const MAIL =
  'From: ha@khach.example\r\nTo: hotro@cuahang.example\r\nMessage-ID: <1@khach.example>\r\n\r\nShop ơi còn hàng không?\r\n';

let server: TestPostgres;
let url: string;
let database: Database;
let reader: Stream;
let seen: SeenEvent[];
let service: EmailService | undefined;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 2 });
  reader = createLogStream({ url, logger: pino({ level: 'silent' }), clientId: 'test-reader' });
  seen = await collectEvents(reader);
});
afterEach(async () => {
  await service?.stop();
  await reader.close();
  await database.close();
  await server.dropDatabase(url);
});

async function post(body: object, authorization = AUTHORIZATION): Promise<number> {
  const answer = await fetch(`${service!.url}/webhooks/email/thu-den`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
  return answer.status;
}
const blobs = async (): Promise<string[]> =>
  (await database.query<{ id: string }>('SELECT id FROM blob')).map(({ id }) => id);

describe('mail by HTTP', () => {
  it('is on the stream, and its bytes in the store, before it is accepted', async () => {
    service = await startEmailService({ databaseUrl: url, account: ACCOUNT });
    expect(await post({ MessageID: 'a', RawEmail: MAIL })).toBe(200);
    expect(await blobs()).toEqual([`sha256:${hash('sha256', MAIL)}`]);
    await until(() => seen.length === 1);
    expect(seen[0]!.data).toMatchObject({
      identity: { kind: 'email_unverified', value: 'ha@khach.example' },
      content: { text: 'Shop ơi còn hàng không?' },
      verification: { method: 'token' },
      raw: { encoding: 'reference', data: `blob:sha256:${hash('sha256', MAIL)}` },
    });
  });

  it('that comes again is the same mail', async () => {
    service = await startEmailService({ databaseUrl: url, account: ACCOUNT });
    await post({ MessageID: 'a', RawEmail: MAIL });
    await post({ MessageID: 'b', RawEmail: MAIL });
    await until(() => seen.length === 2);
    expect(seen[0]!.id).toBe(seen[1]!.id);
    expect(await blobs()).toHaveLength(1);
  });

  it('is not accepted while the stream or the store is away, nor from a stranger', async () => {
    const away = (stream: Stream): Stream =>
      Object.assign(Object.create(stream) as Stream, {
        append: () => Promise.reject(new StreamUnavailableError('away')),
      });
    service = await startEmailService({ databaseUrl: url, account: ACCOUNT, wrap: away });
    expect(await post({ MessageID: 'a', RawEmail: MAIL })).toBe(503);
    expect(await post({ MessageID: 'a', RawEmail: MAIL }, 'Basic eA==')).toBe(401);
    await database.query('ALTER TABLE blob RENAME TO blob_away');
    expect(await post({ MessageID: 'b', RawEmail: MAIL })).toBeGreaterThanOrEqual(500);
    expect(seen).toEqual([]);
  });
});
