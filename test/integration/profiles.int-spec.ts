import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InboundEvent } from '@app/contracts';
import { createLogger, Metrics, type ChannelAccount } from '@app/kernel';
import { DirectoryStore, type Download, type DownloadRequest, type MediaStore } from '@app/media';
import {
  AvatarRepository,
  ErasureRepository,
  MediaRepository,
  ProfileRepository,
  type Database,
} from '@app/persistence';
import { anInboundMessage } from '@app/testkit';
import { AvatarKeeper } from '../../apps/follow-up/src/fetch-profiles/avatar-keeper.js';
import { FetchProfilesService } from '../../apps/follow-up/src/fetch-profiles/fetch-profiles.service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';

const PAGE = '106000000000001';
const LAN = '7412345678900001';
const PICTURE = 'https://platform-lookaside.fbsbx.com/platform/profilepic/?psid=1&hash=bi-mat';
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');
const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1');
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
let pictureAnswer: () => Download;
let folder: string;
let store: MediaStore;

beforeAll(async () => {
  server = await startTestPostgres();
  folder = mkdtempSync(path.join(tmpdir(), 'omniline-avatars-'));
  store = new DirectoryStore(folder);
  service = await startTimelineService(await server.createDatabase(), {}, { OMNILINE_MEDIA: folder });
  ({ database } = service);
});
afterAll(async () => {
  await service.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});
const says = (body: object): Download => ({ ok: true, bytes: Buffer.from(JSON.stringify(body)) });
beforeEach(async () => {
  await service.reset();
  await database.query('TRUNCATE profile_lookup');
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
  asked = [];
  pictureAnswer = () => ({ ok: true, bytes: PNG });
  answer = () => says({ first_name: 'Bưởi', last_name: 'Trần Thị', locale: 'vi_VN', id: LAN });
});

