import { createLogStream, Database, MailboxCheckpointRepository, migrate } from '@app/persistence';
import type { Stream } from '@app/stream';
import { pino } from 'pino';
import type { MailboxState } from '../../apps/email/src/pull-mailbox/mailbox-state.js';
import { startCuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
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
  `Date: Tue, 3 Mar 2026 10:05:12 +0700\r\nMessage-ID: <m${number}@khach.example>\r\n\r\n${'Chào shop. '.repeat(300)}\r\n`;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `Thư ${i + 1}`);

describeWithServer('a connection that is cut', () => {
  let postgres: TestPostgres;
  let dovecot: DovecotServer;
  let proxy: CuttingProxy;
  let url: string;
  let database: Database;
  let stream: Stream;
  let seen: SeenEvent[];
  let service: EmailService | undefined;

  const settledAt = (uid: number): Promise<void> =>
    until(async () => {
      const name = { accountId: 'hotro', folder: 'INBOX' };
      const state = await new MailboxCheckpointRepository<MailboxState>(database).read(name);
      return state?.lastUid === uid && state.history === undefined;
    });
  const subjects = (): (string | undefined)[] => seen.map(({ data }) => data.content.subject);

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
    proxy = await startCuttingProxy(dovecot.port);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await proxy.stop();
    await stream.close();
    await database.close();
    await dovecot.stop();
  });

  it.each<[string, 'client' | 'server', RegExp]>([
    ['at the greeting', 'server', /^\* OK/],
    ['at the login', 'client', /LOGIN|AUTHENTICATE/],
    ['when the folder is opened', 'client', /EXAMINE/],
    ['in the answer to the opening', 'server', /UIDVALIDITY/],
    ['when UIDs are asked for', 'client', /UID SEARCH/],
    ['in the list of UIDs', 'server', /\* (E?SEARCH)/],
    ['when sizes are asked for', 'client', /RFC822\.SIZE/],
    ['in the list of sizes', 'server', /RFC822\.SIZE/],
    ['when mails are asked for', 'client', /BODY\.PEEK/],
    ['in the middle of a mail', 'server', /Message-ID: <m17@/],
  ])('%s, three times, loses and doubles nothing', async (_label, side, pattern) => {
    await dovecot.append(
      'hotro',
      'INBOX',
      Array.from({ length: 30 }, (_, i) => mail(i + 1)),
    );
    proxy.cutOn(side, pattern, 3);
    service = await startEmailService({ databaseUrl: url, account: anAccount(proxy.port) });
    await settledAt(30);
    await until(() => seen.length >= 30);
    expect(proxy.cutsLeft).toBe(0);
    expect(subjects()).toEqual(numbered(30));
    expect(seen.some(({ data }) => data.flags?.includes('unreadable'))).toBe(false);
  });

  it('during IDLE is noticed at once, and what arrived meanwhile is fetched', async () => {
    service = await startEmailService({ databaseUrl: url, account: anAccount(proxy.port) });
    for (const number of [1, 2, 3]) {
      await settledAt(number - 1);
      const before = proxy.connections;
      proxy.cutAll();
      await dovecot.append('hotro', 'INBOX', [mail(number)]);
      await settledAt(number);
      expect(proxy.connections).toBeGreaterThan(before);
    }
    await until(() => seen.length >= 3);
    expect(subjects()).toEqual(numbered(3));
  });

  it('to a server that shows a mail after later ones brings it too, once', async () => {
    service = await startEmailService({ databaseUrl: url, account: anAccount(proxy.port), times: { lateMs: 0 } });
    await settledAt(0);
    proxy.rewriteClient((text) => text.replace(/(?<=UID SEARCH [^\r]*)(?=\r)/, ' NOT UID 2'));
    await dovecot.append('hotro', 'INBOX', [mail(1), mail(2), mail(3)]);
    await settledAt(3);
    await until(() => seen.length >= 2);
    expect(subjects()).toEqual(['Thư 1', 'Thư 3']);
    proxy.rewriteClient(undefined);
    await dovecot.append('hotro', 'INBOX', [mail(4)]);
    await until(() => seen.length >= 4);
    await dovecot.append('hotro', 'INBOX', [mail(5)]);
    await until(() => seen.length >= 5);
    expect(subjects().toSorted()).toEqual(numbered(5));
  });

  it('at one mail whenever it is fetched sets that mail aside with its head and goes on', async () => {
    await dovecot.append(
      'hotro',
      'INBOX',
      Array.from({ length: 5 }, (_, i) => mail(i + 1).replace('3 Mar', `${i + 1} Mar`)),
    );
    // A head alone does not hold the body's words, so only whole mails are cut.
    const poisonous = mail(6).replace('Chào shop. ', 'Thuốc độc. ');
    await dovecot.append('hotro', 'INBOX', [poisonous, mail(7)]);
    proxy.cutOn('server', /Thu\xe1\xbb\x91c/, 1_000);
    service = await startEmailService({ databaseUrl: url, account: anAccount(proxy.port) });
    await settledAt(7);
    await until(() => seen.length >= 7);
    expect(subjects()).toEqual(numbered(7));
    expect(seen.map(({ data }) => data.flags?.includes('unreadable'))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(seen[5]!.data.attachments).toMatchObject([{ state: 'pending', source: 'imap' }]);
  });
});
