import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { cutGraph, orderedPair, type GraphLink } from '@app/identity';
import {
  Database,
  EvidenceRepository,
  GraphRepository,
  LargeGroupsRepository,
  migrate,
  type GraphOutcome,
  type NamedStatement,
  type ProofWrite,
  type Queryable,
} from '@app/persistence';
import {
  aDecision,
  AT,
  anIdentity,
  assertInvariants,
  aProof,
  bear,
  brokenInvariants,
  keyOf,
  people,
  pointerTable,
} from '../support/identities.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
let database: Database;
let url: string;
let graph: GraphRepository;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 12 });
  graph = new GraphRepository(database);
});
afterEach(async () => {
  await assertInvariants(database);
  await database.close();
  await server.dropDatabase(url);
});

const ZALO = 'zalo_user:oa:1';
const PHONE = 'phone::+84912345678';
const PSID = 'messenger_psid:page:7';
const VISITORS = Array.from({ length: 8 }, (_, index) => `livechat_visitor:w:${index}`);

const prove = async (proofs: readonly ProofWrite[], store: Pick<Database, 'query' | 'transaction'> = database) => {
  const names = [...NAMES].filter((name) =>
    proofs.some(({ identityKey, provenKey }) => [identityKey, provenKey].includes(keyOf(name))),
  );
  await new EvidenceRepository(store as Database).prove(proofs, await bear(database, names));
};
const NAMES = new Set([ZALO, PHONE, PSID, 'messenger_psid:page:8', 'messenger_psid:page:9', ...VISITORS]);
const customerOf = async (name: string): Promise<string> => {
  const [row] = await database.query<{ customer_id: string }>(
    'SELECT customer_id::text FROM identity WHERE key_hash = $1',
    [keyOf(name)],
  );
  return row!.customer_id;
};
const idOf = async (name: string): Promise<string> => (await bear(database, [name])).idAt(keyOf(name), AT)!;
const movesOf = (outcome: GraphOutcome) => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.moves;
};

describe('proof', () => {
  it('joins two people who turn out to be one, and says so on the stream', async () => {
    await prove([aProof(ZALO, PHONE)]);
    expect(await people(database)).toEqual([`${PHONE} ${ZALO}`]);
    const outbox = await database.query<{ kind: string; payload: { rule: string } }>(
      `SELECT kind, payload FROM outbox WHERE payload IS NOT NULL ORDER BY id`,
    );
    expect(outbox.map((row) => row.kind)).toEqual(['customer.merged', 'identity.state']);
    expect(outbox[0]?.payload).toMatchObject({ rule: 'zalo.user_id_by_app', trust: 4, actor: 'system' });
  });

  it('changes nothing when it comes again', async () => {
    const proof = aProof(ZALO, PHONE);
    await prove([proof]);
    const before = [
      await pointerTable(database),
      await database.query('SELECT * FROM link'),
      await database.query('SELECT * FROM outbox'),
    ];
    await prove([proof, proof]);
    expect([
      await pointerTable(database),
      await database.query('SELECT * FROM link'),
      await database.query('SELECT * FROM outbox'),
    ]).toEqual(before);
  });

  it('is held back by a guard without losing anybody', async () => {
    const [, second = ''] = [PSID, 'messenger_psid:page:8'];
    await prove([aProof(PSID, PHONE), aProof(second, PHONE, { evidenceAt: '2026-11-21T00:00:00.000Z' })]);
    expect(await people(database)).toEqual([`${PSID} ${PHONE}`, second].sort());
    expect(await database.query(`SELECT state, blocked_by FROM link WHERE state <> 'active'`)).toEqual([
      { state: 'blocked', blocked_by: 'cardinality' },
    ]);
  });

  it('gives the older evidence the place that the younger one had, when it comes late', async () => {
    const second = 'messenger_psid:page:8';
    await prove([aProof(second, PHONE, { evidenceAt: '2026-11-21T00:00:00.000Z' })]);
    await prove([aProof(PSID, PHONE)]);
    expect(await people(database)).toEqual([`${PSID} ${PHONE}`, second].sort());
  });
});

