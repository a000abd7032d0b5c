import type { Claim, InboundEvent, InboundIdentity } from '@app/contracts';
import {
  CustomersRepository,
  Database,
  EpochsRepository,
  ErasureRepository,
  migrate,
  TimelineRepository,
} from '@app/persistence';
import { aBatch, anEdit, anInboundMessage } from '@app/testkit';
import { assertInvariants, people } from '../support/identities.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

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
  await assertInvariants(database);
  await database.close();
  await server.dropDatabase(url);
});

const ZALO: Partial<InboundIdentity> = { kind: 'zalo_user', scope: '579745863508352884', value: '7000000000000000001' };
const phone = (value: string): Partial<InboundIdentity> => ({ kind: 'phone', scope: '', value });
const VICTIM = phone('+84912345678');
const APP = 'zalo_app_user:4310000000000000001:8000000000000000001';

const zaloMessage = (id: string, claims: readonly Claim[], identity: Partial<InboundIdentity> = ZALO): InboundEvent =>
  anInboundMessage({ id, account: 'oa-shop', channel: 'zalo', identity, more: { claims: [...claims] } });
const sms = (id: string, from: Partial<InboundIdentity>, at: Date, text = 'Còn hàng không shop?'): InboundEvent =>
  anInboundMessage({ id, account: 'hotline', channel: 'sms', thread: from.value!, identity: from, at, text });
const DAY = 86_400_000;
const NOON = new Date('2026-11-20T05:00:00.000Z');
const day = (n: number): Date => new Date(NOON.getTime() + n * DAY);

const unify = async (events: readonly InboundEvent[], settings: Readonly<Record<string, string>> = {}) =>
  await unifierOn(database, { settings }).unify(aBatch([...events]));
const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;

/** Everything that is visible of the customer of an identity. */
async function viewOf(value: string): Promise<unknown> {
  const [row] = await database.query<{ customer_id: string }>(
    'SELECT customer_id::text FROM identity WHERE value = $1 AND valid_to IS NULL',
    [value],
  );
  const [customer] = await new CustomersRepository(database).details([row!.customer_id]);
  return JSON.stringify([customer, await new TimelineRepository(database).page(row!.customer_id, 200)]);
}

describe('proof within a message', () => {
  it('joins the two ids that one signed body holds, and only once', async () => {
    const claim: Claim = { kind: 'external_id', value: APP, level: 4, source: 'zalo.user_id_by_app' };
    await unify([zaloMessage('m1', [claim]), zaloMessage('m2', [claim])]);
    await unify([zaloMessage('m3', [claim])]);
    expect(await people(database)).toEqual([`${APP} zalo_user:${ZALO.scope!}:${ZALO.value!}`]);
    expect(await count('link')).toBe(1);
    expect(await count('graph_log')).toBe(1);
  });

  it('joins two people of whom each was known before', async () => {
    await unify([zaloMessage('m1', []), sms('s1', VICTIM, NOON)]);
    const claim: Claim = { kind: 'phone', value: '0912 345 678', level: 4, source: 'crm.import' };
    await unify([zaloMessage('m2', [claim])]);
    expect(await people(database)).toHaveLength(1);
  });
});

