import { PUBLIC_TOPICS } from '@app/contracts';
import type { Database } from '@app/persistence';
import { auditStore, auditTopic } from '../support/audit.js';
import { killInTurn, type Victim } from '../support/chaos.js';
import { Installation, streamKinds, type ServiceName } from '../support/installation.js';
import { planTraffic, Traffic } from '../support/ledger.js';
import { testAccounts, TEST_PROVIDERS, type TestProvider } from '../support/providers.js';
import { describeUnless } from '../support/skips.js';
import { Standalone } from '../support/standalone.js';
import type { TimelineClient } from '../support/timeline-client.js';
import { readTextTopic, type StreamPlace } from '../support/topic-reader.js';
import { until } from '../support/until.js';

const MESSAGES = Number(process.env['OMNILINE_CHAOS_MESSAGES'] ?? 20_000);
const PEOPLE = 40;
const CONNECTIONS = 24;
const START_TIMEOUT_MS = 240_000;
const RUN_TIMEOUT_MS = 420_000;
/** From the last acknowledgement until the last entry is published. */
const SETTLES_WITHIN_MS = 120_000;

const tell = (line: string): void => void process.stdout.write(`  ${line}\n`);

/** What the checks at the end look at. */
interface Scene {
  readonly urlOf: (provider: TestProvider) => string;
  readonly victims: readonly Victim[];
  readonly database: () => Promise<Database>;
  readonly place: () => Promise<StreamPlace>;
  readonly client: TimelineClient;
}

/** Sends everything while the victims die in turn, waits until it has settled, and checks every promise. */
async function expectPromisesKept({ urlOf, victims, database, place, client }: Scene): Promise<void> {
  const startAt = new Date(Date.now() - 3_600_000);
  const deliveries = planTraffic({ providers: TEST_PROVIDERS, messages: MESSAGES, people: PEOPLE, startAt });
  const traffic = new Traffic({ deliveries, urlOf, connections: CONNECTIONS });
  const began = Date.now();
  const running = traffic.run();
  try {
    await killInTurn(traffic, victims, tell);
    await running;
  } finally {
    traffic.stop();
  }
  tell(`${((Date.now() - began) / 1_000).toFixed(1)} s: all ${traffic.accepted.size} accepted`);
  expect(traffic.accepted.size).toBe(MESSAGES);

  const store = await database();
  const settled = async (): Promise<boolean> => {
    const [row] = await store.query<{ done: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM outbox) AND (SELECT published >= last_position FROM relay_state)
         AND (SELECT count(*) FROM entry) >= $1 AS done`,
      [MESSAGES],
    );
    return row?.done === true;
  };
  // What is missing is told by the audit below, in full.
  await until(settled, SETTLES_WITHIN_MS).catch(() => tell('It did not settle in time'));
  tell(`${((Date.now() - began) / 1_000).toFixed(1)} s: settled`);

  expect(await auditStore(store, traffic.accepted)).toEqual({
    entries: MESSAGES,
    lost: [],
    strange: [],
    outbox: 0,
    wrongCounters: 0,
    identitiesWithoutCustomer: 0,
    customers: PEOPLE * TEST_PROVIDERS.length,
    pendingChanges: 0,
  });
  const topic = auditTopic(await readTextTopic(await place(), PUBLIC_TOPICS.timeline));
  tell(`${topic.appended} entries on the topic, ${topic.repeats} records repeated`);
  expect(topic).toMatchObject({ appended: MESSAGES, announcedTwice: 0, gaps: [], unequalRepeats: 0 });

  for (const provider of TEST_PROVIDERS) {
    const [customer] = await client.customersOf(provider.identityOf(1));
    const timeline = await client.timeline(customer!.customer_id);
    expect(timeline).toHaveLength(customer!.counts.entries);
    const times = timeline.map(({ occurred_at: at }) => at);
    expect(times).toEqual([...times].sort().reverse());
  }
  tell(`${((Date.now() - began) / 1_000).toFixed(1)} s: checked`);
}

/** A test whose failure shows the ends of all logs. */
async function explained(logs: () => string, test: () => Promise<void>): Promise<void> {
  try {
    await test();
  } catch (error) {
    process.stderr.write(logs());
    throw error;
  }
}

const serviceVictim = (installation: Installation, name: ServiceName, copy = 1): Victim => {
  const service = installation.service(name, copy);
  return { name: service.name, kill: () => service.kill9(), revive: () => service.launch() };
};

function victimsOf(installation: Installation): Victim[] {
  const { broker, postgres } = installation;
  const server: Victim = {
    name: 'PostgreSQL',
    kill: () => postgres.kill9Postmaster(),
    revive: () => postgres.restart(),
  };
  return [
    serviceVictim(installation, 'chat'),
    serviceVictim(installation, 'unifier'),
    serviceVictim(installation, 'sms'),
    serviceVictim(installation, 'timeline'),
    ...(broker === undefined
      ? []
      : [{ name: 'Kafka', kill: () => broker.kill9(), revive: () => broker.restart() } satisfies Victim]),
    serviceVictim(installation, 'social'),
    server,
    // One of the two unifiers holds the relay: both have died by now.
    serviceVictim(installation, 'unifier', 2),
  ];
}

for (const { kind, unavailable } of streamKinds()) {
  const foreign =
    process.env['KAFKA_BROKERS'] || process.env['DATABASE_URL'] ? 'servers of others are not killed' : undefined;
  describeUnless(unavailable ?? foreign)(`Killing each process with -9, stream: ${kind}`, () => {
    let installation: Installation;

    beforeAll(async () => {
      const copies = { chat: 1, sms: 1, social: 1, unifier: 2, timeline: 1 };
      installation = await Installation.start({ stream: kind, accounts: testAccounts(), copies });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await installation.stop();
    }, 120_000);

    it(
      'keeps every accepted message exactly once',
      async () => {
        const { broker, database, databaseUrl } = installation;
        await explained(
          () => installation.logs(),
          () =>
            expectPromisesKept({
              urlOf: ({ service }) => installation.urlOf(service),
              victims: victimsOf(installation),
              database: async () => database,
              place: async () => ({ databaseUrl, ...(broker === undefined ? {} : { brokers: broker.brokers }) }),
              client: installation.client(),
            }),
        );
      },
      RUN_TIMEOUT_MS,
    );
  });
}

describe('Killing the standalone process with -9', () => {
  let standalone: Standalone;

  beforeAll(async () => {
    standalone = new Standalone(testAccounts());
    await standalone.start();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await standalone.stop();
  }, 120_000);

  it(
    'keeps every accepted message exactly once',
    async () => {
      const itself: Victim = { name: 'standalone', kill: () => standalone.kill9(), revive: () => standalone.start() };
      const server: Victim = {
        name: 'PostgreSQL',
        kill: () => standalone.crashDatabase(),
        revive: async () => undefined,
      };
      await explained(
        () => standalone.log,
        () =>
          expectPromisesKept({
            urlOf: () => standalone.url,
            victims: [itself, server, itself],
            database: () => standalone.database(),
            place: async () => ({ databaseUrl: await standalone.databaseUrl() }),
            client: standalone.client(),
          }),
      );
    },
    RUN_TIMEOUT_MS,
  );
});
