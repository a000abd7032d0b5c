import type { StructuredCloudEvent } from '@app/contracts';
import { anInboundMessage } from '@app/testkit';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { openSse, type SseClient } from '../support/sse-client.js';
import { API_KEY, SECOND_API_KEY, startTimelineService, type TimelineService } from '../support/timeline-service.js';
import { until } from '../support/until.js';

interface Page {
  readonly events: readonly StructuredCloudEvent[];
  readonly next_cursor: string;
  readonly at_end: boolean;
}

const APPENDED = 'omni.timeline.entry.appended';
const IDENTITY = 'omni.identity.state';

let server: TestPostgres;
let service: TimelineService;
let clients: SseClient[] = [];
let sequence = 0;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { fsync: 'off' } });
  service = await startTimelineService(await server.createDatabase(), {
    keepAliveMs: 50,
    stallMs: 300,
    maxUnsentBytes: 3_000_000,
  });
});
afterAll(async () => {
  await service.close();
  await server.stop();
});
beforeEach(async () => {
  await service.reset();
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
});

/** A message of one of many people. */
const message = (person = 0, text?: string) =>
  anInboundMessage({
    id: `m${(sequence += 1)}`,
    thread: `t${person}`,
    identity: { value: String(7_412_345_678_900_001n + BigInt(person)) },
    ...(text === undefined ? {} : { text }),
  });
/** Messages come in and are published. */
const publish = async (count: number, text?: string): Promise<void> => {
  await service.unify(...Array.from({ length: count }, () => message(0, text)));
  await service.relay();
};
const poll = async (query: string): Promise<Page> => {
  const answer = await service.get(`/v1/events?${query}`);
  expect(answer.status).toBe(200);
  return answer.body as Page;
};
const stream = async (query = '', headers: Record<string, string> = {}): Promise<SseClient> => {
  const client = await openSse(`${service.url}/v1/events/stream?${query}`, {
    authorization: `Bearer ${API_KEY}`,
    ...headers,
  });
  clients.push(client);
  return client;
};
const idsOf = (client: SseClient): string[] =>
  client.events.map((event) => (JSON.parse(event.data) as StructuredCloudEvent).id);
const storedIds = async (where = 'true'): Promise<string[]> => {
  const rows = await service.database.query<{ id: string }>(`SELECT id FROM event WHERE ${where} ORDER BY position`);
  return rows.map((row) => row.id);
};

