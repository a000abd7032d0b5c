import type { InboundEvent } from '@app/contracts';
import { BlobRepository, ErasureRepository } from '@app/persistence';
import { keepMail } from '../support/kept-mail.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';

const HEAD = 'To: hotro@cuahang.example\r\nMIME-Version: 1.0\r\n';
const plain = (from: string, number = 1): string =>
  `From: ${from}\r\n${HEAD}Message-ID: <${number}@${from}>\r\n\r\nSố nhà em là 12 ngõ 5 ạ.\r\n`;
const html = (from: string): string =>
  `From: ${from}\r\n${HEAD}Message-ID: <h@${from}>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Số nhà em là 12 ngõ 5 ạ.</p>\r\n`;

let server: TestPostgres;
let service: TimelineService;
let blobs: BlobRepository;

beforeAll(async () => {
  server = await startTestPostgres();
  service = await startTimelineService(await server.createDatabase());
  blobs = new BlobRepository(service.database);
});
afterAll(async () => {
  await service.close();
  await server.stop();
});
beforeEach(async () => {
  await service.reset();
});

const keep = (text: string): Promise<InboundEvent> => keepMail(service.database, Buffer.from(text));
const take = async (...texts: readonly string[]): Promise<void> => {
  for (const text of texts) await service.unify(await keep(text));
};
const kept = async (): Promise<readonly string[]> =>
  (await service.database.query<{ bytes: Buffer }>('SELECT bytes FROM blob ORDER BY id')).map(({ bytes }) =>
    bytes.toString(),
  );
const customerOf = async (address: string): Promise<string> => {
  const { body } = await service.get(`/v1/customers?identity=email:${address}`);
  return (body as { customers: { customer_id: string }[] }).customers[0]!.customer_id;
};
async function erase(address: string): Promise<void> {
  const id = (await customerOf(address)).replace('cus_', '');
  const request = { actor: 'lan', reason: 'khách yêu cầu', correlationId: 'c' };
  expect(await new ErasureRepository(service.database).erase(id, request)).toMatchObject({ ok: true });
}
const monthsPass = async (): Promise<void> => {
  await service.database.query(`UPDATE blob SET created_at = created_at - interval '31 days'`);
};

describe('the original of a mail', () => {
  it.each([
    ['that is text alone', plain],
    ['that is a page alone', html],
  ])('%s goes with its person, and nobody else’s', async (_label, mail) => {
    await take(mail('buoi@khach.example'), plain('dao@khach.example'));
    await erase('buoi@khach.example');
    expect(await kept()).toEqual([plain('dao@khach.example')]);
  });

  it('is part of what is exported', async () => {
    await take(plain('buoi@khach.example'));
    const { text } = await service.get(`/v1/customers/${await customerOf('buoi@khach.example')}/export`);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; base64?: string });
    const bytes = lines.filter(({ type }) => type === 'bytes').map(({ base64 }) => base64 ?? '');
    expect(bytes.map((one) => Buffer.from(one, 'base64').toString())).toEqual([plain('buoi@khach.example')]);
  });

  it('that is pulled again after the erasure goes as well, though not at once', async () => {
    await take(plain('buoi@khach.example'));
    await erase('buoi@khach.example');
    await take(plain('buoi@khach.example'));
    expect([await kept(), await blobs.removeUnreferred()]).toEqual([[plain('buoi@khach.example')], 0]);
    await monthsPass();
    expect([await blobs.removeUnreferred(), await kept()]).toEqual([1, []]);
  });

  it('that a batch took while its person was erased goes with the next sweep', async () => {
    const event = await keep(plain('buoi@khach.example'));
    await service.unify(event);
    await service.database.query('CREATE TABLE late AS SELECT * FROM blob_reference');
    await erase('buoi@khach.example');
    await keep(plain('buoi@khach.example'));
    await service.database.query('INSERT INTO blob_reference SELECT * FROM late');
    await service.database.query('DROP TABLE late');
    await new ErasureRepository(service.database).sweep();
    expect(await kept()).toEqual([]);
  });

  it('stays as long as its entry does', async () => {
    await take(plain('buoi@khach.example'));
    await monthsPass();
    expect([await blobs.removeUnreferred(), await kept()]).toEqual([0, [plain('buoi@khach.example')]]);
  });

  it('that was given up stays when somebody stores it again, until its entry is there', async () => {
    const event = await keep(plain('buoi@khach.example'));
    await monthsPass();
    await keep(plain('buoi@khach.example'));
    expect(await blobs.removeUnreferred()).toBe(0);
    await service.unify(event);
    expect(await kept()).toHaveLength(1);
  });
});
