import { deadLetterTopic, PUBLIC_TOPICS } from '@app/contracts';
import { Installation, streamKinds } from '../support/installation.js';
import { announceLength, isAccepted, post, tryPost } from '../support/post.js';
import {
  messenger,
  signedMetaPost,
  testAccounts,
  TEST_PROVIDERS,
  zalo,
  type TestProvider,
} from '../support/providers.js';
import { describeUnless } from '../support/skips.js';
import { readTextTopic, readTopic, type StreamPlace } from '../support/topic-reader.js';
import { until } from '../support/until.js';

const COPIES = { chat: 1, sms: 1, social: 1, unifier: 1, timeline: 1 } as const;
const APPEARS_WITHIN_MS = 60_000;
const START_TIMEOUT_MS = 240_000;

/** Numbers of messages; every test takes new ones, because all share one installation. */
let counter = 0;
const nextNumber = (): number => (counter += 1);
const NOON = Date.UTC(2026, 10, 20, 5);
const at = (second: number): Date => new Date(NOON + second * 1_000);

for (const { kind, unavailable } of streamKinds()) {
  describeUnless(unavailable)(`From webhook to timeline, stream: ${kind}`, () => {
    let installation: Installation;

    beforeAll(async () => {
      installation = await Installation.start({ stream: kind, accounts: testAccounts(), copies: COPIES });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      await installation.stop();
    }, 120_000);

    const place = (): StreamPlace => ({
      databaseUrl: installation.databaseUrl,
      ...(installation.broker === undefined ? {} : { brokers: installation.broker.brokers }),
    });
    const urlOf = ({ service }: TestProvider): string => installation.urlOf(service);
    const timelineOf = (provider: TestProvider, person: number) =>
      installation.client().timelineOf(provider.identityOf(person));
    const appears = async (provider: TestProvider, person: number, count: number): Promise<void> => {
      await until(async () => (await timelineOf(provider, person)).length >= count, APPEARS_WITHIN_MS).catch(() => {
        throw new Error(`Nothing on the timeline in time\n${installation.logs()}`);
      });
    };
    /** Waits for a message that was sent last: what came before it on the same key has been dealt with. */
    const flush = async (provider: TestProvider, person: number): Promise<void> => {
      const last = { n: nextNumber(), person, text: 'hết', at: at(9_000) };
      expect((await post(urlOf(provider), provider.messages([last]))).status).toBe(200);
      await until(async () => (await countEntries([provider.entryIdOf(last.n)])) === 1, APPEARS_WITHIN_MS);
    };
    const countEntries = async (ids: readonly string[]): Promise<number> => {
      const rows = await installation.database.query('SELECT id FROM entry WHERE id = ANY($1::uuid[])', [ids]);
      return rows.length;
    };

    describe.each(TEST_PROVIDERS)('$accountId', (provider) => {
      it('shows a message on the timeline, on the API of events and on the topic, alike', async () => {
        const message = { n: nextNumber(), person: nextNumber(), text: 'Áo này còn màu đỏ không ạ?', at: at(1) };
        const answer = await post(urlOf(provider), provider.messages([message]));
        expect(answer.status).toBe(200);
        await appears(provider, message.person, 1);

        const [customer] = await installation.client().customersOf(provider.identityOf(message.person));
        expect(customer?.counts).toEqual({ entries: 1, conversations: 1, identities: provider.identities });
        const [entry] = await timelineOf(provider, message.person);
        expect(entry).toMatchObject({
          channel: provider.channel,
          account_id: provider.accountId,
          direction: 'inbound',
          state: 'visible',
          revision: 1,
        });
        expect(entry?.entry_id).toContain(provider.entryIdOf(message.n));
        expect(entry?.content?.text).toContain(message.text);

        const client = installation.client();
        const ofCustomer = async () =>
          (await client.events('omni.timeline.entry.appended')).filter(
            ({ subject }) => subject === customer?.customer_id,
          );
        await until(async () => (await ofCustomer()).length > 0);
        const [event, ...more] = await ofCustomer();
        expect(more).toEqual([]);
        expect(entry).toMatchObject({ ...event!.data.entry });
        // A proof within the message is announced before it.
        expect(event?.sequence).toBe(String(provider.identities).padStart(20, '0'));

        const onTopic = async () =>
          (await readTextTopic(place(), PUBLIC_TOPICS.timeline)).filter(
            ({ headers }) =>
              headers['ce_subject'] === customer?.customer_id && headers['ce_type'] === 'omni.timeline.entry.appended',
          );
        await until(async () => (await onTopic()).length > 0, APPEARS_WITHIN_MS);
        const [record] = await onTopic();
        expect(record?.headers).toMatchObject({
          ce_id: event!.id,
          ce_type: 'omni.timeline.entry.appended',
          ce_sequence: event!.sequence,
          ce_correlationid: event!.correlationid,
          ce_specversion: '1.0',
        });
        expect(record?.key).toBe(customer?.customer_id);
        expect(JSON.parse(String(record?.value))).toEqual(event!.data);
      }, 120_000);

      it('refuses a wrong signature as the provider demands, and keeps nothing', async () => {
        const [forged, person] = [{ n: nextNumber(), text: 'giả', at: at(2) }, nextNumber()];
        const request = provider.forged(provider.messages([{ ...forged, person }]));
        expect((await post(urlOf(provider), request)).status).toBe(provider.refusedStatus);
        await flush(provider, person);
        expect(await countEntries([provider.entryIdOf(forged.n)])).toBe(0);
        const letters = await readTopic(place(), deadLetterTopic(provider.deadLetters));
        expect(letters.filter(({ value }) => value.equals(request.body))).toEqual([]);
      }, 120_000);

      it('accepts what is authentic but says nothing, and keeps its bytes as a dead letter', async () => {
        const request = provider.nonsense();
        expect((await post(urlOf(provider), request)).status).toBe(200);
        const letters = await readTopic(place(), deadLetterTopic(provider.deadLetters));
        const ours = letters.filter(({ headers }) => headers['dlq_account'] === provider.accountId);
        expect(ours.map(({ value }) => value)).toEqual([request.body]);
        expect(ours[0]?.headers['dlq_error_code']).toMatch(/^(decode_failed|schema_invalid|unsupported_content)$/);
      }, 120_000);

      it('answers 413 above the limit and 404 for an account that is not there', async () => {
        const request = provider.messages([{ n: nextNumber(), person: nextNumber(), text: 'dài', at: at(3) }]);
        expect(await announceLength(urlOf(provider), request, provider.maxBodyBytes + 1)).toBe(413);
        const elsewhere = { ...request, path: request.path.replace(/[^/]+$/, 'khong-co') };
        expect((await post(urlOf(provider), elsewhere)).status).toBe(404);
      });

      it('keeps one entry of a message that is delivered again and again', async () => {
        const message = { n: nextNumber(), person: nextNumber(), text: 'Có ship không?', at: at(4) };
        const request = provider.messages([message]);
        const answers = await Promise.all(Array.from({ length: 5 }, () => post(urlOf(provider), request)));
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
        await flush(provider, message.person);
        expect(await timelineOf(provider, message.person)).toHaveLength(2);
      }, 120_000);
    });

    describe.each(TEST_PROVIDERS.filter(({ edited }) => edited !== undefined))('$accountId', (provider) => {
      it('applies an edit that comes before its message', async () => {
        const message = { n: nextNumber(), person: nextNumber(), text: 'Size S', at: at(10) };
        const edit = provider.edited!({ ...message, text: 'Size M', at: at(60) });
        expect((await post(urlOf(provider), edit)).status).toBe(200);
        expect((await post(urlOf(provider), provider.messages([message]))).status).toBe(200);
        await appears(provider, message.person, 1);
        await until(async () => (await timelineOf(provider, message.person))[0]?.content?.text === 'Size M');
        const [entry] = await timelineOf(provider, message.person);
        expect(entry?.edited_at).toBe(at(60).toISOString());
        expect(entry?.occurred_at).toBe(at(10).toISOString());
      }, 120_000);

      it('hides the content of a message that was taken back before it came', async () => {
        const message = { n: nextNumber(), person: nextNumber(), text: 'gửi nhầm', at: at(20) };
        expect((await post(urlOf(provider), provider.removed!({ ...message, at: at(30) }))).status).toBe(200);
        expect((await post(urlOf(provider), provider.messages([message]))).status).toBe(200);
        await appears(provider, message.person, 1);
        await until(async () => (await timelineOf(provider, message.person))[0]?.state === 'deleted_by_sender');
        const [entry] = await timelineOf(provider, message.person);
        expect(entry?.content).toBeUndefined();
        expect(JSON.stringify(entry)).not.toContain('gửi nhầm');
      }, 120_000);
    });

    it('takes every element of a body, and one that cannot be read takes no neighbour with it', async () => {
      const [first, second, person] = [nextNumber(), nextNumber(), nextNumber()];
      const good = messenger.messages([
        { n: first, person, text: 'một', at: at(41) },
        { n: second, person, text: 'hai', at: at(42) },
      ]);
      const body = Buffer.from(String(good.body).replace('},{', '},{"sender":{"id":"1"},"message":{"text":"hỏng"}},{'));
      expect((await post(urlOf(messenger), signedMetaPost(good.path, body))).status).toBe(200);
      await appears(messenger, person, 2);
      expect((await timelineOf(messenger, person)).map(({ content }) => content?.text)).toEqual(['hai', 'một']);
      const letters = await readTopic(place(), deadLetterTopic('chat'));
      expect(letters.filter(({ value }) => String(value).includes('hỏng'))).toHaveLength(1);
    }, 120_000);

    it.each([
      ['NUL within the text', 'a\u0000b', 'a\uFFFDb'],
      ['half of a surrogate pair', 'x\uD83Dy', 'x\uFFFDy'],
      ['decomposed Vietnamese', 'Tiê\u0301ng Viê\u0323t', 'Tiếng Việt'],
      ['an emoji of many code points', '👩‍👩‍👧‍👦 ạ', '👩‍👩‍👧‍👦 ạ'],
      ['right-to-left text', 'مرحبا shop', 'مرحبا shop'],
    ])(
      'keeps %s',
      async (_label, text, expected) => {
        for (const provider of [messenger, zalo]) {
          const message = { n: nextNumber(), person: nextNumber(), text, at: at(50) };
          expect((await post(urlOf(provider), provider.messages([message]))).status).toBe(200);
          await appears(provider, message.person, 1);
          expect((await timelineOf(provider, message.person))[0]?.content?.text).toBe(expected);
        }
      },
      120_000,
    );

    it('loses no digit of numbers above 2^53', async () => {
      const id = '9007199254740993';
      const body =
        `{"object":"page","entry":[{"id":106000000000001,"time":${at(55).getTime()},"messaging":[{"sender":{"id":${id}},` +
        `"recipient":{"id":106000000000001},"timestamp":${at(55).getTime()},"message":{"mid":"m_lon_${kind}","text":"số lớn"}}]}]}`;
      const request = signedMetaPost('/webhooks/messenger/fb-shop', Buffer.from(body));
      expect((await post(urlOf(messenger), request)).status).toBe(200);
      const identity = `messenger_psid:106000000000001:${id}`;
      await until(async () => (await installation.client().timelineOf(identity)).length === 1, APPEARS_WITHIN_MS);
      expect(await installation.client().customersOf(identity.replace(/3$/, '2'))).toEqual([]);
    }, 120_000);

    it.each([
      ['years ahead', Date.UTC(2031, 0, 1)],
      ['before there were such chats', Date.UTC(1999, 0, 1)],
    ])(
      'puts a message from %s at its receive time and says so',
      async (_label, time) => {
        const message = { n: nextNumber(), person: nextNumber(), text: 'lạc giờ', at: new Date(time) };
        const before = Date.now();
        expect((await post(urlOf(messenger), messenger.messages([message]))).status).toBe(200);
        await appears(messenger, message.person, 1);
        const [entry] = await timelineOf(messenger, message.person);
        expect(entry?.flags).toContain('clock_adjusted');
        expect(entry?.occurred_at).toBe(entry?.received_at);
        expect(Date.parse(entry!.occurred_at)).toBeGreaterThanOrEqual(before - 1_000);
      },
      120_000,
    );

    it('keeps every message that was answered 2xx when a connector is ended during load', async () => {
      const person = nextNumber();
      const numbers = Array.from({ length: 300 }, nextNumber);
      const kept = new Set<number>();
      const send = async (n: number): Promise<void> => {
        const request = messenger.messages([{ n, person, text: `tin ${n}`, at: at(100 + (n % 1_000)) }]);
        if (isAccepted(await tryPost(urlOf(messenger), request))) kept.add(n);
      };
      const service = installation.service('chat');
      const half = numbers.splice(0, 150).map(send);
      await until(() => kept.size > 0);
      service.signal('SIGTERM');
      await Promise.all([...half, ...numbers.map(send)]);
      expect(await service.exit()).toBe(0);
      await service.launch();
      expect(kept.size).toBeGreaterThan(0);
      await until(async () => (await timelineOf(messenger, person)).length >= kept.size, APPEARS_WITHIN_MS);
      expect(await countEntries([...kept].map(messenger.entryIdOf))).toBe(kept.size);
    }, 180_000);

    it('answers 503 while the stream is away, stores nothing halves, and takes the retry once', async () => {
      const message = { n: nextNumber(), person: nextNumber(), text: 'Đơn của em đâu?', at: at(70) };
      const request = messenger.messages([message]);
      if (installation.broker === undefined) await installation.postgres.kill9Postmaster();
      else installation.broker.pause();
      try {
        const answer = await post(urlOf(messenger), request);
        expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
      } finally {
        if (installation.broker === undefined) await installation.postgres.restart();
        else installation.broker.resume();
      }
      await until(async () => isAccepted(await tryPost(urlOf(messenger), request)), APPEARS_WITHIN_MS);
      await appears(messenger, message.person, 1);
      await flush(messenger, message.person);
      expect(await timelineOf(messenger, message.person)).toHaveLength(2);
    }, 240_000);
  });
}