describe('GET /v1/events', () => {
  it('gives events as structured CloudEvents, oldest first', async () => {
    await publish(2);
    const { events, at_end: atEnd } = await poll('');
    expect(atEnd).toBe(true);
    expect(events.map((event) => event.id)).toEqual(await storedIds());
    expect(events.find((event) => event.type === APPENDED)).toMatchObject({
      specversion: '1.0',
      source: '/unifier',
      datacontenttype: 'application/json',
      dataschema: 'urn:omni:schema:timeline.entry.appended:1.0.0',
      sequence: '00000000000000000001',
      data: { entry: { content: { text: 'Chào shop ạ' } } },
    });
  });

  it('goes on where a page ended', async () => {
    await publish(5);
    const seen: string[] = [];
    let cursor = 'earliest';
    for (let end = false; !end;) {
      const page: Page = await poll(`limit=2&after=${cursor}`);
      seen.push(...page.events.map((event) => event.id));
      ({ next_cursor: cursor, at_end: end } = page);
    }
    expect(seen).toEqual(await storedIds());
  });

  it('gives the types asked for, across stretches that hold none, and binds the cursor to them', async () => {
    await publish(3);
    await service.database.query(
      `INSERT INTO event (position, id, topic, key, type, headers, payload)
       SELECT 1000 + n, gen_random_uuid(), topic, key, 'omni.other', headers, payload
         FROM event, generate_series(1, 12000) n WHERE position = 1`,
    );
    await service.database.query('UPDATE relay_state SET last_position = 13000');
    await publish(1);
    const page = await poll(`types=${APPENDED}&limit=200`);
    expect(page.events.map((event) => event.type)).toEqual([APPENDED, APPENDED, APPENDED]);
    const next = await poll(`types=${APPENDED}&after=${page.next_cursor}`);
    expect(next.events).toHaveLength(1);
    expect(next.at_end).toBe(true);
    const elsewhere = await service.get(`/v1/events?after=${page.next_cursor}`);
    expect(elsewhere).toMatchObject({ status: 422, body: { errors: [{ pointer: '/after', code: 'cursor_invalid' }] } });
  });

  it('waits for the next event, and no longer than asked', async () => {
    await publish(1);
    const { next_cursor: cursor } = await poll('');
    const started = Date.now();
    expect(await poll(`after=${cursor}&wait=0.2`)).toMatchObject({ events: [], at_end: true });
    expect(Date.now() - started).toBeGreaterThanOrEqual(190);
    const waiting = poll(`after=${cursor}&wait=25`);
    await publish(1);
    expect((await waiting).events.length).toBeGreaterThan(0);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('starts from latest and from a time', async () => {
    await publish(2);
    expect((await poll('after=latest')).events).toEqual([]);
    const [row] = await service.database.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    await publish(1);
    const since = await poll(`after=${row!.at.toISOString()}`);
    expect(since.events.map((event) => event.id)).toEqual((await storedIds()).slice(-since.events.length));
    expect(since.events.filter((event) => event.type === APPENDED)).toHaveLength(1);
    expect((await poll('after=2026-11-20T12:00:00%2B07:00')).events.length).toBeGreaterThan(3);
    const bad = await service.get('/v1/events?after=2026-11-20');
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ code: 'time_invalid' }] } });
  });

  it('answers 410 with a place to go on from when events after the cursor are gone', async () => {
    await publish(2);
    const { next_cursor: cursor } = await poll('limit=1');
    await service.database.query('DELETE FROM event WHERE position <= 2');
    for (const after of [cursor, '2020-01-01T00:00:00Z']) {
      const answer = await service.get(`/v1/events?after=${after}`);
      expect(answer).toMatchObject({ status: 410, body: { code: 'cursor-expired' } });
      const { earliest_cursor: earliest } = answer.body as { earliest_cursor: string };
      const page = await poll(`after=${earliest}`);
      expect(page.events.map((event) => event.id)).toEqual(await storedIds());
    }
    const sse = await stream(`after=${cursor}`);
    expect(sse.status).toBe(410);
    expect(sse.headers['content-type']).toContain('application/problem+json');
  });

  it('answers 410 to a cursor from beyond the end: the store was restored from a backup', async () => {
    await publish(2);
    const { next_cursor: cursor } = await poll('');
    await service.reset();
    await publish(1);
    await service.database.query('DELETE FROM event WHERE position > 1');
    await service.database.query('UPDATE relay_state SET last_position = 1');
    expect((await service.get(`/v1/events?after=${cursor}`)).body).toMatchObject({ code: 'cursor-expired' });
  });
});