describe('an agent', () => {
  it('merges, and the named customer survives though it is the younger one', async () => {
    await bear(database, [PHONE]);
    await bear(database, [ZALO]);
    const [from, into] = [await customerOf(PHONE), await customerOf(ZALO)];
    const moves = movesOf(await graph.merge(from, into, aDecision()));
    expect(moves).toMatchObject([{ op: 'merge', from, to: into }]);
    expect(await customerOf(PHONE)).toBe(into);
  });

  it('takes a merge back: the whole pointer table is what it was', async () => {
    await prove([aProof(VISITORS[0]!, VISITORS[1]!), aProof(VISITORS[2]!, VISITORS[3]!)]);
    const before = await pointerTable(database);
    const [from, into] = [await customerOf(VISITORS[0]!), await customerOf(VISITORS[2]!)];
    const [merge] = movesOf(await graph.merge(from, into, aDecision()));
    expect(await people(database)).toHaveLength(1);
    const [undone] = movesOf(await graph.undo(merge!.id, aDecision({ rule: 'agent.undo' })));
    expect(await pointerTable(database)).toEqual(before);
    expect(await graph.undo(merge!.id, aDecision())).toEqual({
      ok: false,
      refusal: { code: 'already-undone', undoneBy: undone!.id },
    });
  });

  it('takes decisions on one pair back one by one, the last first', async () => {
    await bear(database, [PHONE]);
    await bear(database, [ZALO]);
    const join = async () =>
      movesOf(await graph.merge(await customerOf(PHONE), await customerOf(ZALO), aDecision()))[0]!;
    const states = [await pointerTable(database)];
    const decisions = [await join()];
    states.push(await pointerTable(database));
    const split = await graph.split(await customerOf(ZALO), [await idOf(PHONE)], aDecision({ rule: 'agent.split' }));
    decisions.push(movesOf(split)[0]!);
    states.push(await pointerTable(database));
    decisions.push(await join());
    while (decisions.length > 0) {
      movesOf(await graph.undo(decisions.pop()!.id, aDecision({ rule: 'agent.undo' })));
      expect(await pointerTable(database)).toEqual(states.pop());
    }
  });

  it('takes the taking back back', async () => {
    await bear(database, [PHONE]);
    await bear(database, [ZALO]);
    const [merge] = movesOf(await graph.merge(await customerOf(PHONE), await customerOf(ZALO), aDecision()));
    const merged = await pointerTable(database);
    const [undone] = movesOf(await graph.undo(merge!.id, aDecision()));
    movesOf(await graph.undo(undone!.id, aDecision()));
    expect(strip(await pointerTable(database))).toEqual(strip(merged));
  });

  it('parts identities for good: neither the same evidence nor other evidence on the pair brings them back', async () => {
    await prove([aProof(ZALO, PHONE)]);
    movesOf(await graph.split(await customerOf(PHONE), [await idOf(PHONE)], aDecision({ rule: 'agent.split' })));
    await prove([aProof(ZALO, PHONE, { evidenceAt: '2026-11-25T00:00:00.000Z' })]);
    await prove([aProof(ZALO, PHONE, { rule: 'otp' })]);
    expect(await people(database)).toEqual([PHONE, ZALO].sort());
  });

  it('forbids two people to be one, not even through a third', async () => {
    await bear(database, [PHONE, ZALO, VISITORS[0]!]);
    movesOf(await graph.forbid(await customerOf(PHONE), await customerOf(ZALO), aDecision()));
    await prove([aProof(ZALO, VISITORS[0]!), aProof(VISITORS[0]!, PHONE, { evidenceAt: '2026-11-22T00:00:00.000Z' })]);
    expect(await people(database)).toEqual([PHONE, `${VISITORS[0]!} ${ZALO}`].sort());
    expect(await graph.merge(await customerOf(PHONE), await customerOf(ZALO), aDecision())).toEqual({
      ok: false,
      refusal: { code: 'guarded', guard: 'forbidden' },
    });
    movesOf(await graph.allow(await customerOf(ZALO), await customerOf(PHONE), aDecision()));
    expect(await people(database)).toHaveLength(1);
  });

  it('sees what a decision would do without its being done', async () => {
    await bear(database, [PHONE, ZALO]);
    const before = await pointerTable(database);
    const [from, into] = [await customerOf(PHONE), await customerOf(ZALO)];
    const preview = movesOf(await graph.merge(from, into, aDecision(), { dryRun: true }));
    expect(preview).toMatchObject([{ op: 'merge', from, to: into }]);
    expect(await pointerTable(database)).toEqual(before);
    expect(await database.query('SELECT * FROM link')).toEqual([]);
  });

  it('rolls back all that a rule did and nothing else', async () => {
    await prove([
      aProof(VISITORS[0]!, VISITORS[1]!, { rule: 'bad' }),
      aProof(VISITORS[2]!, VISITORS[3]!, { rule: 'bad' }),
      aProof(VISITORS[3]!, VISITORS[4]!, { rule: 'good' }),
    ]);
    expect(movesOf(await graph.rollBack({ rule: 'bad' }, aDecision(), { dryRun: true }))).toHaveLength(2);
    expect(await people(database)).toHaveLength(2);
    movesOf(await graph.rollBack({ rule: 'bad' }, aDecision()));
    expect(await people(database)).toEqual(
      [VISITORS[0]!, VISITORS[1]!, VISITORS[2]!, `${VISITORS[3]!} ${VISITORS[4]!}`].sort(),
    );
  });

  it('rolls back what one batch of messages joined', async () => {
    await prove([aProof(VISITORS[0]!, VISITORS[1]!)]);
    await prove([aProof(VISITORS[2]!, VISITORS[3]!)]);
    const [first] = await database.query<{ batch_id: string }>('SELECT batch_id FROM graph_log ORDER BY id LIMIT 1');
    expect(movesOf(await graph.rollBack({ batchId: first!.batch_id }, aDecision()))).toHaveLength(1);
    expect(await people(database)).toEqual([VISITORS[0]!, VISITORS[1]!, `${VISITORS[2]!} ${VISITORS[3]!}`].sort());
  });

  it('marks a number as a family’s: it lets go of everybody', async () => {
    await prove([aProof(ZALO, PHONE), aProof(PSID, PHONE)]);
    movesOf(await graph.share(await idOf(PHONE), true, aDecision()));
    expect(await people(database)).toEqual([PHONE, PSID, ZALO].sort());
    movesOf(await graph.share(await idOf(PHONE), false, aDecision()));
    expect(await people(database)).toHaveLength(1);
  });

  it.each([
    ['itself', async () => [await customerOf(PHONE), await customerOf(PHONE)], { code: 'same-customer' }],
    ['nobody', async () => [await customerOf(PHONE), '999999'], { code: 'unknown-customer' }],
  ])('is refused a merge with %s, and nothing changes', async (_name, pair, refusal) => {
    await bear(database, [PHONE, ZALO]);
    const before = await pointerTable(database);
    const [from = '', into = ''] = await pair();
    expect(await graph.merge(from, into, aDecision())).toEqual({ ok: false, refusal });
    expect(await pointerTable(database)).toEqual(before);
  });

  it('is refused a circle', async () => {
    await bear(database, [PHONE, ZALO]);
    const [from, into] = [await customerOf(PHONE), await customerOf(ZALO)];
    movesOf(await graph.merge(from, into, aDecision()));
    expect(await graph.merge(into, from, aDecision())).toEqual({
      ok: false,
      refusal: { code: 'customer-merged', customerId: from, canonicalId: into },
    });
  });
});

