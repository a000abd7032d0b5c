import { hash } from 'node:crypto';
import { aBatch } from '@app/testkit';
import { keepMail } from '../support/kept-mail.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';
import { unifierOn } from '../support/unifier.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');
const PROGRAM = Buffer.concat([Buffer.from('4d5a9000030000000400', 'hex'), Buffer.alloc(60)]);
const PAGE = Buffer.from('<!DOCTYPE html><script>1</script>');

const part = (name: string, type: string, bytes: Buffer): string =>
  `--ranh\r\nContent-Type: ${type}; name=${name}\r\nContent-Disposition: attachment; filename=${name}\r\n` +
  `Content-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n`;
const MAIL = Buffer.from(
  'From: ha@khach.example\r\nTo: hotro@cuahang.example\r\nMessage-ID: <w@khach.example>\r\n' +
    'Content-Type: multipart/mixed; boundary=ranh\r\n\r\n' +
    part('ao.png', 'application/octet-stream', PNG) +
    part('hoa-don.exe', 'image/png', PROGRAM) +
    part('trang.html', 'text/html', PAGE) +
    '--ranh--\r\n',
);

let server: TestPostgres;
let service: TimelineService;
let entry: string;

beforeAll(async () => {
  server = await startTestPostgres();
  service = await startTimelineService(await server.createDatabase());
  const event = await keepMail(service.database, MAIL);
  await unifierOn(service.database).unify(aBatch([event]));
  const [row] = await service.database.query<{ id: string }>('SELECT id FROM entry');
  entry = `ent_${row!.id}`;
});
afterAll(async () => {
  await service.close();
  await server.stop();
});

async function open(content: Buffer) {
  const address = `${service.url}/v1/entries/${entry}/media/${hash('sha256', content)}`;
  const answer = await fetch(address, { headers: { authorization: 'Bearer khoa-thu-nghiem-0001' } });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe('an attachment of a mail', () => {
  it('is taken out of the stored mail, with the type of its content', async () => {
    const { status, headers, bytes } = await open(PNG);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'image/png',
      "inline; filename*=UTF-8''ao.png",
    ]);
    expect(bytes.equals(PNG)).toBe(true);
  });

  it('that is a page is saved and never shown', async () => {
    const { status, headers } = await open(PAGE);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'application/octet-stream',
      "attachment; filename*=UTF-8''trang.html",
    ]);
  });

  it('that is a program, whatever it calls itself, is not handed out', async () => {
    expect(await open(PROGRAM)).toMatchObject({ status: 404 });
  });

  it('of another entry is none of this one', async () => {
    expect(await open(Buffer.from('khác'))).toMatchObject({ status: 404 });
  });
});
