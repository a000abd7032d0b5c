import fc from 'fast-check';
import type { InboundEvent } from '@app/contracts';
import { Metrics, StoreUnavailableError } from '@app/kernel';
import {
  Database,
  migrate,
  toTimelineEntry,
  TimelineRepository,
  type NamedStatement,
  type Queryable,
} from '@app/persistence';
import { aBatch, aDeletion, anEdit, anInboundMessage, aPost, aReaction, aReadWatermark, aReceipt } from '@app/testkit';
import { unifierOn } from '../support/unifier.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
let database: Database;
let url: string;

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
});
afterEach(async () => {
  await database.close();
  await server.dropDatabase(url);
});

const unify = async (...events: InboundEvent[]): Promise<void> => {
  await unifierOn(database).unify(aBatch(events));
};
const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;

/** Everything that a reader can see, without what depends on arrival: times of storing, revisions, numbers given. */
async function visibleState(): Promise<unknown> {
  const ids = await database.query<{ id: string; identity: string }>(
    'SELECT e.id, i.value AS identity FROM entry e JOIN identity i ON i.id = e.identity_id ORDER BY e.id',
  );
  const timelines = new TimelineRepository(database);
  const shown = [];
  for (const { id, identity } of ids) {
    const { stored_at: _s, revision: _r, flags: _f, author, ...entry } = toTimelineEntry((await timelines.entry(id))!);
    shown.push({ ...entry, author: author.type, identity });
  }
  return shown;
}

/** A database that dies after some statements, as if the process had been killed there. */
class DyingDatabase {
  constructor(
    private readonly real: Database,
    private statementsLeft: number,
  ) {}

  private spend(): void {
    this.statementsLeft -= 1;
    if (this.statementsLeft < 0) throw new StoreUnavailableError('killed');
  }

  async query<Row extends object>(statement: string | NamedStatement, values?: readonly unknown[]): Promise<Row[]> {
    this.spend();
    return await this.real.query<Row>(statement, values);
  }

  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    return await this.real.transaction(async (transaction) =>
      work({
        query: async (statement, values) => {
          this.spend();
          return await transaction.query(statement, values);
        },
      }),
    );
  }
}

/** Three mails, the first two under one Message-ID; an answer to it, and a bounce that names it. */
const mail = (messageId: string, inReplyTo?: string) => {
  const ids = { message_id: messageId, in_reply_to: inReplyTo === undefined ? [] : [inReplyTo], references: [] };
  return {
    mail: { ...ids, from: [], to: [], cc: [], reply_to: [], authentication: {} },
    ...(inReplyTo === undefined ? {} : { reply_to: { message_kind: 'mail' as const, provider_message_id: inReplyTo } }),
  };
};
const aBounce = (): InboundEvent => {
  const { id, data, type } = aReceipt({ id: 'bounce-1', status: 'failed', at: new Date('2026-11-20T05:08:00.000Z') });
  return {
    id,
    type,
    data: { ...data, message_kind: 'mail', message_ids: ['tra-loi@cuahang.example'] },
  } as InboundEvent;
};
const aComplaint = (): InboundEvent => {
  const { id, data, type } = aReceipt({ id: 'complaint-1', status: 'delivered' });
  return {
    id,
    type,
    data: { ...data, message_kind: 'mail', message_ids: ['tra-loi@cuahang.example'], complaint: 'abuse' },
  } as InboundEvent;
};
const mails: readonly InboundEvent[] = [
  anInboundMessage({ id: 'mail_1', direction: 'echo', more: mail('tra-loi@cuahang.example') }),
  anInboundMessage({ id: 'mail_2', direction: 'echo', more: mail('tra-loi@cuahang.example') }),
  anInboundMessage({
    id: 'mail_3',
    at: new Date('2026-11-20T05:07:00.000Z'),
    more: mail('cam-on@khach.example', 'tra-loi@cuahang.example'),
  }),
  aBounce(),
];

