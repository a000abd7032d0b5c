import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { inboundTopic, receiptsTopic, TOPICS, type InboundEvent, type InboundType } from '@app/contracts';
import { CLOCK, HealthRegistry, KernelModule, loadConfig, Metrics, type ChannelAccount, type Clock } from '@app/kernel';
import { createLogStream, PersistenceModule } from '@app/persistence';
import { createHttpAdapter } from '@app/runtime';
import { StreamModule, type Stream } from '@app/stream';
import { JoinPartsService } from '../../apps/sms/src/join-parts/join-parts.service.js';
import { SmsModule } from '../../apps/sms/src/sms.module.js';
import { SMSC_WAITS } from '../../apps/sms/src/smpp/bind-smscs.service.js';
import type { SmscTimes } from '../../apps/sms/src/smpp/smsc-worker.js';

/** As in production, but impatient. */
const TIMES: SmscTimes = {
  connectMs: 5_000,
  answerMs: 5_000,
  enquireMs: 60_000,
  unbindMs: 1_000,
  standbyMs: 20,
  backOff: { firstMs: 10, maxMs: 50, loginMs: 100 },
};

/** One running copy of the SMS service. */
export interface SmsService {
  readonly url: string;
  readonly health: HealthRegistry;
  readonly joiner: JoinPartsService;
  stop(): Promise<void>;
}

/** Starts a copy of the service on a database whose migrations have run. */
export async function startSmsService(options: {
  readonly databaseUrl: string;
  readonly accounts: readonly ChannelAccount[];
  readonly clock: Clock;
  /** Changes the stream that the service appends to. */
  readonly wrap?: (stream: Stream) => Stream;
}): Promise<SmsService> {
  const logger = pino({ level: 'silent' });
  const stream = createLogStream({ url: options.databaseUrl, logger, clientId: 'test-sms' });
  await stream.ensureTopics(TOPICS);
  const health = new HealthRegistry();
  const module = await Test.createTestingModule({
    imports: [
      KernelModule.forRoot({
        config: loadConfig({}),
        accounts: options.accounts,
        logger,
        installationSecret: 'a-secret-of-thirty-two-characters-or-more',
        metrics: new Metrics(),
        health,
      }),
      StreamModule.forRoot(options.wrap?.(stream) ?? stream),
      PersistenceModule.forRoot({ url: options.databaseUrl, applicationName: 'test-sms' }),
      SmsModule,
    ],
  })
    .overrideProvider(SMSC_WAITS)
    .useValue(TIMES)
    .overrideProvider(CLOCK)
    .useValue(options.clock)
    .compile();
  const application = module.createNestApplication<NestFastifyApplication>(createHttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await application.listen(0, '127.0.0.1');
  return {
    url: await application.getUrl(),
    health,
    joiner: application.get(JoinPartsService),
    stop: () => application.close(),
  };
}

/** Everything that is appended to the topics of SMS, in the order of reading; repeats are left out, as the unifier does. */
export async function collectSms(stream: Stream): Promise<InboundEvent[]> {
  const seen = new Map<string, InboundEvent>();
  const events: InboundEvent[] = [];
  await stream.ensureTopics(TOPICS);
  const topics = [inboundTopic('sms'), receiptsTopic('sms')];
  await stream.subscribe({ group: 'test', topics, service: 'test' }, async ({ records }) => {
    for (const { value, headers } of records) {
      const id = headers['ce_id']!;
      const type = headers['ce_type'] as InboundType;
      const event = { id, type, data: JSON.parse(String(value)) as never } as InboundEvent;
      if (!seen.has(id)) events.push(event);
      seen.set(id, event);
    }
  });
  return events;
}
