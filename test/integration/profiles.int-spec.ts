import type { InboundEvent } from '@app/contracts';
import { createLogger, Metrics, type ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import { ErasureRepository, ProfileRepository, type Database } from '@app/persistence';
import { anInboundMessage } from '@app/testkit';
import { FetchProfilesService } from '../../apps/follow-up/src/fetch-profiles/fetch-profiles.service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';

const PAGE = '106000000000001';
const LAN = '7412345678900001';
const account = (more: Partial<ChannelAccount> = {}): ChannelAccount => ({
  id: 'fb-shop',
  channel: 'messenger',
  provider: 'meta',
  externalId: PAGE,
  settings: { profiles: true },
  secrets: { access_token: 'EAAB-made-up' },
  ...more,
});

let server: TestPostgres;
let service: TimelineService;
let database: Database;
let asked: DownloadRequest[];
let answer: () => Download;

beforeAll(async () => {
  server = await startTestPostgres();
  service = await startTimelineService(await server.createDatabase());
  ({ database } = service);
});
afterAll(async () => {
  await service.close();
  await server.stop();
});
const says = (body: object): Download => ({ ok: true, bytes: Buffer.from(JSON.stringify(body)) });
beforeEach(async () => {
  await service.reset();
  await database.query('TRUNCATE profile_lookup');
  asked = [];
  answer = () => says({ first_name: 'Bưởi', last_name: 'Trần Thị', locale: 'vi_VN', id: LAN });
});

const look = async (accounts: readonly ChannelAccount[] = [account()], metrics = new Metrics()): Promise<void> => {
  const client = {
    download: async (request: DownloadRequest): Promise<Download> => {
      asked.push(request);
      return await Promise.resolve(answer());
    },
  };
  const logger = createLogger({ level: 'silent', service: 'test' });
  const tokens = { withToken: async (one: ChannelAccount) => await Promise.resolve(one) };
  const fetcher = new FetchProfilesService(new ProfileRepository(database), client, tokens, accounts, metrics, logger);
  await fetcher.findNew();
  await fetcher.fetchDue();
};
const passTime = async (): Promise<void> => {
  await database.query('UPDATE profile_lookup SET due_at = clock_timestamp()');
};
const named = (name?: string): InboundEvent =>
  anInboundMessage({ identity: name === undefined ? {} : { display_name: name } });
const nameShown = async (): Promise<string | undefined> => {
  const { body } = await service.get(`/v1/customers?identity=messenger_psid:${PAGE}:${LAN}`);
  return (body as { customers: { display_name?: string }[] }).customers[0]?.display_name;
};
const waitsHours = async (): Promise<number> => {
  const [row] = await database.query<{ hours: number }>(
    'SELECT round(extract(epoch FROM due_at - clock_timestamp()) / 3600)::int AS hours FROM profile_lookup',
  );
  return row!.hours;
};

describe('a person of whom messages tell a number only', () => {
  it('is asked about once, and named from then on', async () => {
    await service.unify(named());
    await look();
    await look();
    expect(asked).toEqual([
      {
        url: `https://graph.facebook.com/v25.0/${LAN}?fields=first_name,last_name,locale`,
        headers: { authorization: 'Bearer EAAB-made-up' },
        hosts: ['graph.facebook.com'],
      },
    ]);
    expect(await nameShown()).toBe('Trần Thị Bưởi');
    expect(await waitsHours()).toBe(30 * 24);
    expect((await service.get('/v1/customers?q=buoi')).text).toContain('Trần Thị Bưởi');
  });

  it('is asked about anew after a month, when the name may be another', async () => {
    await service.unify(named());
    await look();
    answer = () => says({ first_name: 'Bưởi', last_name: 'Lê Thị' });
    await passTime();
    await look();
    expect(await nameShown()).toBe('Lê Thị Bưởi');
  });

  it.each([
    ['a refusal', (): Download => ({ ok: false, outcome: 'gone', reason: 'http_400' }), 24],
    ['an answer without a name', () => says({ id: LAN }), 24],
    [
      'a fault that passes',
      (): Download => ({ ok: false, outcome: 'retry', reason: 'http_503', retryAfterMs: 7_200_000 }),
      2,
    ],
  ])('stays unnamed after %s, which is not asked for again at once', async (_what, given, hours) => {
    answer = given;
    await service.unify(named());
    await look();
    await look();
    expect(asked).toHaveLength(1);
    expect(await nameShown()).toBeUndefined();
    expect(await waitsHours()).toBe(hours);
  });

  it.each([
    ['an account that does not say so', account({ settings: {} })],
    ['an account without a token', account({ secrets: {} })],
    ['another page', account({ externalId: '106000000000002' })],
  ])('is not asked about for %s', async (_what, other) => {
    await service.unify(named());
    await look([other]);
    expect(asked).toEqual([]);
  });

  it('is found however late its number was committed', async () => {
    await service.unify(named());
    await database.query('UPDATE profile_scan SET last_identity = (SELECT max(id) + 500 FROM identity)');
    await look();
    expect(asked).toHaveLength(1);
  });

  it('is asked about by one of two workers', async () => {
    await service.unify(
      ...Array.from({ length: 12 }, (_, n) =>
        anInboundMessage({ id: `m_${n}`, identity: { value: `74000000000000${n}` } }),
      ),
    );
    await look();
    await Promise.all([look(), look()]);
    expect(new Set(asked.map(({ url }) => url)).size).toBe(12);
    expect(asked).toHaveLength(12);
  });

  it('who is erased meanwhile stays erased', async () => {
    await service.unify(named());
    const profiles = new ProfileRepository(database);
    await profiles.findNew([{ kind: 'messenger_psid', scope: PAGE }]);
    const [lookup] = await profiles.claim(1, 1_000);
    const [row] = await database.query<{ id: string }>('SELECT customer_id::text AS id FROM identity');
    await new ErasureRepository(database).erase(row!.id, { actor: 'lan', reason: 'khách yêu cầu', correlationId: 'c' });
    await profiles.keep(lookup!.identity_id, { name: 'Trần Thị Bưởi' });
    expect(await database.query('SELECT value FROM fact')).toEqual([]);
    await passTime();
    await look();
    expect([asked.length, (await database.query('SELECT 1 FROM profile_lookup')).length]).toEqual([0, 0]);
  });

  it('counts by outcome, without a name', async () => {
    const metrics = new Metrics();
    await service.unify(named());
    await look([account()], metrics);
    const text = await metrics.registry.metrics();
    expect(text).toContain('omniline_profiles_total{account="fb-shop",outcome="known"} 1');
    expect(text).not.toContain('Bưởi');
  });
});
