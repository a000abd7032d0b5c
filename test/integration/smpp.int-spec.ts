import { createHmac } from 'node:crypto';
import { INBOUND_TYPES, type InboundEvent } from '@app/contracts';
import { StreamUnavailableError, type ChannelAccount } from '@app/kernel';
import { createLogStream, Database, ErasureRepository, migrate } from '@app/persistence';
import { MessageCentre, type SmppCut, type SmppMessage } from '@app/simulators';
import type { Stream } from '@app/stream';
import { aBatch } from '@app/testkit';
import { pino } from 'pino';
import { until } from '../support/email-service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';
import { collectSms, startSmsService, type SmsService } from '../support/sms-service.js';

const LOGIN = { systemId: 'cuahang', password: 'matkhau' };
const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const sms = (text: string, from = '84912345678'): SmppMessage => ({
  from,
  to: '8085',
  bytes: ucs2(text),
  dataCoding: 8,
});
const piece = (text: string, number: number, total: number, reference = 7): SmppMessage => ({
  ...sms(text),
  udh: Buffer.from([5, 0, 3, reference, total, number]),
});
const receipt = (id: string): SmppMessage => ({
  ...sms(''),
  bytes: Buffer.from(`id:${id} stat:DELIVRD err:000 text:`),
  dataCoding: 0,
  fields: { esm_class: 4 },
});

let server: TestPostgres;
let url: string;
let database: Database;
let reader: Stream;
let seen: InboundEvent[];
let centre: MessageCentre;
let services: SmsService[];
let now: Date;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 2 });
  reader = createLogStream({ url, logger: pino({ level: 'silent' }), clientId: 'test-reader' });
  seen = await collectSms(reader);
  centre = await MessageCentre.start(LOGIN);
  services = [];
  now = new Date('2026-11-20T05:00:00.000Z');
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await centre.stop();
  await reader.close();
  await database.close();
  await server.dropDatabase(url);
});

const account = (password = LOGIN.password): ChannelAccount => ({
  id: 'smsc',
  channel: 'sms',
  provider: 'smpp',
  externalId: '8085',
  settings: { host: '127.0.0.1', port: centre.port },
  secrets: { system_id: LOGIN.systemId, password },
});
async function start(wrap?: (stream: Stream) => Stream, mine = account()): Promise<SmsService> {
  const clock = { now: () => now };
  const service = await startSmsService({
    databaseUrl: url,
    accounts: [mine],
    clock,
    ...(wrap === undefined ? {} : { wrap }),
  });
  services.push(service);
  return service;
}
const texts = (): (string | undefined)[] =>
  seen.map(({ data }) => ('content' in data ? data.content.text : 'status' in data ? data.status : 'khác'));
const arrived = async (count: number): Promise<void> =>
  await until(
    () => seen.length >= count && centre.waiting === 0,
    () => JSON.stringify([texts(), centre.waiting]),
  );
const stateOf = async ({ health }: SmsService): Promise<string | undefined> =>
  (await health.report()).checks['message centre smsc']?.detail;

describe('a message centre', () => {
  it('hands messages over in order, and what looks alike is two when both were answered', async () => {
    await start();
    centre.hand(sms('một'), sms('ok'), sms('ok'), sms('hai'), receipt('0A1'));
    await arrived(5);
    expect(texts()).toEqual(expect.arrayContaining(['một', 'ok', 'ok', 'hai', 'delivered']));
    expect(texts().filter((text) => text !== 'delivered')).toEqual(['một', 'ok', 'ok', 'hai']);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
  });

  it.each<SmppCut>(['connect', 'bind', 'bound', 'delivery', 'answer'])(
    'that drops the line at the %s loses and doubles nothing',
    async (cut) => {
      centre.cut = cut;
      await start();
      centre.hand(sms('một'), piece('hai ', 1, 2), piece('ba', 2, 2), sms('bốn'));
      await arrived(3);
      expect(centre.cut).toBeUndefined();
      expect(texts()).toEqual(['một', 'hai ba', 'bốn']);
    },
  );

  it('that drops the line again and again loses and doubles nothing', async () => {
    await start();
    const all = Array.from({ length: 12 }, (_, index) => `tin ${index}`);
    for (const [index, text] of all.entries()) {
      centre.cut = (['delivery', 'answer', 'bound'] as const)[index % 3];
      centre.hand(sms(text));
      await until(() => centre.waiting === 0);
    }
    centre.cut = undefined;
    await arrived(12);
    expect(texts()).toEqual(all);
  });

  it('hears that it must come again while the stream is away', async () => {
    let away = true;
    const wrap = (stream: Stream): Stream =>
      Object.assign(Object.create(stream) as Stream, {
        append: (...args: Parameters<Stream['append']>) =>
          away ? Promise.reject(new StreamUnavailableError('away')) : stream.append(...args),
      });
    await start(wrap);
    centre.hand(sms('một'), receipt('0A1'));
    await until(() => centre.handedOver >= 3);
    expect([seen.length, centre.delivered.length]).toEqual([0, 0]);
    away = false;
    await arrived(2);
    expect(new Set(texts())).toEqual(new Set(['một', 'delivered']));
  });

  it('may have one bind: a second copy waits and takes over', async () => {
    const first = await start();
    await until(async () => (await stateOf(first)) === 'bound');
    const second = await start();
    await until(async () => (await stateOf(second)) === 'standby');
    expect(centre.binds).toBe(1);
    await first.stop();
    services = [second];
    await until(async () => (await stateOf(second)) === 'bound');
    centre.hand(sms('một'));
    await arrived(1);
  });

  it('that refuses the password is told, and asked again after a while', async () => {
    const service = await start(undefined, account('sai'));
    await until(async () => (await stateOf(service)) === 'away (bind refused: 0xe)');
    expect(centre.binds).toBe(0);
  });
});

