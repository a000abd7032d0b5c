import { pino } from 'pino';
import { type ChannelAccount } from '@app/kernel';
import { createLogStream, migrate } from '@app/persistence';
import { ImapServer, TokenServer } from '@app/simulators';
import type { Stream } from '@app/stream';
import {
  anAccount,
  collectEvents,
  startEmailService,
  until,
  type EmailService,
  type SeenEvent,
} from '../support/email-service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

const mail = (number: number): Buffer =>
  Buffer.from(
    `From: buoi@khach.example\r\nTo: hotro@shop.example.vn\r\nSubject: Thư ${number}\r\n` +
      `Message-ID: <m${number}@khach.example>\r\n\r\nChào shop\r\n`,
  );

describe('a mailbox that is opened with access tokens', () => {
  let postgres: TestPostgres;
  let url: string;
  let tokens: TokenServer;
  let mailbox: ImapServer;
  let stream: Stream;
  let seen: SeenEvent[];
  let services: EmailService[];

  const account = (): ChannelAccount => ({
    ...anAccount(mailbox.port, { oauth: { token_url: tokens.url } }),
    secrets: { user: 'hotro', client_id: 'ung-dung', refresh_token: 'refresh-0' },
  });
  const start = async (): Promise<EmailService> => {
    const service = await startEmailService({ databaseUrl: url, account: account() });
    services.push(service);
    return service;
  };
  const startMailbox = async (mechanism: 'XOAUTH2' | 'OAUTHBEARER'): Promise<void> => {
    const credentials = { user: 'hotro', password: 'khong-dung', oauth: { mechanism, tokens: tokens.tokens } };
    mailbox = await ImapServer.start({ credentials });
  };
  const condition = async (service: EmailService): Promise<string> =>
    (await service.health.report()).checks['mailbox hotro/INBOX']?.detail ?? '';
  const arrived = (count: number): Promise<void> => until(() => seen.length >= count);

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    await migrate(url);
    stream = createLogStream({ url, logger: pino({ level: 'silent' }), clientId: 'test' });
    seen = await collectEvents(stream);
    tokens = await TokenServer.start('refresh-0');
    services = [];
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await stream.close();
    await mailbox.stop();
    await tokens.stop();
  });

  it.each(['XOAUTH2', 'OAUTHBEARER'] as const)(
    'by %s is pulled, and connects again with the same token',
    async (how) => {
      await startMailbox(how);
      mailbox.inbox.append(mail(1));
      await start();
      await arrived(1);
      mailbox.cutLines();
      mailbox.inbox.append(mail(2));
      await arrived(2);
      expect(tokens.requests).toHaveLength(1);
    },
  );

  it('gets a new token at once when the server no longer takes the cached one', async () => {
    await startMailbox('XOAUTH2');
    await start();
    await until(() => mailbox.clientCount > 0 && tokens.tokens.size === 1);
    tokens.tokens.clear();
    mailbox.cutLines();
    mailbox.inbox.append(mail(1));
    await arrived(1);
    expect(tokens.requests.map((form) => form.get('refresh_token'))).toEqual(['refresh-0', 'refresh-1']);
  });

  it('says that its token is refused, waits as after a refused login, and is back when it is good', async () => {
    await startMailbox('XOAUTH2');
    mailbox.inbox.append(mail(1));
    tokens.mood = 'refuses';
    const service = await start();
    await until(async () => (await condition(service)).includes('away (token refused: invalid_grant)'));
    expect((await service.health.report()).ok).toBe(true);
    // Each wait is 200 ms at least: asking without a wait would make hundreds in the time of three.
    const [asked, since] = [tokens.requests.length, Date.now()];
    await until(() => tokens.requests.length >= asked + 3);
    expect(Date.now() - since).toBeGreaterThan(400);
    tokens.mood = 'gives';
    await arrived(1);
    expect(service.log.join('')).not.toMatch(/refresh-|token-\d/);
  });

  it('tells a token server that is away apart, and comes back by itself', async () => {
    await startMailbox('XOAUTH2');
    mailbox.inbox.append(mail(1));
    tokens.mood = 'fails';
    const service = await start();
    await until(async () => (await condition(service)).includes('away (provider_unavailable)'));
    tokens.mood = 'gives';
    await arrived(1);
  });

  it('goes on with the stored refresh token when the service starts anew', async () => {
    await startMailbox('XOAUTH2');
    mailbox.inbox.append(mail(1));
    await start();
    await arrived(1);
    await services.pop()!.stop();
    tokens.tokens.clear();
    mailbox.inbox.append(mail(2));
    await start();
    await arrived(2);
    expect(tokens.requests.map((form) => form.get('refresh_token'))).toEqual(['refresh-0', 'refresh-1']);
  });
});
