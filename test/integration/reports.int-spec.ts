import fc from 'fast-check';
import type { CallReport, InboundEvent, OrderReport, OrderUpdated } from '@app/contracts';
import { Metrics } from '@app/kernel';
import { Database, migrate, toTimelineEntry, TimelineRepository } from '@app/persistence';
import { aBatch, aCallReport, anOrderReport } from '@app/testkit';
import { unifierOn } from '../support/unifier.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
let database: Database;
let url: string;

beforeAll(async () => {
  server = await startTestPostgres();
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 12 });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});
beforeEach(async () => {
  await database.query(
    'TRUNCATE entry, change, conversation, outbox, identity, customer, fact, claim, link, media_job RESTART IDENTITY',
  );
});

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20, 3, 0, seconds)).toISOString();
/** Reports of the calls of one customer; one of a leg or a recording names nobody. */
const report = (id: string, seconds: number, call: CallReport): InboundEvent =>
  aCallReport({
    id,
    at: new Date(at(seconds)),
    call,
    ...(call.stage === undefined || call.leg !== undefined ? { more: { identity: undefined } } : {}),
  });

const order = (seconds: number, report: Omit<OrderReport, 'number'>, more: Partial<OrderUpdated> = {}): InboundEvent =>
  anOrderReport({ at: new Date(at(seconds)), order: { number: 'DH-1042', ...report }, more });
const buyer = (display_name: string) => ({
  identity: { kind: 'external', scope: 'shop', value: 'KH001', authenticity: 'A2' as const, display_name },
});

const story: readonly InboundEvent[] = [
  report('CA1', 0, { stage: 'ringing', started_at: at(0), our_number: '+842871000001' }),
  report('CA1', 3, { stage: 'ringing', leg: { id: 'CA1a', agent: '101' } }),
  report('CA1', 9, { leg: { id: 'CA1a', agent: '101', ended_at: at(9), outcome: 'no_answer' } }),
  report('CA1', 11, { stage: 'answered', leg: { id: 'CA1b', agent: '102', answered_at: at(11) } }),
  report('CA1', 70, { stage: 'ended', ended_at: at(70), outcome: 'unknown', hung_up_by: 'customer' }),
  report('CA1', 90, { recording: { id: 'RE1', state: 'pending', source: 'url', locator: 'https://api.example/RE1' } }),
  report('CA1', 95, {
    recording: { id: 'RE1', state: 'available', source: 'url', locator: 'https://api.example/RE1' },
  }),
  report('CA2', 100, { stage: 'ringing', started_at: at(100) }),
  report('CA2', 120, { stage: 'ended', ended_at: at(120), outcome: 'missed' }),
  order(200, { status: 'created', total: 350_000, currency: 'VND' }, buyer('Bưởi')),
  order(210, { status: 'shipped', tracking_number: 'GHN0001' }, buyer('Trần Thị Bưởi')),
  order(220, { status: 'paid' }, { identity: undefined }),
];

const unify = async (...events: InboundEvent[]): Promise<void> => {
  await unifierOn(database).unify(aBatch(events));
};

/** All that a reader sees, without what depends on when it was stored. */
async function visibleState(): Promise<unknown> {
  const timelines = new TimelineRepository(database);
  const shown = [];
  for (const { id } of await database.query<{ id: string }>('SELECT id FROM entry ORDER BY id')) {
    const row = (await timelines.entry(id))!;
    const { stored_at: _s, revision: _r, flags: _f, author, ...entry } = toTimelineEntry(row);
    const names = await database.query('SELECT value FROM fact WHERE identity_id = $1 AND key = $2', [
      row.identity_id,
      'name',
    ]);
    shown.push({ ...entry, author: author.type, names });
  }
  return shown;
}

const newest = async (): Promise<unknown> =>
  await database.query('SELECT last_at, entries FROM conversation ORDER BY id');

