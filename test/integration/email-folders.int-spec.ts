import { pino } from 'pino';
import { createLogStream, Database, MailboxCheckpointRepository, migrate } from '@app/persistence';
import type { Stream } from '@app/stream';
import type { MailboxState } from '../../apps/email/src/pull-mailbox/mailbox-state.js';
import { dovecotAvailability, startDovecot, type DovecotServer } from '../support/dovecot.js';
import {
  anAccount,
  collectEvents,
  startEmailService,
  until,
  type EmailService,
  type SeenEvent,
} from '../support/email-service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { describeUnless } from '../support/skips.js';

const describeWithServer = describeUnless(dovecotAvailability().reason);

const mail = (number: number): string =>
  `From: buoi@khach.example\r\nTo: hotro@shop.example.vn\r\nSubject: Thư ${number}\r\n` +
  `Date: Tue, 3 Mar 2026 10:05:12 +0700\r\nMessage-ID: <m${number}@khach.example>\r\n\r\nChào shop ${number}\r\n`;

describeWithServer('several folders of an account', () => {
  let postgres: TestPostgres;
  let dovecot: DovecotServer;
  let url: string;
  let database: Database;
  let stream: Stream;
  let seen: SeenEvent[];
  let service: EmailService | undefined;

  const start = async (watch: readonly string[]): Promise<EmailService> =>
    (service = await startEmailService({ databaseUrl: url, account: anAccount(dovecot.port, { watch }) }));
  const reached = (folder: string, uid: number): Promise<void> =>
    until(
      async () => {
        const name = { accountId: 'hotro', folder };
        const state = await new MailboxCheckpointRepository<MailboxState>(database).read(name);
        return state?.lastUid === uid && state.history === undefined;
      },
      () => `UID ${uid} of ${folder}`,
    );
  const condition = async (folder: string): Promise<string> =>
    (await service!.health.report()).checks[`mailbox hotro/${folder}`]?.detail ?? '';
  const subjects = (): string[] => seen.map(({ data }) => data.content.subject ?? '').sort();

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    await migrate(url);
    database = Database.connect(url, { applicationName: 'test', max: 2 });
    stream = createLogStream({ url, logger: pino({ level: 'silent' }), clientId: 'test' });
    seen = await collectEvents(stream);
    dovecot = await startDovecot([{ user: 'hotro', password: 'mat-khau' }]);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await stream.close();
    await database.close();
    await dovecot.stop();
  });

  it('are found by their use, whatever they are called', async () => {
    await dovecot.append('hotro', 'Thu-rac', [mail(1)]);
    await start(['\\Junk', '\\Archive']);
    await reached('\\Junk', 1);
    await until(() => seen.length === 1);
    expect(seen[0]!.data.provider.event_id).toMatch(/^imap:hotro:\\Junk:/);
    await until(async () => (await condition('\\Archive')).startsWith('away (there is no such folder)'));
  });

  it('make one event of a mail that is moved from one to the other', async () => {
    await dovecot.append('hotro', 'INBOX', [mail(1)]);
    await start(['Thu-rac']);
    await reached('INBOX', 1);
    const client = await dovecot.connect('hotro');
    await client.mailboxOpen('INBOX');
    await client.messageMove('1', 'Thu-rac', { uid: true });
    await client.logout();
    await reached('Thu-rac', 1);
    await until(() => seen.length === 2);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
  });

  it('hold drafts that are nobody’s mail yet, and are counted', async () => {
    const client = await dovecot.connect('hotro');
    await client.append('INBOX', Buffer.from(mail(1)), ['\\Draft']);
    await client.append('INBOX', Buffer.from(mail(2)));
    await client.logout();
    await start([]);
    await reached('INBOX', 2);
    await until(() => seen.length === 1);
    expect(subjects()).toEqual(['Thư 2']);
    const { values } = await service!.metrics.mailboxMails.get();
    expect(values).toContainEqual({ labels: { account: 'hotro', outcome: 'draft' }, value: 1 });
  });

  it('go on when one vanishes, and when it comes back nothing is lost or doubled', async () => {
    const client = await dovecot.connect('hotro');
    await client.mailboxCreate('Kho');
    await dovecot.append('hotro', 'Kho', [mail(1)]);
    await start(['Kho']);
    await reached('Kho', 1);
    await until(async () => (await condition('Kho')).startsWith('connected'));
    await client.mailboxDelete('Kho');
    await until(async () => (await condition('Kho')).startsWith('away'));
    await dovecot.append('hotro', 'INBOX', [mail(2)]);
    await reached('INBOX', 1);
    await client.mailboxCreate('Kho');
    await dovecot.append('hotro', 'Kho', [mail(1), mail(3)]);
    await client.logout();
    await reached('Kho', 2);
    await until(() => new Set(seen.map(({ id }) => id)).size === 3);
    expect([...new Set(subjects())]).toEqual(['Thư 1', 'Thư 2', 'Thư 3']);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
  });
});
