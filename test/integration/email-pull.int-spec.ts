import { StreamUnavailableError } from '@app/kernel';
import { BlobRepository, createLogStream, Database, MailboxCheckpointRepository, migrate } from '@app/persistence';
import type { Stream } from '@app/stream';
import { pino } from 'pino';
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

/** A mail of one customer; the number is its subject. */
const mail = (number: number, from = 'buoi@khach.example'): string =>
  `From: "Trần Thị Bưởi" <${from}>\r\nTo: hotro@shop.example.vn\r\nSubject: Thư ${number}\r\n` +
  `Date: Tue, 3 Mar 2026 10:05:12 +0700\r\nMessage-ID: <m${number}@khach.example>\r\n\r\nBí mật ${number}\r\n`;
const mails = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => mail(first + i));
const subjects = (events: readonly SeenEvent[]): (string | undefined)[] =>
  events.map(({ data }) => data.content.subject);
const numbered = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `Thư ${first + i}`);

describeWithServer('pulling a mailbox', () => {
  let postgres: TestPostgres;
  let dovecot: DovecotServer;
  let url: string;
  let database: Database;
  let stream: Stream;
  let seen: SeenEvent[];
  let services: EmailService[] = [];

  const start = async (
    over: Record<string, unknown> = {},
    options: Partial<Parameters<typeof startEmailService>[0]> = {},
  ): Promise<EmailService> => {
    const service = await startEmailService({ databaseUrl: url, account: anAccount(dovecot.port, over), ...options });
    services.push(service);
    return service;
  };
  const stop = async (service: EmailService): Promise<void> => {
    services = services.filter((other) => other !== service);
    await service.stop();
  };
  const checkpoint = (folder = 'INBOX'): Promise<MailboxState | undefined> =>
    new MailboxCheckpointRepository<MailboxState>(database).read({ accountId: 'hotro', folder });
  const arrived = (count: number): Promise<void> =>
    until(
      () => seen.length >= count,
      () => `${seen.length} of ${count} events`,
    );
  const settledAt = (uid: number, folder = 'INBOX'): Promise<void> =>
    until(async () => {
      const state = await checkpoint(folder);
      return state?.lastUid === uid && state.history === undefined;
    });

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
    await Promise.all(services.map((service) => service.stop()));
    services = [];
    await stream.close();
    await database.close();
    await dovecot.stop();
  });

  it('fetches 2,000 mails that lay there, in order, as history, and says how far it is', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 2_000));
    const service = await start();
    await arrived(2_000);
    await settledAt(2_000);
    expect(subjects(seen)).toEqual(numbered(1, 2_000));
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(seen.every(({ data }) => data.flags?.includes('backfill'))).toBe(true);
    const progress = service.log
      .map((line) => JSON.parse(line) as { percent?: number })
      .flatMap(({ percent }) => percent ?? []);
    expect(progress).toEqual([25, 50, 75, 100]);
    expect(service.log.join('')).not.toMatch(/Bí mật|khach\.example|Thư \d/);
    expect(await service.metrics.eventsAccepted.get()).toMatchObject({ values: [{ value: 2_000 }] });
  }, 120_000);

  it('leaves mail unread and stores its original bytes before the event', async () => {
    const [uid] = await dovecot.append('hotro', 'INBOX', [mail(1)]);
    const blobs = new BlobRepository(database);
    const stored: boolean[] = [];
    const wrap = (real: Stream): Stream => ({
      ...real,
      async append(records, options) {
        for (const { value } of records) {
          const { raw } = JSON.parse(String(value)) as SeenEvent['data'];
          stored.push((await blobs.get(raw.data.replace(/^blob:/, ''))) !== undefined);
        }
        await real.append(records, options);
      },
    });
    await start({}, { wrap });
    await arrived(1);
    expect(stored).toEqual([true]);
    const client = await dovecot.connect('hotro');
    const lock = await client.getMailboxLock('INBOX', { readOnly: true });
    const row = await client.fetchOne(String(uid), { flags: true }, { uid: true });
    lock.release();
    await client.logout();
    expect(row && [...(row.flags ?? [])].includes('\\Seen')).toBe(false);
    const { data } = seen[0]!.data.raw;
    const blob = await blobs.get(data.replace(/^blob:/, ''));
    expect(blob).toMatchObject({ mediaType: 'message/rfc822' });
    expect(blob!.bytes.toString()).toBe(mail(1));
  });

  it('sees new mail within two seconds by IDLE, without a poll', async () => {
    await start();
    await settledAt(0);
    for (const number of [1, 2, 3]) {
      await dovecot.append('hotro', 'INBOX', [mail(number)]);
      const begin = performance.now();
      await arrived(number);
      expect(performance.now() - begin).toBeLessThan(2_000);
    }
    expect(subjects(seen)).toEqual(numbered(1, 3));
    expect(seen.some(({ data }) => data.flags?.includes('backfill'))).toBe(false);
  });

  it('goes on after a restart where it was', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 5));
    const first = await start();
    await arrived(5);
    await settledAt(5);
    await stop(first);
    await dovecot.append('hotro', 'INBOX', mails(6, 8));
    await start();
    await arrived(8);
    await settledAt(8);
    expect(subjects(seen)).toEqual(numbered(1, 8));
  });

  it.each([
    ['none', numbered(3, 3)],
    ['2026-03-02', numbered(2, 3)],
  ])('with history %s fetches only what belongs to it', async (history, expected) => {
    await dovecot.append('hotro', 'INBOX', [mail(1)], new Date('2026-02-01T00:00:00Z'));
    await dovecot.append('hotro', 'INBOX', [mail(2)], new Date('2026-03-02T09:00:00Z'));
    await start({ history });
    await settledAt(2);
    await dovecot.append('hotro', 'INBOX', [mail(3)]);
    await settledAt(3);
    await arrived(expected.length);
    expect(subjects(seen)).toEqual(expected);
  });

  it('repeats equal ids when the answer of the stream was lost, and the checkpoint did not move', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 3));
    let lost = 0;
    let before: MailboxState | undefined;
    const wrap = (real: Stream): Stream => ({
      ...real,
      async append(records, options) {
        await real.append(records, options);
        if (lost++ > 0) return;
        before = await checkpoint();
        throw new StreamUnavailableError('the answer was lost');
      },
    });
    await start({}, { wrap });
    await settledAt(3);
    await arrived(6);
    expect(before?.history?.next).toBe(1);
    const ids = seen.map(({ id }) => id);
    expect(ids.slice(3)).toEqual(ids.slice(0, 3));
    expect(new Set(ids).size).toBe(3);
  });

  it('waits while the stream is away, loses nothing and warns once', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 3));
    let away = true;
    let attempts = 0;
    const wrap = (real: Stream): Stream => ({
      ...real,
      async append(records, options) {
        attempts++;
        if (away) throw new StreamUnavailableError('away');
        await real.append(records, options);
      },
    });
    const service = await start({}, { wrap });
    await until(() => attempts >= 4);
    expect((await checkpoint())?.history?.next).toBe(1);
    expect(await service.health.report()).toMatchObject({
      ok: true,
      checks: { 'mailbox hotro/INBOX': { detail: expect.stringMatching(/^away \(stream_unavailable\)/) } },
    });
    away = false;
    await settledAt(3);
    await arrived(3);
    expect(subjects(seen)).toEqual(numbered(1, 3));
    expect(service.log.filter((line) => line.includes('"level":40'))).toHaveLength(1);
  });

  it('goes on after PostgreSQL was killed and came back', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 3));
    await start();
    await settledAt(3);
    await arrived(3);
    await postgres.kill9Postmaster();
    await dovecot.append('hotro', 'INBOX', mails(4, 6));
    await postgres.restart();
    await settledAt(6);
    await until(() => new Set(seen.map(({ id }) => id)).size === 6);
    expect([...new Set(subjects(seen))]).toEqual(numbered(1, 6));
  });

  it('fetches again with equal ids after the server renumbered the folder', async () => {
    const client = await dovecot.connect('hotro');
    await client.mailboxCreate('Khach');
    await dovecot.append('hotro', 'Khach', mails(1, 3));
    const first = await start({ mailbox: 'Khach' });
    await settledAt(3, 'Khach');
    await arrived(3);
    const before = (await checkpoint('Khach'))!.uidValidity;
    await stop(first);
    await client.mailboxDelete('Khach');
    await client.mailboxCreate('Khach');
    await client.logout();
    await dovecot.append('hotro', 'Khach', [mail(2), mail(9), mail(1)]);
    const second = await start({ mailbox: 'Khach' });
    await settledAt(3, 'Khach');
    await until(() => subjects(seen).includes('Thư 9'));
    expect((await checkpoint('Khach'))!.uidValidity).not.toBe(before);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(4);
    expect(second.log.join('')).toContain('The server renumbered the mailbox');
    expect(seen.find(({ data }) => data.content.subject === 'Thư 9')!.data.flags).toBeUndefined();
  });

  it('makes one event of copies in two folders and two of different mails under one Message-ID', async () => {
    const client = await dovecot.connect('hotro');
    await client.mailboxCreate('Luu tru');
    await client.logout();
    const other = mail(1).replace('Bí mật', 'Lời khác');
    await dovecot.append('hotro', 'INBOX', [mail(1), mail(1), other]);
    await dovecot.append('hotro', 'Luu tru', [mail(1)]);
    await start({ watch: ['Luu tru'] });
    await arrived(4);
    const ids = seen.map(({ id, data }) => `${id} ${data.content.text}`);
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps broken mails whole and goes on behind them', async () => {
    const broken = 'không có tiêu đề, chỉ có chữ';
    const parts = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: image/png\r\n\r\nx\r\n'.repeat(1_500)}`;
    await dovecot.append('hotro', 'INBOX', [mail(1), broken, mail(2), parts, mail(3)]);
    const service = await start();
    await arrived(5);
    await settledAt(5);
    expect(
      subjects(seen)
        .filter((subject) => subject !== undefined)
        .sort(),
    ).toEqual(numbered(1, 3));
    const unreadable = seen.filter(({ data }) => data.flags?.includes('unreadable'));
    expect(unreadable).toHaveLength(2);
    expect(service.log.filter((line) => line.includes('kept unread'))).toHaveLength(2);
    const kept = await Promise.all(
      unreadable.map(({ data }) =>
        new BlobRepository(database).get(data.attachments![0]!.locator.replace(/^blob:/, '')),
      ),
    );
    expect(kept.map((blob) => blob!.bytes.length)).toEqual(
      unreadable.map(({ data }) => data.attachments![0]!.size_bytes),
    );
  });

  it('reads the beginning of a mail over the limit and points to the rest', async () => {
    const large = mail(1).replace('Bí mật 1', `Bí mật 1\r\n${`${'x'.repeat(70)}\r\n`.repeat(20_000)}`);
    await dovecot.append('hotro', 'INBOX', [large, mail(2)]);
    await start({ max_mail_bytes: 1_048_576 });
    await arrived(2);
    expect(subjects(seen)).toEqual(numbered(1, 2));
    expect(seen[0]!.data.flags).toContain('size_limited');
    expect(seen[0]!.data.attachments).toMatchObject([
      { state: 'pending', source: 'imap', size_bytes: Buffer.byteLength(large) },
    ]);
    expect(seen[0]!.data.content.text).toMatch(/^Bí mật 1/);
  });

  it('lets one of two copies pull; the other takes over without doubling anything', async () => {
    await dovecot.append('hotro', 'INBOX', mails(1, 200));
    const copies = [await start(), await start()];
    await arrived(200);
    await settledAt(200);
    const conditions = await Promise.all(
      copies.map(
        async ({ health }) => (await health.report()).checks['mailbox hotro/INBOX']!.detail!.split(' since')[0],
      ),
    );
    expect([...conditions].sort()).toEqual(['another process pulls it', 'connected']);
    await stop(copies[conditions.indexOf('connected')]!);
    await dovecot.append('hotro', 'INBOX', mails(201, 205));
    await arrived(205);
    await settledAt(205);
    expect(subjects(seen)).toEqual(numbered(1, 205));
  });

  it('refuses the checkpoint that a former owner writes late', async () => {
    const checkpoints = new MailboxCheckpointRepository<{ lastUid: number }>(database);
    const name = { accountId: 'hotro', folder: 'INBOX' };
    const former = await checkpoints.claim(name);
    expect(await checkpoints.save(name, former.fencing, { lastUid: 1 })).toBe(true);
    const owner = await checkpoints.claim(name);
    expect(owner.state).toEqual({ lastUid: 1 });
    expect(await checkpoints.save(name, owner.fencing, { lastUid: 2 })).toBe(true);
    expect(await checkpoints.save(name, former.fencing, { lastUid: 9 })).toBe(false);
    expect(await checkpoints.read(name)).toEqual({ lastUid: 2 });
  });

  it('stays ready, says so and warns once while the server is away, and comes back by itself', async () => {
    const { port } = dovecot;
    await dovecot.stop();
    const service = await start();
    const detail = async (): Promise<string> => (await service.health.report()).checks['mailbox hotro/INBOX']!.detail!;
    await until(async () => (await detail()).startsWith('away (ECONNREFUSED)'));
    expect((await service.health.report()).ok).toBe(true);
    expect(service.log.filter((line) => line.includes('"level":40'))).toHaveLength(1);
    dovecot = await startDovecot([{ user: 'hotro', password: 'mat-khau' }], port);
    await dovecot.append('hotro', 'INBOX', [mail(1)]);
    await arrived(1);
    expect(await detail()).toMatch(/^connected since/);
  });
});