describe('calls and orders', () => {
  it('are one entry each, which tells everything that was reported', async () => {
    await unify(...story);
    expect(await visibleState()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'call',
          channel: 'voice',
          direction: 'inbound',
          occurred_at: at(0),
          content: { type: 'system', text: 'Cuộc gọi đến: đã nghe máy, 59 giây' },
          attachments: [{ kind: 'audio', state: 'pending', source: 'url', locator: 'https://api.example/RE1' }],
          call: expect.objectContaining({ stage: 'ended', outcome: 'answered', talk_seconds: 59, ring_seconds: 11 }),
        }),
        expect.objectContaining({
          kind: 'event',
          channel: 'order',
          occurred_at: at(200),
          content: { type: 'system', text: 'Đơn hàng DH-1042: đã thanh toán, 350.000 ₫' },
          order: expect.objectContaining({ status: 'paid', tracking_number: 'GHN0001' }),
          names: [{ value: 'Trần Thị Bưởi' }],
        }),
        expect.objectContaining({ occurred_at: at(100), call: expect.objectContaining({ outcome: 'missed' }) }),
      ]),
    );
    expect(await database.query('SELECT locator FROM media_job')).toEqual([{ locator: 'https://api.example/RE1' }]);
    expect(await database.query('SELECT kind FROM identity ORDER BY kind')).toEqual([
      { kind: 'external' },
      { kind: 'phone' },
    ]);
  });

  it('end in the same entries whatever the order, grouping and repetition of reports', async () => {
    await unify(...story);
    const expected = [await visibleState(), await newest()];
    const deliveries = fc
      .tuple(
        fc.shuffledSubarray([...story], { minLength: story.length }),
        fc.array(fc.constantFrom(...story), { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
      )
      .map(([order, repeats, sizes]) => {
        const queue = [...order, ...repeats];
        const batches: InboundEvent[][] = [];
        for (let turn = 0; queue.length > 0; turn += 1) batches.push(queue.splice(0, sizes[turn % sizes.length]!));
        return batches;
      });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.boolean(), async (batches, atOnce) => {
        await database.query(
          'TRUNCATE entry, change, conversation, outbox, identity, customer, fact, claim, link, media_job RESTART IDENTITY',
        );
        if (atOnce) await Promise.all(batches.map((batch) => unify(...batch)));
        else for (const batch of batches) await unify(...batch);
        expect([await visibleState(), await newest()]).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  it('announce an entry once, and again only when somebody would see something else', async () => {
    await unify(story[0]!);
    await unify(story[0]!, story[0]!);
    await unify(story[1]!);
    await unify(story[1]!);
    const rows = await database.query<{ kind: string; reasons: string[] | null }>(
      `SELECT kind, reasons FROM outbox WHERE kind LIKE 'entry.%' ORDER BY id`,
    );
    expect(rows).toEqual([
      { kind: 'entry.appended', reasons: null },
      { kind: 'entry.changed', reasons: ['progressed'] },
    ]);
  });

  it('wait for somebody to be named, and make nobody until then', async () => {
    await unify(story[1]!, story[5]!);
    expect(await visibleState()).toEqual([]);
    expect(await database.query('SELECT id FROM identity')).toEqual([]);
    await unify(story[4]!);
    expect(await visibleState()).toMatchObject([
      { occurred_at: at(3), call: { stage: 'ended', legs: [{ agent: '101' }] } },
    ]);
  });

  it('are accounted for: each report is a change or a repeat', async () => {
    const metrics = new Metrics();
    const unifier = unifierOn(database, { metrics });
    await unifier.unify(aBatch(story));
    await unifier.unify(aBatch([...story, story[0]!]));
    const { values } = await metrics.unifierEvents.get();
    const of = (outcome: string): number =>
      values.filter(({ labels }) => labels.outcome === outcome).reduce((sum, { value }) => sum + value, 0);
    expect([of('entry'), of('change'), of('repeat')]).toEqual([0, story.length, story.length + 1]);
  });

  it('join a customer of the shop with a number by the word of a system of record, not by that of a feed', async () => {
    const claims = (source: string, level: number) => [{ kind: 'phone', value: '+84912345678', level, source }];
    const customers = async () =>
      (await database.query<{ n: number }>('SELECT count(DISTINCT customer_id)::int AS n FROM identity'))[0]!.n;
    await unify(story[0]!, order(200, { status: 'created' }, { claims: claims('order_feed', 2) }));
    expect(await customers()).toBe(2);
    await unify(order(230, { status: 'delivered' }, { claims: claims('crm.import', 4) }));
    expect(await customers()).toBe(1);
  });
});
