import fc from 'fast-check';
import type { Claim, InboundEvent } from '@app/contracts';
import {
  CustomersRepository,
  Database,
  EpochsRepository,
  ErasureRepository,
  GraphRepository,
  migrate,
  type GraphOutcome,
} from '@app/persistence';
import { aBatch, anEdit, anInboundMessage, aReaction } from '@app/testkit';
import { aDecision, assertInvariants, pointerTable } from '../support/identities.js';
import { askOracle } from '../support/identity-oracle.js';
import { CutOff, failingAt, Interleaving } from '../support/interleaving.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';
import { emptyStore, rowsOf, storyOf, wholeStore } from '../support/whole-store.js';

let server: TestPostgres;
let database: Database;
let url: string;

beforeAll(async () => {
  server = await startTestPostgres({ settings: { fsync: 'off' } });
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 4 });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});
beforeEach(async () => {
  await emptyStore(database);
});
afterEach(async () => {
  await assertInvariants(database);
});

/** Two chats of one page, which are two people whatever is proven; a phone; visitors. */
const NAMES = [
  ['messenger_psid', 'page', '70001'],
  ['messenger_psid', 'page', '70002'],
  ['phone', '', '+84912345678'],
  ['livechat_visitor', 'w', 'v0'],
  ['livechat_visitor', 'w', 'v1'],
  ['livechat_visitor', 'w', 'v2'],
] as const;
type Name = (typeof NAMES)[number];
const AT = Date.UTC(2026, 10, 10, 5);

/** What somebody writes: who, of whom they bring proof, and of whom a mere claim. */
interface Line {
  readonly n: number;
  readonly from: number;
  readonly proves: number | null;
  readonly rule: 'crm.import' | 'livechat.signed_contact';
  readonly claims: number | null;
  readonly day: number;
}

const claimOf = ([kind, scope, value]: Name, level: number, source: string): Claim =>
  kind === 'phone'
    ? { kind: 'phone', value, level, source }
    : { kind: 'external_id', value: `${kind}:${scope}:${value}`, level, source };

const eventOf = ({ n, from, proves, rule, claims, day }: Line): InboundEvent => {
  const [kind, scope, value] = NAMES[from]!;
  const said = [
    ...(proves === null ? [] : [claimOf(NAMES[proves]!, 4, rule)]),
    ...(claims === null ? [] : [claimOf(NAMES[claims]!, 1, 'livechat.prechat')]),
  ];
  return anInboundMessage({
    id: `m${n}`,
    thread: value,
    identity: { kind, scope, value, display_name: `Khách ${n}` },
    at: new Date(AT + day * 86_400_000 + n * 1_000),
    more: { claims: said },
  });
};

