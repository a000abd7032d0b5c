import { createLogger, HealthRegistry, Metrics, type ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import { CredentialRepository, Database, migrate, ProfileRepository } from '@app/persistence';
import { ZaloTokens } from '@app/simulators';
import { aBatch, anInboundMessage } from '@app/testkit';
import { FetchProfilesService } from '../../apps/follow-up/src/fetch-profiles/fetch-profiles.service.js';
import { KeepTokensService } from '../../apps/follow-up/src/keep-tokens/keep-tokens.service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

const SECRET = 'mot-bi-mat-dai-hon-ba-muoi-hai-ky-tu';
const account = (refreshToken = 'tu-tap-tin'): ChannelAccount => ({
  id: 'oa-shop',
  channel: 'zalo',
  provider: 'zalo',
  externalId: '2870000000000000001',
  settings: { app_id: '3900000000000000033', profiles: true },
  secrets: { oa_secret_key: 'khoa', app_secret: 'bi-mat-ung-dung', refresh_token: refreshToken },
});
const logger = createLogger({ level: 'silent', service: 'test' });
const PERSON = '8000000000000000001';

let server: TestPostgres;
let url: string;
let databases: Database[];
let zalo: ZaloTokens;
let asked: DownloadRequest[];
let mood: 'answers' | 'away';
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
  databases = [];
  zalo = new ZaloTokens({ id: '3900000000000000033', secret: 'bi-mat-ung-dung' }, 'tu-tap-tin');
  asked = [];
  mood = 'answers';
  now = new Date('2026-11-20T05:00:00.000Z');
});
afterEach(async () => {
  await Promise.all(databases.map((database) => database.close()));
});

const connect = (): Database => {
  const database = Database.connect(url, { applicationName: 'test', max: 3 });
  databases.push(database);
  return database;
};
/** Zalo, as far as it is asked. */
const client = {
  download: async (request: DownloadRequest): Promise<Download> => {
    asked.push(request);
    if (mood === 'away') return await Promise.resolve({ ok: false, outcome: 'retry', reason: 'http_503' });
    const { headers = {}, form } = request;
    const body =
      form === undefined ? { error: 0, data: { display_name: 'Trần Thị Bưởi' } } : zalo.answer({ headers, form });
    return { ok: true, bytes: Buffer.from(JSON.stringify(body)) };
  },
};
/** A copy of the service: its own pool and memory. */
function copy(mine = account()): { readonly service: KeepTokensService; readonly health: HealthRegistry } {
  const health = new HealthRegistry();
  const credentials = new CredentialRepository(connect(), SECRET);
  const clock = { now: () => now };
  return { service: new KeepTokensService(credentials, client, [mine], health, new Metrics(), clock, logger), health };
}
const tokenOf = async ({ service }: ReturnType<typeof copy>): Promise<string | undefined> =>
  (await service.withToken(account())).secrets['access_token'];
const stateOf = async ({ service, health }: ReturnType<typeof copy>): Promise<string | undefined> => {
  await service.keepAll();
  return (await health.report()).checks['token oa-shop']?.detail;
};

describe('the tokens of an official account', () => {
  it('are exchanged once by copies that race, as the provider demands', async () => {
    const copies = [copy(), copy(), copy()];
    expect(await Promise.all(copies.map(tokenOf))).toEqual(['truy-cap-1', 'truy-cap-1', 'truy-cap-1']);
    expect(zalo.used).toEqual(['tu-tap-tin']);
    expect(asked[0]).toEqual({
      url: 'https://oauth.zaloapp.com/v4/oa/access_token',
      headers: { secret_key: 'bi-mat-ung-dung' },
      form: { refresh_token: 'tu-tap-tin', app_id: '3900000000000000033', grant_type: 'refresh_token' },
      hosts: ['oauth.zaloapp.com'],
    });
  });

  it('are renewed when four fifths of their life are over, though nobody needs them', async () => {
    const one = copy();
    expect(await stateOf(one)).toBe('good');
    now = new Date(now.getTime() + 0.79 * 90_000_000);
    await one.service.keepAll();
    expect(zalo.used).toHaveLength(1);
    now = new Date(now.getTime() + 0.02 * 90_000_000);
    await one.service.keepAll();
    expect(zalo.used).toEqual(['tu-tap-tin', 'lam-moi-1']);
    expect(await tokenOf(copy())).toBe('truy-cap-2');
  });

  it('survive a provider that is away, and tell of one that refuses', async () => {
    const one = copy();
    mood = 'away';
    expect(await stateOf(one)).toMatch(/^away /);
    mood = 'answers';
    expect(await stateOf(one)).toBe('good');
    const spent = copy(account('da-dung-roi'));
    expect(await stateOf(spent)).toBe('refused: -14014');
  });

  it('are those with which names are asked for', async () => {
    const database = connect();
    await unifierOn(database).unify(
      aBatch([
        anInboundMessage({
          account: 'oa-shop',
          channel: 'zalo',
          identity: { kind: 'zalo_user', scope: '2870000000000000001', value: PERSON },
        }),
      ]),
    );
    const { service } = copy();
    const profiles = new ProfileRepository(database);
    const noPictures = { keep: async () => await Promise.resolve('refused' as const) };
    const fetcher = new FetchProfilesService(profiles, client, service, noPictures, [account()], new Metrics(), logger);
    await fetcher.findNew();
    mood = 'away';
    await fetcher.fetchDue();
    expect(asked.map(({ url: address }) => new URL(address).host)).toEqual(['oauth.zaloapp.com']);
    mood = 'answers';
    await database.query('UPDATE profile_lookup SET due_at = clock_timestamp()');
    await fetcher.fetchDue();
    expect(asked.at(-1)).toMatchObject({ headers: { access_token: 'truy-cap-1' }, hosts: ['openapi.zalo.me'] });
    const [fact] = await database.query<{ value: string }>(`SELECT value FROM fact WHERE key = 'name'`);
    expect(fact?.value).toBe('Trần Thị Bưởi');
  });
});