describe('resuming (G19)', () => {
  const WRITERS = 16;
  const BATCHES = 12;

  /** Batches of all writers at once, each held open for a while, and a relay that publishes whenever it can. */
  async function write(finished: () => void): Promise<void> {
    let writing = true;
    const relaying = (async () => {
      while (writing || (await service.relay()) > 0) await service.relay();
    })();
    const write = async (writer: number): Promise<void> => {
      for (let batch = 0; batch < BATCHES; batch += 1) await service.unify(message(writer), message(writer + 1));
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    writing = false;
    await relaying;
    finished();
  }

  it('leaves no event out, however often readers come back while many write', async () => {
    let done = false;
    const readByPolls = async (limit: number): Promise<string[]> => {
      const seen: string[] = [];
      for (let cursor = 'earliest'; ;) {
        const page: Page = await poll(`after=${cursor}&limit=${limit}&wait=0.05`);
        seen.push(...page.events.map((event) => event.id));
        cursor = page.next_cursor;
        if (done && page.at_end) return seen;
      }
    };
    const readByStreams = async (breakAfter: number): Promise<string[]> => {
      const seen: string[] = [];
      for (let last = ''; ;) {
        const client = await stream(last === '' ? 'after=earliest' : '', last === '' ? {} : { 'last-event-id': last });
        const wanted = await storedIds();
        if (done && seen.length >= wanted.length) return seen;
        await until(() => client.events.length >= breakAfter || (done && client.comments.length > 2));
        client.pause();
        client.close();
        seen.push(...idsOf(client));
        last = client.lastEventId;
      }
    };
    const [polled, narrow, streamed] = await Promise.all([
      readByPolls(200),
      readByPolls(3),
      readByStreams(7),
      write(() => (done = true)),
    ]);
    const stored = await storedIds();
    expect(stored.length).toBeGreaterThan(WRITERS * BATCHES * 2);
    expect(polled).toEqual(stored);
    expect(narrow).toEqual(stored);
    expect([...new Set(streamed)]).toEqual(stored);
  });
});

describe('GET /v1/events/stream', () => {
  it('tells when to come back, sends events with their cursors, and a comment while nothing happens', async () => {
    const client = await stream();
    expect(client.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    expect(client.headers['x-request-id']).toMatch(/^req_/);
    await until(() => client.comments.includes('keep-alive'));
    expect(client.retryMs).toBe(3_000);
    await publish(2);
    await client.received(4);
    expect(idsOf(client)).toEqual(await storedIds());
    expect(client.events[0]?.type).toBe((JSON.parse(client.events[0]!.data) as StructuredCloudEvent).type);
  });

  it('resumes after Last-Event-ID, which goes before the address', async () => {
    await publish(3);
    const first = await stream('after=earliest');
    await first.received(5);
    const second = await stream('after=earliest', { 'last-event-id': first.events[1]!.id });
    await second.received(3);
    expect(idsOf(second)).toEqual((await storedIds()).slice(2));
  });

  it('can be resumed even when no event came', async () => {
    const first = await stream();
    await until(() => first.lastEventId !== '');
    first.close();
    await publish(1);
    const second = await stream('', { 'last-event-id': first.lastEventId });
    await second.received(3);
    expect(idsOf(second)).toEqual(await storedIds());
  });

  it('moves the cursor on for readers of a rare type', async () => {
    const client = await stream(`types=${IDENTITY}`);
    await publish(1);
    await client.received(1);
    expect(client.events.map((event) => event.type)).toEqual([IDENTITY]);
    await until(() => client.lastEventId !== client.events[0]?.id);
    const before = client.lastEventId;
    await publish(3);
    await until(() => client.lastEventId !== before);
    await service.database.query('DELETE FROM event WHERE position <= 4');
    const next = await stream(`types=${IDENTITY}`, { 'last-event-id': client.lastEventId });
    expect(next.status).toBe(200);
  });

  it('refuses the sixth stream of a key, not the first of another, and gives places back', async () => {
    const open = await Promise.all(Array.from({ length: 5 }, () => stream()));
    expect(open.map((client) => client.status)).toEqual([200, 200, 200, 200, 200]);
    const sixth = await stream();
    expect(sixth.status).toBe(429);
    expect(sixth.headers['retry-after']).toBe('5');
    await until(() => sixth.ended);
    expect(JSON.parse(sixth.rest)).toMatchObject({ code: 'rate-limited', status: 429 });
    expect((await stream('', { authorization: `Bearer ${SECOND_API_KEY}` })).status).toBe(200);
    open[0]!.close();
    await until(async () => (await stream()).status === 200);
  });

  it('answers HEAD at once and holds no place for it', async () => {
    for (let n = 0; n < 7; n += 1) {
      expect((await service.get('/v1/events/stream', { method: 'HEAD' })).status).toBe(200);
    }
  });

  it.each([
    ['a live reader that does not keep pace', 'latest', 12, 30_000],
    ['a reader that stalls while it catches up', 'earliest', 60, 60_000],
  ])('tells %s that it lags, and lets it resume', async (_case, after, count, chars) => {
    if (after === 'earliest') await publish(count * 4, 'ơ'.repeat(chars));
    const client = await stream(`after=${after}&types=${APPENDED}`);
    client.pause();
    if (after === 'latest') for (let n = 0; n < count; n += 1) await publish(20, 'ơ'.repeat(chars));
    await until(() => service.logged.some((line) => line.includes('lagging')));
    client.resume();
    await until(() => client.ended);
    expect(client.events.at(-1)?.type).toBe('stream.lagging');
    const seen = idsOf(client).slice(0, -1);
    const resumed = await stream(`types=${APPENDED}`, { 'last-event-id': client.lastEventId });
    const all = await storedIds(`type = '${APPENDED}'`);
    expect(seen.length).toBeLessThan(all.length);
    await resumed.received(all.length - seen.length);
    expect([...seen, ...idsOf(resumed)]).toEqual(all);
  });

  it('ends by itself when the service shuts down', async () => {
    const other = await startTimelineService(await server.createDatabase());
    const client = await openSse(`${other.url}/v1/events/stream`, { authorization: `Bearer ${API_KEY}` });
    const polling = other.get('/v1/events?after=latest&wait=30');
    await until(() => other.waiting() === 2);
    const started = Date.now();
    await other.close();
    expect(Date.now() - started).toBeLessThan(5_000);
    await until(() => client.ended);
    expect((await polling).status).toBe(200);
  });
});