describe('a long message by HTTP', () => {
  const vonage: ChannelAccount = {
    id: 'vonage-sms',
    channel: 'sms',
    provider: 'vonage',
    externalId: '+84888000111',
    settings: {},
    secrets: { signature_secret: 'khoa-ky-bia-ra' },
  };
  const post = async (service: SmsService, number: number, text: string): Promise<number> => {
    const fields: Record<string, string> = {
      msisdn: '84912345678',
      to: '84888000111',
      messageId: `0C0${number}`,
      text,
      concat: 'true',
      'concat-ref': '9',
      'concat-total': '2',
      'concat-part': String(number),
      timestamp: String(now.getTime() / 1_000),
    };
    const signed = Object.keys(fields)
      .sort()
      .map((name) => `&${name}=${fields[name]}`)
      .join('');
    const sig = createHmac('sha256', 'khoa-ky-bia-ra').update(signed).digest('hex');
    const body = JSON.stringify({ ...fields, sig });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${service.url}/webhooks/sms/vonage-sms`, { method: 'POST', headers, body })).status;
  };

  it('is one, in whatever order its parts come and however often', async () => {
    const service = await start(undefined, vonage);
    expect([await post(service, 2, 'hai cái'), await post(service, 2, 'hai cái')]).toEqual([200, 200]);
    expect(seen).toEqual([]);
    expect(await post(service, 1, 'Em lấy ')).toBe(200);
    await arrived(1);
    expect(await post(service, 1, 'Em lấy ')).toBe(200);
    expect(texts()).toEqual(['Em lấy hai cái']);
  });

  it('is not accepted while the store is away', async () => {
    const service = await start(undefined, vonage);
    await database.query('ALTER TABLE message_set RENAME TO message_set_away');
    expect(await post(service, 1, 'Em lấy ')).toBeGreaterThanOrEqual(500);
  });
});

describe('a long message', () => {
  it('is one, though its second part comes first and its first one twice', async () => {
    await start();
    centre.hand(piece('nhé', 2, 2), piece('Giữ giúp em ', 1, 2), piece('nhé', 2, 2, 8), piece('Chị ơi ', 1, 2, 8));
    centre.repeatAnswered = 1;
    await arrived(2);
    expect(texts()).toEqual(['Giữ giúp em nhé', 'Chị ơi nhé']);
  });

  it('is told in part after ten minutes, and whole when the rest comes', async () => {
    const { joiner } = await start();
    centre.hand(piece('Em lấy ', 1, 2));
    await until(() => centre.waiting === 0 && centre.handedOver === 1);
    await joiner.tellUntold();
    expect(seen).toEqual([]);
    now = new Date(now.getTime() + 601_000);
    await joiner.tellUntold();
    await arrived(1);
    expect(seen[0]!.data.flags).toEqual(['partial']);
    centre.hand(piece('hai cái', 2, 2));
    await arrived(2);
    expect(texts()).toEqual(['Em lấy […]', 'Em lấy hai cái']);
    expect(seen[1]).toMatchObject({
      type: INBOUND_TYPES.edited,
      data: { provider: { message_id: seen[0]!.data.provider.message_id } },
    });
  });

  it('whose process died before it told it is told by the next one, under the same id', async () => {
    const service = await start();
    centre.hand(sms('một'));
    await arrived(1);
    await database.query('UPDATE message_set SET told = 0');
    now = new Date(now.getTime() + 60_000);
    await service.joiner.tellUntold();
    await database.query('SELECT 1');
    centre.hand(sms('hai'));
    await arrived(2);
    expect(texts()).toEqual(['một', 'hai']);
    const sets = await database.query<{ told: number }>('SELECT told FROM message_set ORDER BY id');
    expect(sets.map(({ told }) => told)).toEqual([1, 1]);
  });

  it('goes with the person, its parts included', async () => {
    await start();
    centre.hand(piece('Em lấy ', 1, 2), sms('một'), sms('hai', '84912345679'));
    await arrived(2);
    await unifierOn(database).unify(aBatch(seen));
    const [row] = await database.query<{ id: string }>(
      `SELECT customer_id::text AS id FROM identity WHERE value = '+84912345678'`,
    );
    const request = { actor: 'test', reason: null, correlationId: 'c' };
    expect(await new ErasureRepository(database).erase(row!.id, request)).toMatchObject({ ok: true });
    const kept = await database.query<{ sender: string }>(
      'SELECT sender FROM message_set JOIN message_part ON set_id = id',
    );
    expect(kept).toEqual([{ sender: '+84912345679' }]);
  });

  it('of the same reference is another one after that time', async () => {
    await start();
    centre.hand(piece('a', 1, 2), piece('b', 2, 2));
    await arrived(1);
    now = new Date(now.getTime() + 700_000);
    centre.hand(piece('a', 1, 2), piece('c', 2, 2));
    await arrived(2);
    expect(texts()).toEqual(['ab', 'ac']);
  });
});
