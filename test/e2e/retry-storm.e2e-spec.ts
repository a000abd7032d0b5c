import { PUBLIC_TOPICS } from '@app/contracts';
import { auditStore, auditTopic } from '../support/audit.js';
import { Installation, streamKinds } from '../support/installation.js';
import { planTraffic, Traffic } from '../support/ledger.js';
import { isAccepted, tryPost } from '../support/post.js';
import { messenger, testAccounts, TEST_PROVIDERS, type TestProvider } from '../support/providers.js';
import { describeUnless } from '../support/skips.js';
import { readTextTopic } from '../support/topic-reader.js';
import { until } from '../support/until.js';

const COPIES = { chat: 2, sms: 2, social: 2, unifier: 2, timeline: 2 } as const;
const MESSAGES = 600;
const REPEATS = 5;
/** Few people: first messages of a new one arrive at several processes at once. */
const PEOPLE = 12;
const START_TIMEOUT_MS = 300_000;
const SETTLES_WITHIN_MS = 90_000;
const RELAY_LOCK = 0x6f6d6c10;

for (const { kind, unavailable } of streamKinds()) {
  describeUnless(unavailable)(`Two copies of every service, stream: ${kind}`, () => {
    let installation: Installation;
    const expected = new Set<string>();
    const people = new Set<string>();

    beforeAll(async () => {
      installation = await Installation.start({ stream: kind, accounts: testAccounts(), copies: COPIES });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await installation.stop();
    }, 120_000);

    const entries = async (): Promise<number> => {
      const [row] = await installation.database.query<{ n: number }>('SELECT count(*)::int AS n FROM entry');
      return row!.n;
    };
    const published = async (): Promise<boolean> => {
      const [row] = await installation.database.query<{ done: boolean }>(
        'SELECT NOT EXISTS (SELECT 1 FROM outbox) AND published >= last_position AS done FROM relay_state',
      );
      return row!.done;
    };
    /** Backend of the process that relays; undefined while nobody does. */
    const relayBackend = async (): Promise<number | undefined> => {
      const [row] = await installation.database.query<{ pid: number }>(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND granted`,
        [RELAY_LOCK],
      );
      return row?.pid;
    };
    const settle = async (): Promise<void> => {
      await until(async () => (await entries()) >= expected.size && (await published()), SETTLES_WITHIN_MS).catch(
        () => {
          throw new Error(`It did not settle: ${expected.size} expected\n${installation.logs()}`);
        },
      );
    };
    const expectOnce = async (): Promise<void> => {
      expect(await auditStore(installation.database, expected)).toMatchObject({
        entries: expected.size,
        lost: [],
        strange: [],
        outbox: 0,
        wrongCounters: 0,
        customers: people.size,
      });
    };

    it(
      'makes one entry of a webhook that is sent five times at once through both',
      async () => {
        const plan = planTraffic({
          providers: TEST_PROVIDERS,
          messages: MESSAGES,
          people: PEOPLE,
          startAt: new Date(Date.UTC(2026, 10, 20)),
        });
        // Neighbours in the list are under way at the same time.
        const storm = plan.flatMap((delivery) => Array.from({ length: REPEATS }, () => delivery));
        let turn = 0;
        const urlOf = ({ service }: TestProvider): string => installation.urlOf(service, 1 + ((turn += 1) % 2));
        const traffic = new Traffic({ deliveries: storm, urlOf, connections: 10 * REPEATS });
        traffic.allow(Number.POSITIVE_INFINITY);
        await traffic.run();
        for (const id of traffic.accepted) expected.add(id);
        for (const { provider, messages } of plan) {
          for (const { person } of messages) people.add(provider.identityOf(person));
        }
        expect(expected.size).toBe(MESSAGES);
        await settle();
        await expectOnce();
      },
      SETTLES_WITHIN_MS * 2,
    );

    it('shows the same through both copies of the timeline', async () => {
      for (const identity of people) {
        const timeline = await installation.client(1).timelineOf(identity);
        expect(timeline.length).toBeGreaterThan(0);
        expect(await installation.client(2).timelineOf(identity)).toEqual(timeline);
      }
    });

    it.each([1, 2])(
      'goes on when copy %i of the unifier is killed, whichever of them relays',
      async (copy) => {
        const service = installation.service('unifier', copy);
        await service.kill9();
        const first = 10_000 * copy;
        for (let n = first; n < first + 50; n += 1) {
          const message = {
            n,
            person: n % PEOPLE,
            text: `sau khi chết ${n}`,
            at: new Date(Date.UTC(2026, 10, 21) + n),
          };
          const request = messenger.messages([message]);
          await until(async () => isAccepted(await tryPost(installation.urlOf('chat', 1 + (n % 2)), request)));
          expected.add(messenger.entryIdOf(n));
          people.add(messenger.identityOf(message.person));
        }
        await settle();
        expect(await relayBackend()).toBeDefined();
        await expectOnce();
        await service.launch();
      },
      SETTLES_WITHIN_MS * 3,
    );

    it('published each entry once, in one order for each customer', async () => {
      const { databaseUrl, broker } = installation;
      const place = { databaseUrl, ...(broker === undefined ? {} : { brokers: broker.brokers }) };
      expect(auditTopic(await readTextTopic(place, PUBLIC_TOPICS.timeline))).toMatchObject({
        appended: expected.size,
        announcedTwice: 0,
        gaps: [],
        unequalRepeats: 0,
      });
    }, 120_000);
  });
}