const story: readonly InboundEvent[] = [
  anInboundMessage({ id: 'm_1', text: 'Áo này còn size M không?' }),
  anInboundMessage({ id: 'm_2', text: 'Dạ còn ạ', direction: 'echo', at: new Date('2026-11-20T05:01:00.000Z') }),
  anEdit({ id: 'm_1', text: 'Áo này còn size L không?', rank: 2, at: new Date('2026-11-20T05:02:00.000Z') }),
  anEdit({ id: 'm_1', text: 'Áo này còn size S không?', rank: 1, at: new Date('2026-11-20T05:01:30.000Z') }),
  aReaction({ id: 'm_2', at: new Date('2026-11-20T05:03:00.000Z') }),
  aReceipt({ id: 'm_2', status: 'delivered', at: new Date('2026-11-20T05:01:01.000Z') }),
  aReceipt({ id: 'm_2', status: 'read', at: new Date('2026-11-20T05:01:05.000Z') }),
  anInboundMessage({ id: 'm_3', text: 'gửi nhầm', at: new Date('2026-11-20T05:04:00.000Z') }),
  aDeletion({ id: 'm_3', at: new Date('2026-11-20T05:05:00.000Z') }),
  aReadWatermark({ until: new Date('2026-11-20T05:06:00.000Z') }),
  ...mails,
];

