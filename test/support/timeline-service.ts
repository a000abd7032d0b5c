import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { InboundEvent } from '@app/contracts';
import { createLogger, HealthRegistry, KernelModule, loadConfig, Metrics } from '@app/kernel';
import { Database, EventSignal, migrate, PersistenceModule, RelayRepository } from '@app/persistence';
import { createHttpAdapter } from '@app/runtime';
import { aBatch } from '@app/testkit';
import { TEST_SECRET, unifierOn } from './unifier.js';
import {
  DEFAULT_STREAM_SETTINGS,
  STREAM_SETTINGS,
  type StreamSettings,
} from '../../apps/timeline/src/events/live-readers.js';
import { TimelineModule } from '../../apps/timeline/src/timeline.module.js';
import { renderEvents } from '../../apps/unifier/src/relay/render-events.js';

export const API_KEY = 'khoa-thu-nghiem-0001';
export const SECOND_API_KEY = 'khoa-thu-nghiem-0002';

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON of some kind, else the text. */
  readonly body: never;
  readonly text: string;
}

/** The timeline service on a free port, and the unifier's own code to fill its database. */
export interface TimelineService {
  readonly url: string;
  readonly database: Database;
  /** Lines that the service logged. */
  readonly logged: readonly string[];
  /** Merges events as the unifier does, without publishing them. */
  unify(...events: readonly InboundEvent[]): Promise<void>;
  /** Publishes what was merged; returns how many events that made. */
  relay(): Promise<number>;
  get(path: string, init?: RequestInit): Promise<Answer>;
  /** Readers of events that wait for the next one. */
  waiting(): number;
  /** Empties the database and the log. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

function parse(text: string, type: string): never {
  return (/json\b/.test(type) && !type.includes('ndjson') ? JSON.parse(text) : text) as never;
}

async function startApplication(
  url: string,
  logged: string[],
  settings: Partial<StreamSettings>,
  environment: Readonly<Record<string, string>>,
) {
  const logger = createLogger({ level: 'silent', service: 'test' });
  logger.level = 'trace';
  const capture = (...line: readonly unknown[]): void => void logged.push(JSON.stringify(line));
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level] = capture;
  const module = await Test.createTestingModule({
    imports: [
      KernelModule.forRoot({
        config: loadConfig({ OMNILINE_API_KEY: `${API_KEY},${SECOND_API_KEY}`, ...environment }),
        accounts: [],
        logger,
        installationSecret: TEST_SECRET,
        metrics: new Metrics(),
        health: new HealthRegistry(),
      }),
      PersistenceModule.forRoot({ url, applicationName: 'timeline-test' }),
      TimelineModule,
    ],
  })
    .overrideProvider(STREAM_SETTINGS)
    .useValue({ ...DEFAULT_STREAM_SETTINGS, ...settings })
    .compile();
  const application = module.createNestApplication<NestFastifyApplication>(createHttpAdapter(), { bodyParser: false });
  await application.listen({ host: '127.0.0.1', port: 0 });
  return application;
}

/** Migrates the database and starts the service on it. */
export async function startTimelineService(
  databaseUrl: string,
  settings: Partial<StreamSettings> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<TimelineService> {
  await migrate(databaseUrl);
  const logged: string[] = [];
  const application = await startApplication(databaseUrl, logged, settings, environment);
  const url = await application.getUrl();
  const database = Database.connect(databaseUrl, { applicationName: 'timeline-test-fill' });
  const unifier = unifierOn(database);
  const relay = new RelayRepository(database);
  return {
    url,
    database,
    logged,
    async unify(...events) {
      const { rejected } = await unifier.unify(aBatch(events));
      if (rejected.length > 0) throw new Error(`The unifier rejects: ${rejected[0]?.detail}`);
    },
    relay: () => relay.moveOutbox(1_000, (claim) => renderEvents(claim, new Date())),
    async get(path, init = {}) {
      const headers = { authorization: `Bearer ${API_KEY}`, ...(init.headers as Record<string, string>) };
      const response = await fetch(url + path, { ...init, headers });
      const text = await response.text();
      const body = parse(text, response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, text, body };
    },
    waiting: () => application.get(EventSignal).waiters,
    async reset() {
      await database.query(`TRUNCATE media_job, media_reference, identity_avatar, media_object, blob, blob_reference, customer_sequence, event, outbox, change, entry_alias, entry, conversation, fact, erasure,
        graph_log, link, identity, customer`);
      await database.query('UPDATE relay_state SET last_position = 0, published = 0');
      logged.length = 0;
    },
    async close() {
      await application.close();
      await database.close();
    },
  };
}
