import { createLogStream, Database, MailboxCheckpointRepository, migrate } from '@app/persistence';
import type { Stream } from '@app/stream';
import { SIGNED_MAIL, SIGNED_MAIL_RECORDS } from '@app/testkit';
import { pino } from 'pino';
import type { AskDns } from '../../apps/email/src/check-signatures/published-records.js';
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

const failing =
  (code: string): AskDns =>
  () =>
    Promise.reject(Object.assign(new Error(`queryTxt ${code}`), { code }));
const published: AskDns = (name) =>
  SIGNED_MAIL_RECORDS[name] === undefined ? failing('ENOTFOUND')(name) : Promise.resolve([[SIGNED_MAIL_RECORDS[name]]]);

describeWithServer('a mailbox whose signatures are checked', () => {
  let postgres: TestPostgres;
  let dovecot: DovecotServer;
  let url: string;
  let database: Database;
  let stream: Stream;
  let seen: SeenEvent[];
  let service: EmailService | undefined;

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

  const forged = SIGNED_MAIL.toString('latin1').replace('<b@khach', '<giam-doc@khach');
  const take = async (dns: AskDns, settings: Record<string, unknown>): Promise<readonly SeenEvent[]> => {
    await dovecot.append('hotro', 'INBOX', [SIGNED_MAIL, Buffer.from(forged, 'latin1')]);
    service = await startEmailService({ databaseUrl: url, account: anAccount(dovecot.port, settings), dns });
    await until(async () => {
      const name = { accountId: 'hotro', folder: 'INBOX' };
      const state = await new MailboxCheckpointRepository<MailboxState>(database).read(name);
      return state?.lastUid === 2 && state.history === undefined;
    });
    await until(() => seen.length >= 2);
    return seen;
  };

  it('tells the mail that its domain signed from the one that it did not', async () => {
    const [genuine, forgery] = await take(published, { check_signatures: true });
    expect(genuine!.data.identity).toMatchObject({ kind: 'email', value: 'b@khachhang.example', authenticity: 'A2' });
    expect(genuine!.data.mail?.authentication).toEqual({ dkim: 'pass', dmarc: 'pass' });
    expect(forgery!.data.identity).toMatchObject({ kind: 'email_unverified', authenticity: 'A1' });
    expect(forgery!.data.flags).toContain('dmarc_fail');
    expect(await service!.metrics.mailChecks.get()).toMatchObject({
      values: [{ labels: { account: 'hotro', outcome: 'checked' }, value: 2 }],
    });
  });

  it('takes everything in, unverified, while DNS does not answer', async () => {
    const [genuine] = await take(failing('ETIMEOUT'), { check_signatures: true });
    expect(genuine!.data.identity).toMatchObject({ kind: 'email_unverified', authenticity: 'A1' });
    expect(genuine!.data.mail?.authentication).toEqual({ dkim: 'temperror' });
    expect(genuine!.data.flags ?? []).not.toContain('dmarc_fail');
  });

  it('asks nothing unless it is wanted', async () => {
    const asked: string[] = [];
    const dns: AskDns = async (name) => {
      asked.push(name);
      return await published(name);
    };
    const [genuine] = await take(dns, {});
    expect(asked).toEqual([]);
    expect(genuine!.data.identity).toMatchObject({ kind: 'email_unverified' });
  });
});