const look = async (accounts: readonly ChannelAccount[] = [account()], metrics = new Metrics()): Promise<void> => {
  const client = {
    download: async (request: DownloadRequest): Promise<Download> => {
      asked.push(request);
      return await Promise.resolve(request.url === PICTURE ? pictureAnswer() : answer());
    },
  };
  const logger = createLogger({ level: 'silent', service: 'test' });
  const tokens = { withToken: async (one: ChannelAccount) => await Promise.resolve(one) };
  const avatars = new AvatarKeeper(client, new AvatarRepository(database), store);
  const profiles = new ProfileRepository(database);
  const fetcher = new FetchProfilesService(profiles, client, tokens, avatars, accounts, metrics, logger);
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
        url: `https://graph.facebook.com/v25.0/${LAN}?fields=first_name,last_name,locale,profile_pic`,
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

describe('the picture of a person', () => {
  interface Seen {
    readonly avatar?: string;
    readonly identities: readonly { readonly avatar?: string }[];
  }
  const person = async (): Promise<Seen | undefined> => {
    const { body } = await service.get(`/v1/customers?identity=messenger_psid:${PAGE}:${LAN}`);
    return (body as { customers: Seen[] }).customers[0];
  };
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.length > 40);
  const sweep = async (): Promise<void> => {
    await database.query(`UPDATE media_object SET stored_at = stored_at - interval '1 hour'`);
    await new MediaRepository(database).removeUnreferred(async (digest) => await store.delete(digest));
  };
  const eraseAll = async (): Promise<void> => {
    for (const { id } of await database.query<{ id: string }>('SELECT id::text FROM customer'))
      await new ErasureRepository(database).erase(id, { actor: 'lan', reason: 'khách yêu cầu', correlationId: 'c' });
  };

  beforeEach(() => {
    answer = () => says({ first_name: 'Bưởi', last_name: 'Trần Thị', profile_pic: PICTURE });
  });

  it('is fetched from hosts of the provider only, kept, and shown without them', async () => {
    await service.unify(named());
    await look();
    expect(asked[1]).toEqual({ url: PICTURE, hosts: ['fbcdn.net', 'fbsbx.com', 'cdninstagram.com'] });
    const seen = await person();
    expect(seen?.avatar).toMatch(/^\/v1\/identities\/idn_\d+\/avatar$/);
    expect(seen?.identities.map(({ avatar }) => avatar)).toEqual([seen?.avatar]);
    const reply = await fetch(service.url + seen!.avatar!, {
      headers: { authorization: 'Bearer khoa-thu-nghiem-0001' },
    });
    expect(Buffer.from(await reply.arrayBuffer()).equals(PNG)).toBe(true);
    expect(reply.headers.get('content-type')).toBe('image/png');
    expect(reply.headers.get('etag')).toBe(`"${hash('sha256', PNG)}"`);
    expect((await fetch(service.url + seen!.avatar!)).status).toBe(401);
    expect(service.logged.join()).not.toContain('bi-mat');
  });

  it.each<[string, () => Download]>([
    ['a page', () => ({ ok: true, bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>') })],
    ['a program', () => ({ ok: true, bytes: Buffer.from('#!/bin/sh\n') })],
    ['a document', () => ({ ok: true, bytes: Buffer.from('%PDF-1.7\n%âãÏÓ\n', 'latin1') })],
    ['too large', () => ({ ok: true, bytes: Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]) })],
    ['elsewhere', () => ({ ok: false, outcome: 'blocked', reason: 'host' })],
  ])('is not kept when it is %s', async (_what, given) => {
    pictureAnswer = given;
    await service.unify(named());
    await look();
    expect(await nameShown()).toBe('Trần Thị Bưởi');
    expect((await person())?.avatar).toBeUndefined();
    expect([files(), await waitsHours()]).toEqual([[], 30 * 24]);
  });

  it('is asked for again soon when its host is away, and the name stands meanwhile', async () => {
    pictureAnswer = () => ({ ok: false, outcome: 'retry', reason: 'http_503' });
    await service.unify(named());
    await look();
    expect([await nameShown(), await waitsHours()]).toEqual(['Trần Thị Bưởi', 0]);
    pictureAnswer = () => ({ ok: true, bytes: PNG });
    await passTime();
    await look();
    expect((await person())?.avatar).toBeDefined();
  });

  it('gives way to the next one, whose bytes alone stay', async () => {
    await service.unify(named());
    await look();
    pictureAnswer = () => ({ ok: true, bytes: GIF });
    await passTime();
    await look();
    await sweep();
    expect(files().map((name) => path.basename(name))).toEqual([hash('sha256', GIF)]);
    expect((await service.get((await person())!.avatar!)).headers.get('content-type')).toBe('image/gif');
  });

  it('stays while it is somebody’s, and goes with the person', async () => {
    await service.unify(named());
    await look();
    const { avatar } = (await person())!;
    await sweep();
    expect(files()).toHaveLength(1);
    await eraseAll();
    await sweep();
    expect([files(), (await service.get(avatar!)).status]).toEqual([[], 404]);
    expect(await database.query('SELECT 1 FROM identity_avatar')).toEqual([]);
  });

  it('of somebody who is erased while it is fetched is not kept', async () => {
    await service.unify(named());
    const [row] = await database.query<{ id: string }>('SELECT id::text FROM identity');
    await eraseAll();
    const keeper = new AvatarKeeper(
      { download: async () => await Promise.resolve(pictureAnswer()) },
      new AvatarRepository(database),
      store,
    );
    await keeper.keep(row!.id, { url: PICTURE, hosts: ['fbsbx.com'] });
    await sweep();
    expect([files(), await database.query('SELECT 1 FROM identity_avatar')]).toEqual([[], []]);
  });

  it.each(['idn_999999', 'idn_0', 'idn_x', '42'])('is not found under %s', async (id) => {
    expect((await service.get(`/v1/identities/${id}/avatar`)).status).toBe(404);
  });
});