describe('a claim', () => {
  const CLAIMS: readonly Claim[] = [
    { kind: 'phone', value: '0912345678', level: 1, source: 'zalo.user_submit_info' },
    { kind: 'phone', value: '0912345678', level: 0, source: 'zalo.business_card' },
  ];

  it('of somebody’s number leaves the timeline and the customer of that number untouched, byte for byte', async () => {
    await unify([sms('s1', VICTIM, NOON)]);
    const before = await viewOf(VICTIM.value!);
    await unify([
      zaloMessage('m1', CLAIMS),
      anInboundMessage({
        id: 'm2',
        account: 'oa-shop',
        channel: 'zalo',
        identity: ZALO,
        text: 'Số em là 0912345678 ạ',
      }),
    ]);
    expect(await viewOf(VICTIM.value!)).toBe(before);
    expect(await people(database)).toHaveLength(2);
    expect(await count('link')).toBe(0);
    expect(await database.query('SELECT rule, trust FROM claim ORDER BY rule')).toEqual([
      { rule: 'text.phone', trust: 1 },
      { rule: 'zalo.business_card', trust: 0 },
      { rule: 'zalo.user_submit_info', trust: 1 },
    ]);
  });

  it('makes nobody: a number that was only claimed is no customer', async () => {
    await unify([zaloMessage('m1', CLAIMS)]);
    expect(await count('customer')).toBe(1);
  });

  it.each([5, 4, 2])('that a connector sets to level %i above its table is refused with its message', async (level) => {
    await unify([sms('s1', VICTIM, NOON)]);
    const before = [await viewOf(VICTIM.value!), await people(database)];
    const outcome = await unify([
      zaloMessage('m1', [{ kind: 'phone', value: '0912345678', level, source: 'zalo.user_submit_info' }]),
    ]);
    expect(outcome.rejected).toMatchObject([
      { code: 'identity_conflict', detail: 'claim_level_forbidden: zalo.user_submit_info' },
    ]);
    expect([await viewOf(VICTIM.value!), await people(database)]).toEqual(before);
  });

  it('of an unproven sender never joins, whatever its level', async () => {
    await unify([
      zaloMessage('m1', [{ kind: 'external_id', value: APP, level: 4, source: 'zalo.user_id_by_app' }], {
        ...ZALO,
        authenticity: 'A1',
      }),
    ]);
    expect(await count('link')).toBe(0);
  });

  it('of level 2 joins where the installation trusts its rule, and nowhere else', async () => {
    const message = zaloMessage('m1', [{ kind: 'phone', value: '0912345678', level: 2, source: 'order_feed' }]);
    await unify([message]);
    expect(await count('link')).toBe(0);
    await unify([message], { OMNILINE_JOINING_RULES: 'order_feed' });
    expect(await people(database)).toHaveLength(1);
    expect(await count('identity')).toBe(2);
  });

  it('of our own number says nothing about anybody', async () => {
    await unify([zaloMessage('m1', CLAIMS)], { OMNILINE_OWN_CONTACTS: '0912 345 678' });
    expect(await count('claim')).toBe(0);
  });

  it('sent from a desk’s mailbox joins nobody to the desk', async () => {
    const desk = { kind: 'email', scope: '', value: 'ketoan@congty.example' };
    const claim: Claim = { kind: 'email', value: 'ketoan@congty.example', level: 4, source: 'crm.import' };
    await unify([
      anInboundMessage({ id: 'd1', channel: 'email', account: 'hotro', identity: desk }),
      zaloMessage('m1', [claim]),
    ]);
    expect(await people(database)).toHaveLength(2);
    expect(await database.query('SELECT state, blocked_by FROM link')).toEqual([
      { state: 'blocked', blocked_by: 'shared' },
    ]);
  });
});

