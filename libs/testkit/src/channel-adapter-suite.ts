import fc from 'fast-check';
import type { ParsedEvent, ParseResult } from '@app/channels';
import { forgeriesOf } from './channel-adapter/forgeries.js';
import { expectedOf, readFixtures } from './channel-adapter/golden-file.js';
import { HOSTILE_BODIES, hostileTexts } from './channel-adapter/hostile.js';
import { mutationsOf } from './channel-adapter/mutations.js';
import { abilitiesOf, bodyOf, deliver, faultsOf, goldenForm, RECEIVED_AT } from './channel-adapter/run-adapter.js';
import type { ChannelAdapterSuite } from './channel-adapter/suite-options.js';

export type { ChannelAdapterSuite } from './channel-adapter/suite-options.js';

const LATER = new Date('2026-02-01T06:00:00.000Z');
/** Above 2^53, odd: a JavaScript number would make another of it. */
const LONG_ID = '5741311803571721087';

const countOf = ({ events, rejected, ignored, parts = [] }: ParseResult): number =>
  events.length + rejected.length + ignored.length + parts.length;
const idsOf = ({ events }: ParseResult): readonly string[] => events.map(({ event }) => event.id);
const faultsIn = (result: ParseResult, body: Buffer): readonly string[] =>
  result.events.flatMap((event) => faultsOf(event, body, result.kept));

/** Events on the adapter's channel: one callback may carry another channel's as well. */
async function ownEvents(suite: ChannelAdapterSuite, body: Buffer): Promise<readonly ParsedEvent[]> {
  const { events } = await deliver(suite, body);
  const own: readonly string[] = suite.adapter.carries ?? [suite.adapter.channel];
  return events.filter(({ account }) => own.includes(account.channel));
}

/** Texts of the messages of a result, in order. */
const textsOf = ({ events }: ParseResult): readonly (string | undefined)[] =>
  events.map(({ event }) => ('content' in event.data ? event.data.content.text : undefined));

/**
 * Proves that an adapter keeps the contract of every webhook adapter: one call in the adapter's spec. What only one
 * provider does belongs into that spec, beside the call.
 *
 * Fixtures stand in a folder, each with its expected outcome; `UPDATE_GOLDEN=1` rewrites the outcomes for review.
 */
export function describeChannelAdapter(suite: ChannelAdapterSuite): void {
  describe(`${suite.adapter.provider} on ${suite.adapter.channel}`, () => {
    describeAccount(suite);
    describeProof(suite);
    describeFixtures(suite);
    describeHostility(suite);
    if (suite.messages !== undefined) describeMessages(suite, suite.messages);
  });
}

function describeAccount({ adapter, account, required }: ChannelAdapterSuite): void {
  it('accepts a complete account and serves it', () => {
    expect(adapter.checkAccount(account)).toEqual([]);
    expect([account.channel, account.provider]).toEqual([adapter.channel, adapter.provider]);
  });

  it.each(required)('names the path of a missing %s', (path) => {
    const [group, name] = path.split('.') as ['secrets' | 'settings', string];
    for (const empty of [undefined, '']) {
      const values = Object.fromEntries(
        Object.entries({ ...account[group], [name]: empty }).filter(([, value]) => value !== undefined),
      );
      const problems = adapter.checkAccount({ ...account, [group]: values });
      expect(problems.filter((problem) => problem.startsWith(`${path}:`))).toHaveLength(1);
      expect(problems).toHaveLength(1);
    }
  });

  it('answers 2xx to what is kept, in time, and allows a body of 64 KiB at least', () => {
    expect(adapter.accepted.status).toBeGreaterThanOrEqual(200);
    expect(adapter.accepted.status).toBeLessThan(300);
    expect(adapter.answerWithinMs).toBeGreaterThan(0);
    expect(adapter.maxBodyBytes).toBeGreaterThanOrEqual(64 * 1024);
  });
}

function sampleOf({ sample, messages }: ChannelAdapterSuite): Buffer {
  const body = sample ?? messages?.body([messages.element('Còn hàng không ạ?', 0)]);
  if (body === undefined) throw new Error('a suite needs messages or a sample');
  return body;
}

type Messages = NonNullable<ChannelAdapterSuite['messages']>;

function describeProof(suite: ChannelAdapterSuite): void {
  const { adapter, account } = suite;
  const body = sampleOf(suite);

  it('accepts a genuine request', () => {
    expect(adapter.verify(suite.signedRequest(body, account), account, RECEIVED_AT)).toMatchObject({ ok: true });
  });

  it.each(forgeriesOf(suite, body))('refuses a request %s', (_label, request) => {
    expect(adapter.verify(request, account, RECEIVED_AT)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^[a-z_]+$/),
    });
  });

  it('does not take a delivery for a handshake', () => {
    expect(adapter.handshake(suite.signedRequest(body, account), account)).toBeUndefined();
  });

  const { handshakes = [] } = suite;
  if (handshakes.length > 0) {
    it.each(handshakes)('answers a handshake %s', (_label, request, reply) => {
      expect(adapter.handshake(request, account)).toEqual(reply);
    });
  }
}