const who = fc.nat(NAMES.length - 1);
const lines = (from: number, most: number): fc.Arbitrary<readonly Line[]> =>
  fc
    .array(
      fc.record({
        n: fc.integer({ min: from, max: from + 2 * most }),
        from: who,
        proves: fc.option(who, { freq: 3 }),
        rule: fc.constantFrom('crm.import' as const, 'livechat.signed_contact' as const),
        claims: fc.option(who, { freq: 1 }),
        day: fc.nat(5),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((list) => [...new Map(list.map((line) => [line.n, line])).values()]);

const unify = async (store: Database, list: readonly InboundEvent[]): Promise<void> => {
  if (list.length === 0) return;
  const { rejected } = await unifierOn(store).unify(aBatch(list));
  if (rejected.length > 0) throw new Error(rejected[0]!.detail);
};
const count = async (what: string): Promise<number> =>
  (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${what}`))[0]!.n;

const nameOf = (index: number): string => NAMES[index]!.join(':');

/** Checks pointers, evidence and counts against what was sent and what an agent decided, and nothing else. */
async function expectStoreSays(all: readonly Line[]): Promise<void> {
  const proofs = all.flatMap((line) =>
    line.proves === null
      ? []
      : [
          {
            from: nameOf(line.from),
            to: nameOf(line.proves),
            rule: line.rule,
            trust: 4,
            at: eventOf(line).data.occurred_at,
          },
        ],
  );
  const { names, evidence, pointers } = await askOracle(database, proofs);
  const named = new Set([...all.map(({ from }) => nameOf(from)), ...proofs.map(({ to }) => to)]);
  expect([...names.stored].sort()).toEqual([...named].sort());
  expect(evidence.stored).toEqual(evidence.sent);
  expect(pointers.stored).toEqual(pointers.right);

  const messages = new Set(all.map(({ n }) => n)).size;
  expect(await count('entry')).toBe(messages);
  expect(await count(`outbox WHERE kind = 'entry.appended'`)).toBe(messages);
  const [moved] = await database.query<{ n: number; moves: number }>(
    'SELECT coalesce(sum(cardinality(moved)), 0)::int AS n, count(*)::int AS moves FROM graph_log',
  );
  expect(await count(`outbox WHERE kind = 'identity.state'`)).toBe(named.size + moved!.n);
  expect(await count(`outbox WHERE kind IN ('customer.merged', 'customer.unmerged')`)).toBe(moved!.moves);
  await assertInvariants(database);
}

/** What an agent does while two batches run: of people who were there before. */
interface Deed {
  readonly op: 'merge' | 'split';
  readonly x: number;
  readonly y: number;
}
const deed: fc.Arbitrary<Deed> = fc.record({ op: fc.constantFrom('merge' as const, 'split' as const), x: who, y: who });

async function placeOf(name: number): Promise<{ id: string; customer: string }> {
  const [kind, scope, value] = NAMES[name]!;
  const [row] = await database.query<{ id: string; customer: string }>(
    'SELECT id::text, customer_id::text AS customer FROM identity WHERE kind = $1 AND scope = $2 AND value = $3',
    [kind, scope, value],
  );
  return row ?? { id: '0', customer: '0' };
}

async function decide(store: Database, { op, x, y }: Deed, places: readonly { id: string; customer: string }[]) {
  const graph = new GraphRepository(store);
  const [one, other] = [places[x]!, places[y]!];
  return op === 'merge'
    ? await graph.merge(one.customer, other.customer, aDecision())
    : await graph.split(one.customer, [one.id], aDecision({ rule: 'agent.split' }));
}

const BASE: readonly Line[] = [
  { n: 1, from: 3, proves: 4, rule: 'crm.import', claims: null, day: 0 },
  { n: 2, from: 2, proves: null, rule: 'crm.import', claims: null, day: 1 },
  { n: 3, from: 0, proves: 3, rule: 'crm.import', claims: 2, day: 2 },
];

/**
 * A bound on the time of a property: runs that begin after it do nothing. fast-check's own limit would leave the last
 * run working on the database while the next test begins.
 */
function within(seconds: number): { readonly over: () => boolean } {
  const end = Date.now() + seconds * 1_000;
  return { over: () => Date.now() > end };
}

describe('any interleaving of statements', () => {
  it('of two batches and an agent ends in what the evidence says, with exact counts', async () => {
    let runs = 0;
    let waits = 0;
    const time = within(15);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lines(10, 5), lines(14, 5), deed, async (scheduler, one, other, doing) => {
        if (time.over()) return;
        await emptyStore(database);
        await unify(database, BASE.map(eventOf));
        const places = await Promise.all(NAMES.map((_, index) => placeOf(index)));
        const shared = new Map([...other, ...one].map((line) => [line.n, line]));
        const same = (list: readonly Line[]): readonly Line[] => list.map(({ n }) => shared.get(n)!);
        const interleaving = new Interleaving(url, scheduler, database);
        const outcomes = await interleaving.run<unknown>({
          one: (store) => unify(store, same(one).map(eventOf)),
          other: (store) => unify(store, same(other).map(eventOf)),
          agent: (store) => decide(store, doing, places),
        });
        // Nobody was refused by the server: no deadlock, no failed serialisation.
        expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
        await expectStoreSays([...BASE, ...same(one), ...same(other)]);
        runs += 1;
        waits += interleaving.lockWaits;
      }),
      { numRuns: 60 },
    );
    expect(runs).toBeGreaterThanOrEqual(5);
    // Else the gates would not have forced anybody to meet under the lock.
    expect(waits).toBeGreaterThan(0);
  });

  it('of the same batch delivered twice at once is that batch', async () => {
    const time = within(5);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lines(10, 5), async (scheduler, list) => {
        if (time.over()) return;
        await emptyStore(database);
        const events = list.map(eventOf);
        await new Interleaving(url, scheduler, database).run<unknown>({
          one: (store) => unify(store, events),
          zombie: (store) => unify(store, events),
        });
        await expectStoreSays(list);
      }),
      { numRuns: 15 },
    );
  });
});

/** A batch with everything in it: births, proofs, claims, names, an edit, a reaction. */
const FULL: readonly InboundEvent[] = [
  ...BASE.map(eventOf),
  eventOf({ n: 4, from: 5, proves: 2, rule: 'livechat.signed_contact', claims: 0, day: 3 }),
  anEdit({ id: 'm1', identity: { kind: 'livechat_visitor', scope: 'w', value: 'v0' }, text: 'Dạ sửa lại' }),
  aReaction({ id: 'm4', identity: { kind: 'livechat_visitor', scope: 'w', value: 'v2' } }),
];

describe('a worker that dies', () => {
  it('before any statement whatever leaves what a redelivery completes', async () => {
    await unify(database, FULL);
    const whole = await storyOf(database);
    let died = 0;
    for (let at = 0; died === at; at += 1) {
      await emptyStore(database);
      await unify(failingAt(database, at), FULL).catch((error: unknown) => {
        if (!(error instanceof CutOff)) throw error;
        died += 1;
      });
      await assertInvariants(database);
      await unify(database, FULL);
      expect([at, await storyOf(database)]).toEqual([at, whole]);
    }
    // The last one ran through.
    expect(died).toBeGreaterThan(15);
  });
});

/** The same proof and the same claim, the earlier one delivered last. */
const SAID_LATER: Line = { n: 60, from: 5, proves: 3, rule: 'crm.import', claims: 2, day: 5 };
const SAID_FIRST: Line = { ...SAID_LATER, n: 61, day: 0 };

describe('redelivery', () => {
  it('of any prefix, batch or the whole log, in any number, changes no byte', async () => {
    const cuts = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { minLength: 1, maxLength: 4 });
    const time = within(6);
    await fc.assert(
      fc.asyncProperty(lines(10, 12), cuts, deed, async (list, again, doing) => {
        if (time.over()) return;
        await emptyStore(database);
        const log = [SAID_LATER, ...list, SAID_FIRST].map(eventOf);
        for (let from = 0; from < log.length; from += 4) await unify(database, log.slice(from, from + 4));
        const places = await Promise.all(NAMES.map((_, index) => placeOf(index)));
        await decide(database, doing, places);
        const before = await wholeStore(database);
        for (const [from, length] of [[0, 1], ...again] as const) {
          await unify(database, log.slice(from, from + length));
          expect(await wholeStore(database)).toEqual(before);
        }
        await unify(database, log);
        expect(await wholeStore(database)).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  it('of the owners of a number finds each at home, whenever it comes', async () => {
    const number = NAMES[2];
    const sms = (n: number, day: number): InboundEvent =>
      anInboundMessage({
        id: `s${n}`,
        account: 'hotline',
        channel: 'sms',
        thread: number[2],
        identity: { kind: number[0], scope: '', value: number[2], display_name: `Chủ số ${n}` },
        at: new Date(AT + day * 86_400_000),
      });
    const days = fc.array(fc.nat(20), { minLength: 2, maxLength: 8 });
    const time = within(5);
    await fc.assert(
      fc.asyncProperty(days, fc.integer({ min: 1, max: 20 }), fc.nat(7), async (list, changesAt, first) => {
        if (time.over()) return;
        await emptyStore(database);
        const log = list.map((day, n) => sms(n, day));
        await unify(database, [sms(99, 0)]);
        const { id } = await placeOf(2);
        await new EpochsRepository(database).end(id, new Date(AT + changesAt * 86_400_000));
        await unify(database, log.slice(first));
        await unify(database, log);
        const rows = await database.query<{ event: string; epoch: number }>(
          `SELECT e.body -> 'provider' ->> 'message_id' AS event, i.epoch FROM entry e JOIN identity i ON i.id = e.identity_id`,
        );
        const expected = [['s99', 0], ...list.map((day, n) => [`s${n}`, day < changesAt ? 0 : 1])];
        expect(new Map(rows.map(({ event, epoch }) => [event, epoch]))).toEqual(
          new Map(expected as [string, number][]),
        );
        const before = await wholeStore(database);
        await unify(database, [...log].reverse());
        expect(await wholeStore(database)).toEqual(before);
        await assertInvariants(database);
      }),
      { numRuns: 15 },
    );
  });

  it('of an erased person brings nothing back, and of whoever came after that nothing twice', async () => {
    const past = (n: number): InboundEvent =>
      anInboundMessage({
        id: `e${n}`,
        identity: { kind: 'messenger_psid', scope: 'page', value: '70001', display_name: 'Chị Bưởi' },
        at: new Date(Date.now() - (10 - n) * 86_400_000),
        text: 'Điều riêng của chị Bưởi',
        more: { claims: [claimOf(NAMES[3], 4, 'crm.import')] },
      });
    const log = [past(0), past(1), past(2)];
    await unify(database, log.slice(0, 2));
    const { customer } = await placeOf(0);
    const request = { actor: 'Lan', reason: null, correlationId: '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122' };
    expect(await new ErasureRepository(database).erase(customer, request)).toMatchObject({ ok: true });
    const erased = await wholeStore(database);
    for (const part of [log, log.slice(0, 1), [...log].reverse()]) await unify(database, part);
    expect(await wholeStore(database)).toEqual(erased);
    expect(JSON.stringify(erased)).not.toMatch(/Bưởi|70001/);
    const next = anInboundMessage({
      id: 'e9',
      identity: { kind: 'messenger_psid', scope: 'page', value: '70001' },
      at: new Date(Date.now() + 86_400_000),
    });
    await unify(database, [next, ...log]);
    const after = await wholeStore(database);
    await unify(database, [...log, next]);
    expect(await wholeStore(database)).toEqual(after);
    expect(after['entry']!.length).toBe(erased['entry']!.length + 1);
    expect((await placeOf(0)).customer).not.toBe(customer);
  });
});

const movesOf = (outcome: GraphOutcome) => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.moves;
};

describe('an unmerge', () => {
  it('changes no row of any entry; merge and undo give back names, facts and pointers', async () => {
    const time = within(6);
    await fc.assert(
      fc.asyncProperty(lines(10, 10), who, who, async (list, x, y) => {
        if (time.over()) return;
        await emptyStore(database);
        await unify(database, [...BASE, ...list].map(eventOf));
        const [one, other] = [await placeOf(x), await placeOf(y)];
        const seen = async () => ({
          entries: await rowsOf(database, 'entry'),
          facts: await rowsOf(database, 'fact'),
          conversations: await rowsOf(database, 'conversation'),
          pointers: await pointerTable(database),
          shown: await new CustomersRepository(database).details(
            (await database.query<{ id: string }>('SELECT id::text FROM customer ORDER BY id')).map(({ id }) => id),
          ),
        });
        const before = await seen();
        const graph = new GraphRepository(database);
        const merged = await graph.merge(one.customer, other.customer, aDecision());
        if (merged.ok) {
          movesOf(await graph.undo(movesOf(merged)[0]!.id, aDecision({ rule: 'agent.undo' })));
        }
        expect(await seen()).toEqual(before);
        await graph.split(one.customer, [one.id], aDecision({ rule: 'agent.split' }));
        const after = await seen();
        expect([after.entries, after.facts, after.conversations]).toEqual([
          before.entries,
          before.facts,
          before.conversations,
        ]);
        await assertInvariants(database);
      }),
      { numRuns: 20 },
    );
  });
});
