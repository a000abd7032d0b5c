import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { pino } from 'pino';
import { inboundTopic, TOPICS, type MessageReceived } from '@app/contracts';
import { HealthRegistry, KernelModule, loadConfig, Metrics, type ChannelAccount } from '@app/kernel';
import { createLogStream, PersistenceModule } from '@app/persistence';
import { createHttpAdapter } from '@app/runtime';
import { StreamModule, type Stream } from '@app/stream';
import { EmailModule } from '../../apps/email/src/email.module.js';
import { ASK_DNS, type AskDns } from '../../apps/email/src/check-signatures/published-records.js';
import type { WorkerTimes } from '../../apps/email/src/pull-mailbox/mailbox-worker.js';
import { MAILBOX_TIMES } from '../../apps/email/src/pull-mailbox/pull-mailboxes.service.js';

const SECRET = 'a-secret-of-thirty-two-characters-or-more';
/** As in production, but impatient. */
const TIMES: WorkerTimes = {
  backOff: { firstMs: 20, maxMs: 100, loginMs: 200 },
  standbyMs: 50,
  settleMs: 20,
  lateMs: 3_600_000,
  stopMs: 2_000,
};

const nothingPublished: AskDns = () =>
  Promise.reject(Object.assign(new Error('queryTxt ENOTFOUND'), { code: 'ENOTFOUND' }));

/** An event as read from the stream. */
export interface SeenEvent {
  readonly id: string;
  readonly key: string | null;
  readonly data: MessageReceived;
}

/** One running copy of the e-mail service. */
export interface EmailService {
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  /** Log lines so far. */
  readonly log: readonly string[];
  /** Where its doors are. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A mailbox of a test. */
export function anAccount(port: number, over: Record<string, unknown> = {}): ChannelAccount {
  return {
    id: 'hotro',
    channel: 'email',
    provider: 'imap',
    externalId: 'hotro@shop.example.vn',
    settings: { imap: { host: '127.0.0.1', port, secure: false }, history: 'all', poll_seconds: 3_600, ...over },
    secrets: { user: 'hotro', password: 'mat-khau' },
  };
}

/** Starts a copy of the service on a database whose migrations have run. */
export async function startEmailService(options: {
  readonly databaseUrl: string;
  readonly account: ChannelAccount;
  /** Changes the stream that the service appends to. */
  readonly wrap?: (stream: Stream) => Stream;
  readonly times?: Partial<WorkerTimes>;
  /** Answers questions for keys; nothing is published unless given. */
  readonly dns?: AskDns;
}): Promise<EmailService> {
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const stream = createLogStream({ url: options.databaseUrl, logger, clientId: 'test-email' });
  await stream.ensureTopics(TOPICS);
  const metrics = new Metrics();
  const health = new HealthRegistry();
  const kernel = {
    config: loadConfig({}),
    accounts: [options.account],
    logger,
    installationSecret: SECRET,
    metrics,
    health,
  };
  const module: TestingModule = await Test.createTestingModule({
    imports: [
      KernelModule.forRoot(kernel),
      StreamModule.forRoot(options.wrap?.(stream) ?? stream),
      PersistenceModule.forRoot({ url: options.databaseUrl, applicationName: 'test-email' }),
      EmailModule,
    ],
  })
    .overrideProvider(MAILBOX_TIMES)
    .useValue({ ...TIMES, ...options.times })
    .overrideProvider(ASK_DNS)
    .useValue(options.dns ?? nothingPublished)
    .compile();
  const application = module.createNestApplication<NestFastifyApplication>(createHttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await application.listen(0, '127.0.0.1');
  return { url: await application.getUrl(), metrics, health, log, stop: () => application.close() };
}

/** Everything that is appended to the topic of mails, in the order of reading. */
export async function collectEvents(stream: Stream): Promise<SeenEvent[]> {
  const seen: SeenEvent[] = [];
  await stream.ensureTopics(TOPICS);
  await stream.subscribe({ group: 'test', topics: [inboundTopic('email')], service: 'test' }, async ({ records }) => {
    for (const { key, value, headers } of records) {
      seen.push({ id: headers['ce_id']!, key, data: JSON.parse(String(value)) as MessageReceived });
    }
  });
  return seen;
}

/** Waits for a condition. @throws Error after `timeoutMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: () => string = () => 'the condition',
  timeoutMs = 30_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not in time: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