describe('a number that changes hands', () => {
  it('belongs to the owner of each time, whatever the order of arrival', async () => {
    await unify([sms('s1', VICTIM, day(0))]);
    const [old] = await database.query<{ id: string }>('SELECT id::text FROM identity');
    expect(await new EpochsRepository(database).end(old!.id, day(10))).toMatchObject({ ok: true });
    await unify([sms('s4', VICTIM, day(12)), sms('s2', VICTIM, day(9))]);
    await unify([sms('s3', VICTIM, day(10)), sms('s5', VICTIM, day(3))]);
    const rows = await database.query<{ epoch: number; days: string[] }>(
      `SELECT i.epoch, array_agg(e.occurred_at::date::text ORDER BY e.occurred_at) AS days
         FROM entry e JOIN identity i ON i.id = e.identity_id GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { epoch: 0, days: ['2026-11-20', '2026-11-23', '2026-11-29'] },
      { epoch: 1, days: ['2026-11-30', '2026-12-02'] },
    ]);
    expect(await count('customer')).toBe(2);
    expect(await count('conversation')).toBe(2);
  });
});

describe('a number that another WhatsApp account has', () => {
  const NUMBER = VICTIM.value!;
  const account = (value: string): Partial<InboundIdentity> => ({
    kind: 'whatsapp_user',
    scope: '330000000000077',
    value,
    authenticity: 'A2',
  });
  const [OLD, NEW] = [account('VN.70300000000000000077'), account('VN.99000000000000000088')];
  const binding: Claim = { kind: 'phone', value: NUMBER, level: 4, source: 'whatsapp.user_id' };
  const whatsApp = (id: string, identity: Partial<InboundIdentity>, at: Date): InboundEvent =>
    anInboundMessage({ id, account: 'wa-shop', channel: 'whatsapp', identity, at, more: { claims: [binding] } });
  const partOf = async (value: string): Promise<string[]> => {
    const rows = await database.query<{ entry: string }>(
      `SELECT e.body->'provider'->>'message_id' AS entry FROM entry e JOIN identity i ON i.id = e.identity_id
        WHERE i.customer_id = (SELECT customer_id FROM identity WHERE value = $1) ORDER BY 1`,
      [value],
    );
    return rows.map(({ entry }) => entry);
  };
  const epochs = async (): Promise<number> =>
    (await database.query(`SELECT 1 FROM identity WHERE kind = 'phone'`)).length;

  it('has another owner from then on; what stands stays with the one before', async () => {
    await unify([whatsApp('w1', OLD, day(0)), sms('s1', VICTIM, day(1))]);
    await unify([whatsApp('w2', NEW, day(100))]);
    await unify([sms('s2', VICTIM, day(101)), sms('s0', VICTIM, day(2))]);
    expect(await partOf(OLD.value!)).toEqual(['s0', 's1', 'w1']);
    expect(await partOf(NEW.value!)).toEqual(['s2', 'w2']);
  });

  it('has it once, however often it is told, and within one batch with what follows', async () => {
    await unify([whatsApp('w1', OLD, day(0))]);
    const later = [whatsApp('w2', NEW, day(100)), sms('s2', VICTIM, day(101)), whatsApp('w3', NEW, day(102))];
    await unify(later);
    await unify(later);
    expect(await partOf(NEW.value!)).toEqual(['s2', 'w2', 'w3']);
    expect(await epochs()).toBe(2);
  });

  it('has none when two show it in turn: the first keeps it, and neither joins the other', async () => {
    await unify([whatsApp('w1', OLD, day(0)), whatsApp('w3', OLD, day(100))]);
    await unify([whatsApp('w2', NEW, day(50))]);
    expect(await epochs()).toBe(1);
    expect([await partOf(OLD.value!), await partOf(NEW.value!)]).toEqual([['w1', 'w3'], ['w2']]);
  });

  it('has none when the same account shows it again after a long time', async () => {
    await unify([whatsApp('w1', OLD, day(0))]);
    await unify([whatsApp('w2', OLD, day(400))]);
    expect(await epochs()).toBe(1);
  });

  it('has none by a word that proves nothing', async () => {
    await unify([whatsApp('w1', OLD, day(0))]);
    await unify([zaloMessage('m1', [{ kind: 'phone', value: NUMBER, level: 1, source: 'zalo.user_submit_info' }])]);
    expect(await epochs()).toBe(1);
  });
});

describe('erasure', () => {
  const MARKER = 'dấu-hiệu-riêng-của-chị-Bưởi';
  const marked = (id: string, at: Date) =>
    anInboundMessage({
      id,
      account: 'hotline',
      channel: 'sms',
      thread: VICTIM.value!,
      identity: { ...VICTIM, display_name: MARKER, username: MARKER },
      at,
      text: `${MARKER} 0987654321`,
    });
  const request = { actor: 'Lan', reason: MARKER, correlationId: '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122' };
  const eraseVictim = async () => {
    const [row] = await database.query<{ customer_id: string }>(
      `SELECT customer_id::text FROM identity WHERE kind = 'phone' AND epoch = 0`,
    );
    return await new ErasureRepository(database).erase(row!.customer_id, request);
  };
  /** Every row of every table as text. */
  const everything = async (): Promise<string> => {
    const tables = await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'erasure_request'`,
    );
    const texts = [];
    for (const { name } of tables) texts.push(JSON.stringify(await database.query(`SELECT t::text FROM "${name}" t`)));
    return texts.join('\n');
  };

  it('leaves nothing of the person in any table', async () => {
    await unify([
      marked('s1', day(-1)),
      anEdit({ id: 's1', identity: VICTIM, account: 'hotline', channel: 'sms', at: day(-1), text: MARKER }),
    ]);
    expect(await everything()).toContain(MARKER);
    expect(await eraseVictim()).toMatchObject({ ok: true });
    const left = await everything();
    for (const trace of [MARKER, VICTIM.value!, '987654321']) expect(left).not.toContain(trace);
  });

  it('survives a replay of everything that came before it', async () => {
    const past = [marked('s1', day(-2)), marked('s2', day(-1))];
    await unify([past[0]!]);
    await eraseVictim();
    await unify(past);
    expect(await everything()).not.toContain(MARKER);
    expect(await count('entry')).toBe(1);
    expect(await count('customer')).toBe(1);
  });

  it('makes somebody new of whoever writes from the number after it', async () => {
    await unify([marked('s1', day(-1))]);
    const [before] = await database.query<{ id: string; customer_id: string }>('SELECT id, customer_id FROM identity');
    await eraseVictim();
    await unify([sms('s9', VICTIM, new Date(Date.now() + DAY))]);
    const [after] = await database.query<{ id: string; customer_id: string; epoch: number }>(
      'SELECT id, customer_id, epoch FROM identity WHERE valid_to IS NULL',
    );
    expect(after).toMatchObject({ epoch: 1 });
    expect([after!.id, after!.customer_id]).not.toEqual([before!.id, before!.customer_id]);
    expect(await viewOf(VICTIM.value!)).toContain('Còn hàng không shop?');
  });

  it('is refused a second time', async () => {
    await unify([marked('s1', day(-1))]);
    await eraseVictim();
    expect(await eraseVictim()).toEqual({ ok: false, code: 'customer-erased' });
  });

  it('sweeps up what a batch wrote that had begun before it', async () => {
    await unify([marked('s1', day(-1))]);
    await eraseVictim();
    await database.query(
      `UPDATE entry SET event_id = 'in_late', body = jsonb_build_object('content', jsonb_build_object('type', 'text', 'text', $1::text), 'provider', '{}'::jsonb)`,
      [MARKER],
    );
    expect(await new ErasureRepository(database).sweep()).toBe(1);
    expect(await everything()).not.toContain(MARKER);
  });
});
