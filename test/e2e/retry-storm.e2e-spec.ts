import { PUBLIC_TOPICS } from '@app/contracts';
import { auditStore, auditTopic } from '../support/audit.js';
import { Installation, streamKinds } from '../support/installation.js';
import { planTraffic } from '../support/ledger.js';
import { isAccepted, tryPost } from '../support/post.js';
import { messenger, testAccounts, TEST_PROVIDERS } from '../support/providers.js';
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
        customers: PEOPLE * TEST_PROVIDERS.length,
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
        for (let from = 0; from < plan.length; from += 10) {
          const statuses = await Promise.all(
            plan.slice(from, from + 10).flatMap(({ provider, messages }) => {
              for (const { n } of messages) expected.add(provider.entryIdOf(n));
              const request = provider.messages(messages);
              return Array.from({ length: REPEATS }, (_, time) =>
                tryPost(installation.urlOf(provider.service, 1 + (time % 2)), request),
              );
            }),
          );
          expect(statuses.every(isAccepted)).toBe(true);
        }
        expect(expected.size).toBe(MESSAGES);
        await settle();
        await expectOnce();
      },
      SETTLES_WITHIN_MS * 2,
    );

    it('shows the same through both copies of the timeline', async () => {
      for (const provider of TEST_PROVIDERS) {
        const identity = provider.identityOf(3);
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
          const status = await tryPost(installation.urlOf('chat', 1 + (n % 2)), messenger.messages([message]));
          expect(isAccepted(status)).toBe(true);
          expected.add(messenger.entryIdOf(n));
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