/** Without the numbers that a decision of its own may give. */
const strip = (table: unknown): unknown =>
  JSON.parse(JSON.stringify(table, (key, value: unknown) => (key === 'pin' ? undefined : value)));

/** Evidence between few identities, so that guards meet. */
const proofs = fc
  .array(
    fc.record({
      x: fc.nat(5),
      y: fc.nat(5),
      trust: fc.constantFrom(3, 4),
      day: fc.integer({ min: 10, max: 19 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => {
    const names = [PSID, 'messenger_psid:page:8', 'messenger_psid:page:9', PHONE, VISITORS[0]!, VISITORS[1]!];
    const all = list
      .filter(({ x, y }) => x !== y)
      .map(({ x, y, trust, day }) =>
        aProof(names[x]!, names[y]!, { trust, rule: `rule.${trust}`, evidenceAt: `2026-11-${day}T00:00:00.000Z` }),
      );
    // One sight of each link: the earliest sight decides, and which one comes first must not.
    return [
      ...new Map(all.map((proof) => [[proof.identityKey, proof.provenKey].sort().join() + proof.rule, proof])).values(),
    ];
  });

async function oracle(list: readonly ProofWrite[], names: readonly string[]): Promise<readonly string[]> {
  const ids = await bear(database, names);
  const links = list.map((proof): GraphLink => ({
    ...orderedPair(ids.idAt(proof.identityKey, AT)!, ids.idAt(proof.provenKey, AT)!),
    rule: proof.rule,
    trust: proof.trust,
    evidenceAt: Date.parse(proof.evidenceAt),
  }));
  const nodes = names.map((name) => {
    const { kind, scope, key } = anIdentity(name);
    return { id: ids.idAt(key, AT)!, kind, scope, homeCustomerId: ids.idAt(key, AT)!, pin: null, shared: false };
  });
  const nameOf = new Map(names.map((name) => [ids.idAt(keyOf(name), AT)!, name]));
  return cutGraph({ nodes, links, forbidden: [], parted: [] })
    .parts.map((part) =>
      part.members
        .map((id) => nameOf.get(id)!)
        .sort()
        .join(' '),
    )
    .sort();
}

describe('for any evidence', () => {
  it('workers that share it out in any order, with repeats, come to what the evidence says', async () => {
    await fc.assert(
      fc.asyncProperty(
        proofs.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
        ),
        async ([list, dealt]) => {
          await database.query('TRUNCATE identity, customer, link, graph_log, outbox, graph_job, fact');
          const names = [PSID, 'messenger_psid:page:8', 'messenger_psid:page:9', PHONE, VISITORS[0]!, VISITORS[1]!];
          await bear(database, names);
          const hands = [0, 1, 2].map((hand) => dealt.filter((_, index) => index % 3 === hand));
          await Promise.all(
            hands.map(async (hand) => {
              for (const proof of hand) await prove([proof]);
            }),
          );
          expect([...(await people(database))].map((one) => one.split(' ').sort().join(' ')).sort()).toEqual(
            await oracle(list, names),
          );
          expect(await brokenInvariants(database)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('decisions of agents among it leave every invariant standing, and undoing all of them restores the table', async () => {
    await fc.assert(
      fc.asyncProperty(
        proofs,
        fc.array(fc.record({ op: fc.constantFrom('merge', 'split'), x: fc.nat(5), y: fc.nat(5) }), { maxLength: 5 }),
        async (list, decisions) => {
          await database.query('TRUNCATE identity, customer, link, cannot_link, graph_log, outbox, graph_job, fact');
          const names = [PSID, 'messenger_psid:page:8', 'messenger_psid:page:9', PHONE, VISITORS[0]!, VISITORS[1]!];
          await bear(database, names);
          for (const proof of list) await prove([proof]);
          const before = await pointerTable(database);
          const done: string[] = [];
          for (const { op, x, y } of decisions) {
            const outcome =
              op === 'merge'
                ? await graph.merge(await customerOf(names[x]!), await customerOf(names[y]!), aDecision())
                : await graph.split(
                    await customerOf(names[x]!),
                    [await idOf(names[x]!)],
                    aDecision({ rule: 'agent.split' }),
                  );
            if (outcome.ok && outcome.moves.length > 0) done.push(outcome.moves[0]!.id);
            expect(await brokenInvariants(database)).toEqual([]);
          }
          for (const id of done.reverse()) movesOf(await graph.undo(id, aDecision({ rule: 'agent.undo' })));
          expect(await pointerTable(database)).toEqual(before);
          expect(await brokenInvariants(database)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** A store without the lock, in which two transactions always meet after both have read. */
class Lockless {
  private waiting: (() => void)[] = [];

  constructor(private readonly real: Database) {}

  async query<Row extends object>(statement: string | NamedStatement, values?: readonly unknown[]): Promise<Row[]> {
    return await this.real.query<Row>(statement, values);
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return await this.real.transaction(async (tx) =>
      work({
        query: async (statement, values) => {
          if (typeof statement === 'string' && statement.includes('pg_advisory_xact_lock')) return [];
          const rows = await tx.query(statement, values);
          if (typeof statement !== 'string' && statement.name === 'graph-forbidden') await this.meet();
          return rows as never;
        },
      }),
    );
  }

  private async meet(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === 2) for (const go of this.waiting.splice(0)) go();
    });
  }
}

describe('a hub of many', () => {
  const HUB = 'livechat_visitor:w:hub';
  const many = Array.from({ length: 1_300 }, (_, index) => `livechat_visitor:w:m${index}`);
  const at = (index: number): string => new Date(Date.parse(AT) + index * 240_000).toISOString();

  it('fills one customer up to its size; the lane makes it the ones who were proven first', async () => {
    const ids = await bear(database, [HUB, ...many]);
    const evidence = new EvidenceRepository(database);
    // The latest first, so that what came first is not what was first.
    const late = many.map((name, index) => aProof(HUB, name, { evidenceAt: at(index) })).reverse();
    for (let from = 0; from < late.length; from += 325) await evidence.prove(late.slice(from, from + 325), ids);
    const lane = new LargeGroupsRepository(database);
    while ((await lane.regroupNext()) === 'regrouped');
    const [largest] = await database.query<{ n: number; members: string[] }>(
      `SELECT count(*)::int AS n, array_agg(value ORDER BY id) AS members FROM identity GROUP BY customer_id ORDER BY 1 DESC LIMIT 1`,
    );
    expect(largest!.n).toBe(50);
    expect(new Set(largest!.members)).toEqual(
      new Set(['hub', ...many.slice(0, 49).map((name) => name.split(':')[2]!)]),
    );
  });
});

describe('what the lock is for', () => {
  it('without it, two batches that join the same people at once leave a pointer to nobody', async () => {
    await bear(database, VISITORS.slice(0, 3));
    const store = new Lockless(database) as unknown as Database;
    const joins = [aProof(VISITORS[0]!, VISITORS[1]!), aProof(VISITORS[1]!, VISITORS[2]!)];
    await Promise.all(joins.map(async (proof) => await prove([proof], store)));
    expect(await brokenInvariants(database)).not.toEqual([]);
    // Mended for the check after each test.
    await database.query('TRUNCATE identity, customer, link, graph_log, outbox, fact');
  });

  it('with it, they end in one person', async () => {
    await bear(database, VISITORS.slice(0, 3));
    const joins = [aProof(VISITORS[0]!, VISITORS[1]!), aProof(VISITORS[1]!, VISITORS[2]!)];
    await Promise.all(joins.map(async (proof) => await prove([proof])));
    expect(await people(database)).toHaveLength(1);
  });
});

describe('what the order is for', () => {
  it('batches that make identities in opposite orders stand in each other’s way', async () => {
    const insert = (names: readonly string[]) =>
      database.query(
        `INSERT INTO identity (kind, scope, value, key_hash, customer_id, home_customer_id)
         SELECT 'external', '', k.h::text, k.h, nextval('customer_number'), nextval('customer_number') FROM unnest($1::uuid[]) AS k(h) ON CONFLICT DO NOTHING`,
        [names],
      );
    let deadlocks = 0;
    for (let round = 0; round < 100 && deadlocks === 0; round += 1) {
      const keys = Array.from({ length: 400 }, () => randomUUID());
      const outcomes = await Promise.allSettled([insert(keys), insert([...keys].reverse())]);
      deadlocks += outcomes.filter((outcome) => outcome.status === 'rejected').length;
    }
    expect(deadlocks).toBeGreaterThan(0);
    await database.query('TRUNCATE identity');
  });
});
