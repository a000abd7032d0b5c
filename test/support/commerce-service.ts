import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { pino } from 'pino';
import { TOPICS, type InboundEvent } from '@app/contracts';
import { HealthRegistry, KernelModule, loadConfig, Metrics, type ChannelAccount } from '@app/kernel';
import { createLogStream, PersistenceModule } from '@app/persistence';
import { createHttpAdapter } from '@app/runtime';
import { StreamModule, type OutgoingRecord, type Stream } from '@app/stream';
import { CommerceModule } from '../../apps/commerce/src/commerce.module.js';
import { TEST_SECRET } from './unifier.js';

/** One running copy of the commerce service. */
export interface CommerceService {
  /** Where its doors are. */
  readonly url: string;
  /** Events that were appended, in order; whatever else was is a dead letter. */
  readonly appended: InboundEvent[];
  stop(): Promise<void>;
}

const toEvent = ({ headers, value }: OutgoingRecord): InboundEvent =>
  ({ id: headers['ce_id'], type: headers['ce_type'], data: JSON.parse(String(value)) as unknown }) as InboundEvent;

/**
 * Starts a copy of the service on a database whose migrations have run.
 *
 * @param options.refuse called before an append; what it throws is what the stream says
 */
export async function startCommerceService(options: {
  readonly databaseUrl: string;
  readonly account: ChannelAccount;
  readonly refuse?: () => void;
}): Promise<CommerceService> {
  const { databaseUrl, account, refuse } = options;
  const logger = pino({ level: 'silent' });
  const appended: InboundEvent[] = [];
  const log = createLogStream({ url: databaseUrl, logger, clientId: 'test-commerce' });
  await log.ensureTopics(TOPICS);
  const stream = Object.assign(Object.create(log) as Stream, {
    append: async (records: readonly OutgoingRecord[]): Promise<void> => {
      await Promise.resolve();
      refuse?.();
      appended.push(...records.map(toEvent));
    },
  });
  const module = await Test.createTestingModule({
    imports: [
      KernelModule.forRoot({
        config: loadConfig({}),
        accounts: [account],
        logger,
        installationSecret: TEST_SECRET,
        metrics: new Metrics(),
        health: new HealthRegistry(),
      }),
      StreamModule.forRoot(stream),
      PersistenceModule.forRoot({ url: databaseUrl, applicationName: 'test-commerce' }),
      CommerceModule,
    ],
  }).compile();
  const application = module.createNestApplication<NestFastifyApplication>(createHttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  await application.listen(0, '127.0.0.1');
  return { url: await application.getUrl(), appended, stop: () => application.close() };
}