function describeFixtures(suite: ChannelAdapterSuite): void {
  const fixtures = readFixtures(suite.fixtures);
  const deliveries = fixtures.map((fixture) => ({ fixture, body: bodyOf(suite, fixture) }));

  it.each(deliveries)('reads $fixture.name as expected', async ({ fixture, body }) => {
    const result = await deliver(suite, body);
    expect(faultsIn(result, body)).toEqual([]);
    const golden = goldenForm(result);
    expect(golden).toEqual(expectedOf(fixture, golden));
    expect(fixture.note).toMatch(/\S/);
  });

  it.each(deliveries)('gives $fixture.name the same ids again, however late it is repeated', async ({ body }) => {
    const first = await deliver(suite, body);
    const again = await deliver(suite, Buffer.from(body), LATER);
    expect(idsOf(again)).toEqual(idsOf(first));
    expect(again.rejected).toEqual(first.rejected);
    expect(await deliver(suite, body)).toEqual(first);
  });

  it('shows every ability that it declares, and no other', async () => {
    const shown = new Set(
      (await Promise.all(deliveries.map(({ body }) => ownEvents(suite, body)))).flat().flatMap(abilitiesOf),
    );
    expect([...shown].sort()).toEqual([...suite.adapter.abilities].sort());
  });

  it('puts no secret of the account into what it makes', async () => {
    const secrets = Object.values(suite.account.secrets).filter((secret) => secret.length > 5);
    const results = await Promise.all(deliveries.map(({ body }) => deliver(suite, body)));
    const made = JSON.stringify(results.map(goldenForm));
    expect(secrets.filter((secret) => made.includes(secret))).toEqual([]);
    expect(secrets.length).toBeGreaterThan(0);
  });

  it('leaves the body as it was', async () => {
    for (const { body } of deliveries) {
      const before = Buffer.from(body);
      await deliver(suite, body);
      expect(body.equals(before)).toBe(true);
    }
  });

  const { countElements, statuses = [] } = suite;
  if (countElements !== undefined) {
    it('accounts for every element, whatever part of a fixture is replaced by something else', async () => {
      const documents = fixtures.filter(({ body }) => body !== undefined).map(({ body }) => body);
      await fc.assert(
        fc.asyncProperty(mutationsOf(documents), async (document) => {
          const body = Buffer.from(JSON.stringify(document));
          const result = await deliver(suite, body);
          expect(countOf(result)).toBe(countElements(document));
          expect(faultsIn(result, body)).toEqual([]);
        }),
        { numRuns: 500 },
      );
    });
  }
  if (statuses.length > 0) {
    it.each(statuses)('maps the status %s', async (_label, body, outcome) => {
      const made = (await deliver(suite, body)).events.map(({ event }) =>
        'status' in event.data ? event.data.status : 'none',
      );
      expect(made.length === 0 ? ['none'] : made).toEqual([outcome]);
    });
  }
}

function describeHostility(suite: ChannelAdapterSuite): void {
  it.each(HOSTILE_BODIES)('makes no event of %s, and loses it not', async (_label, body) => {
    const result = await deliver(suite, body);
    expect(result.events).toEqual([]);
    expect(countOf(result)).toBeGreaterThan(0);
  });

  it('never throws, whatever authentic bytes hold, and always says the same of them', async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(json)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const result = await deliver(suite, body);
        expect(countOf(result)).toBeGreaterThan(0);
        expect(await deliver(suite, body)).toEqual(result);
      }),
    );
  });
}

function describeMessages(suite: ChannelAdapterSuite, messages: Messages): void {
  const texts = hostileTexts(messages.nul).filter(({ fitsForms }) => fitsForms || messages.isForm !== true);

  it.each(texts)('keeps $label', async ({ sent, kept, truncated }) => {
    const body = messages.body([messages.element(sent, 0)]);
    const result = await deliver(suite, body);
    expect(faultsIn(result, body)).toEqual([]);
    expect(textsOf(result)).toEqual([kept]);
    expect((result.events[0]!.event.data.flags ?? []).includes('truncated')).toBe(truncated);
  });

  it('gives different messages different ids', async () => {
    const bodies = [0, 1, 2].map((index) => messages.body([messages.element('alo', index)]));
    const results = await Promise.all(bodies.map((body) => deliver(suite, body)));
    expect(new Set(results.flatMap(idsOf)).size).toBe(3);
  });

  const { longId } = messages;
  if (longId !== undefined) {
    it('keeps every digit of an id above 2^53', async () => {
      const { events } = await deliver(suite, longId(LONG_ID));
      const data = events.map(({ event }) => JSON.stringify({ ...event.data, raw: undefined }));
      expect(data.filter((text) => text.includes(LONG_ID))).toHaveLength(1);
    });
  }

  if (messages.many) describeBatches(suite, messages);
}

function describeBatches(suite: ChannelAdapterSuite, messages: Messages): void {
  const words = ['một', 'hai', 'ba'];
  const elements = words.map((word, index) => messages.element(word, index));

  it('keeps the order of the events of one body', async () => {
    expect(textsOf(await deliver(suite, messages.body(elements)))).toEqual(words);
  });

  it.each([null, 0, 'lạ', [], {}, { lạ: true }])('does not lose the neighbours of %j', async (broken) => {
    const body = messages.body([elements[0], broken, elements[1]]);
    const result = await deliver(suite, body);
    expect(textsOf(result)).toEqual(words.slice(0, 2));
    expect(result.rejected.map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)).toEqual([broken]);
  });
}