describe('unifying', () => {
  it('makes one entry of a message that is delivered five times at once through two unifiers', async () => {
    const event = anInboundMessage();
    const unifiers = [unifierOn(database), unifierOn(database)];
    await Promise.all([0, 1, 2, 3, 4].map((n) => unifiers[n % 2]!.unify(aBatch([event, event]))));
    expect(await count('entry')).toBe(1);
    expect(await count(`outbox WHERE kind = 'entry.appended'`)).toBe(1);
    expect((await database.query<{ n: number }>('SELECT entries AS n FROM conversation'))[0]!.n).toBe(1);
  });

  it('makes one identity, customer and conversation of ten first messages at once', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, n) => unify(anInboundMessage({ id: `m_${n}` }))));
    expect(await count('entry')).toBe(10);
    expect([await count('identity'), await count('customer'), await count('conversation')]).toEqual([1, 1, 1]);
  });

  it('gives one customer to the same phone number behind two SMS accounts', async () => {
    const phone = { kind: 'phone', scope: '', value: '+84912345678' };
    await unify(
      anInboundMessage({ id: 's1', account: 'hotline-sms', channel: 'sms', identity: phone }),
      anInboundMessage({ id: 's1', account: 'sms-vn', channel: 'sms', identity: phone }),
    );
    expect([await count('entry'), await count('conversation'), await count('customer')]).toEqual([2, 2, 1]);
  });

  it('keeps people apart whose provider ids are equal in different scopes', async () => {
    await unify(
      anInboundMessage({ id: 'a', identity: { scope: 'page-1' } }),
      anInboundMessage({ id: 'b', identity: { scope: 'page-2' } }),
    );
    expect(await count('customer')).toBe(2);
  });

  it('gives customers a reference with a check digit', async () => {
    await unify(anInboundMessage());
    const [row] = await database.query<{ ref: string }>('SELECT ref FROM customer');
    expect(row!.ref).toMatch(/^KH-\d{6}$/);
  });

  it('identifies nobody by a blocked value', async () => {
    await unify(
      anInboundMessage({ id: 'a', channel: 'sms', identity: { kind: 'phone', scope: '', value: 'anonymous' } }),
    );
    const rows = await database.query<{ kind: string; label: string }>(
      'SELECT i.kind, c.kind AS label FROM identity i JOIN customer c ON c.id = i.customer_id',
    );
    expect(rows).toEqual([{ kind: 'sender_label', label: 'label' }]);
    expect(await count('entry')).toBe(1);
  });

  it('ends in the same timeline whatever the order, grouping and repetition of deliveries', async () => {
    await unify(...story);
    const expected = await visibleState();
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
          'TRUNCATE entry, entry_alias, change, conversation, outbox, identity, customer, fact RESTART IDENTITY',
        );
        if (atOnce) await Promise.all(batches.map((batch) => unify(...batch)));
        else for (const batch of batches) await unify(...batch);
        expect(await visibleState()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('tells every mail of that name what became of it, and what an answer answers', async () => {
    await unify(aBounce(), mails[2]!);
    const answer = async () => {
      const [row] = await database.query<{ id: string }>(
        `SELECT id FROM entry WHERE body#>>'{provider,message_id}' = 'mail_3'`,
      );
      return toTimelineEntry((await new TimelineRepository(database).entry(row!.id))!).reply_to_entry_id;
    };
    expect(await answer()).toBeUndefined();
    await unify(mails[0]!);
    await unify(mails[1]!);
    const sent = await database.query<{ id: string; changes: { delivery?: { status: string } } }>(
      `SELECT id, changes FROM entry WHERE direction = 'outbound' ORDER BY id`,
    );
    expect(sent.map(({ changes }) => changes.delivery?.status)).toEqual(['failed', 'failed']);
    expect(await answer()).toBe(`ent_${sent[0]!.id}`);
  });

  it('tells a mail that its recipient complained of it, whichever comes first', async () => {
    await unifierOn(database).unify(aBatch([aComplaint()]));
    expect(await count('entry')).toBe(0);
    await unifierOn(database).unify(aBatch(mails));
    const sent = await database.query<{ changes: object }>(
      "SELECT changes FROM entry WHERE direction = 'outbound' ORDER BY id",
    );
    const shown = { status: 'delivered', complaint: 'abuse' };
    expect(sent.map(({ changes }) => changes)).toMatchObject([{ delivery: shown }, { delivery: shown }]);
  });

  it('completes a batch that was killed after any of its statements', async () => {
    await unify(...story);
    const expected = await visibleState();
    for (let statements = 0; ; statements += 1) {
      await database.query(
        'TRUNCATE entry, entry_alias, change, conversation, outbox, identity, customer, fact RESTART IDENTITY',
      );
      const dying = unifierOn(new DyingDatabase(database, statements) as unknown as Database);
      const died = await dying.unify(aBatch(story)).then(
        () => false,
        (error: unknown) => error instanceof StoreUnavailableError,
      );
      await unify(...story);
      expect(await visibleState()).toEqual(expected);
      expect(await count(`outbox WHERE kind = 'entry.appended'`)).toBe(6);
      expect(await count(`outbox WHERE kind = 'identity.state'`)).toBe(1);
      if (!died) break;
      expect(statements).toBeLessThan(50);
    }
  }, 60_000);

  it('marks what arrives after something that happened later in its conversation', async () => {
    await unify(anInboundMessage({ id: 'new', at: new Date('2026-11-20T06:00:00.000Z') }));
    await unify(anInboundMessage({ id: 'old', at: new Date('2026-11-20T05:00:00.000Z') }));
    const rows = await database.query<{ late: boolean }>('SELECT late FROM entry ORDER BY occurred_at');
    expect(rows.map((row) => row.late)).toEqual([true, false]);
  });

  it('rejects a record that is no event and keeps its neighbours', async () => {
    const good = aBatch([anInboundMessage({ id: 'a' }), anInboundMessage({ id: 'b' })]);
    const [first, second] = good.records;
    const batch = {
      ...good,
      records: [first!, { ...second!, value: Buffer.from('{"no":'), offset: 9n }, { ...second!, offset: 10n }],
    };
    const outcome = await unifierOn(database).unify(batch);
    expect(outcome.rejected.map(({ record, code }) => [record.offset, code])).toEqual([[9n, 'decode_failed']]);
    expect(await count('entry')).toBe(2);
  });

  it('accounts for every event as entry, change or repeat', async () => {
    const metrics = new Metrics();
    const unifier = unifierOn(database, { metrics });
    await unifier.unify(aBatch(story));
    await unifier.unify(aBatch([...story, ...story]));
    const { values } = await metrics.unifierEvents.get();
    const of = (outcome: string) => values.find(({ labels }) => labels.outcome === outcome)?.value;
    // 6 messages, 8 changes; the watermark makes no row, so each of its two repeats counts as a change.
    expect([of('entry'), of('change'), of('repeat')]).toEqual([6, 10, 26]);
  });

  it('counts the words of a post as a change each time, and makes nobody of them', async () => {
    const metrics = new Metrics();
    await unifierOn(database, { metrics }).unify(aBatch([aPost(), aPost()]));
    const { values } = await metrics.unifierEvents.get();
    expect(values.flatMap(({ labels, value }) => (value === 0 ? [] : [[labels.outcome, value]]))).toEqual([
      ['change', 2],
    ]);
    expect([await count('identity'), await count('entry'), await count('change'), await count('post')]).toEqual([
      0, 0, 0, 1,
    ]);
  });
});
