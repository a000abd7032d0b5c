import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { INBOUND_TYPES, type Attachment, type InboundEvent, type MessageEdited } from '@app/contracts';
import { createLogger, Metrics, StoreUnavailableError, type ChannelAccount } from '@app/kernel';
import { DirectoryStore, type Download, type DownloadRequest, type MediaStore } from '@app/media';
import { ErasureRepository, MediaRepository, type Database } from '@app/persistence';
import { aDeletion, anEdit, anInboundMessage } from '@app/testkit';
import { FetchMediaService } from '../../apps/follow-up/src/fetch-media/fetch-media.service.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { startTimelineService, type TimelineService } from '../support/timeline-service.js';
import { until } from '../support/until.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');
const PNG_DIGEST = hash('sha256', PNG);
const URL_OF_A = 'https://scontent.fbcdn.net/a.png?sig=bi-mat';
const account: ChannelAccount = {
  id: 'fb-shop',
  channel: 'messenger',
  provider: 'meta',
  externalId: '106000000000001',
  settings: {},
  secrets: {},
};
const picture = (locator = URL_OF_A): Attachment => ({
  kind: 'image',
  state: 'pending',
  source: 'url',
  locator,
  filename: 'áo dài.png',
});
const ok: Download = { ok: true, bytes: PNG };
const away: Download = { ok: false, outcome: 'retry', reason: 'http_503' };

let server: TestPostgres;
let service: TimelineService;
let database: Database;
let folder: string;
let store: MediaStore;
let asked: DownloadRequest[];
let answers: (request: DownloadRequest) => Download;
let now: Date;

beforeAll(async () => {
  server = await startTestPostgres();
  folder = mkdtempSync(path.join(tmpdir(), 'omniline-media-'));
  service = await startTimelineService(await server.createDatabase(), {}, { OMNILINE_MEDIA: folder });
  ({ database } = service);
});
afterAll(async () => {
  await service.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await service.reset();
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
  store = new DirectoryStore(folder);
  asked = [];
  answers = () => ok;
  now = new Date();
});

const worker = (
  over: { media?: MediaRepository; metrics?: Metrics; accounts?: readonly ChannelAccount[] } = {},
): FetchMediaService =>
  new FetchMediaService(
    over.media ?? new MediaRepository(database),
    store,
    {
      download: async (request) => {
        asked.push(request);
        return await Promise.resolve(answers(request));
      },
    },
    over.accounts ?? [account],
    over.metrics ?? new Metrics(),
    { now: () => now },
    createLogger({ level: 'silent', service: 'test' }),
  );
const withPicture = (more: Partial<Attachment> = {}, id = 'm_1'): InboundEvent =>
  anInboundMessage({ id, more: { attachments: [{ ...picture(), ...more }] } });
const run = async (by = worker()): Promise<void> => {
  while (await by.fetchDue());
};
/** Makes every job due, as if its wait were over. */
const passTime = async (): Promise<void> => {
  await database.query('UPDATE media_job SET due_at = clock_timestamp()');
};
const entryIds = async (): Promise<string[]> =>
  (await database.query<{ id: string }>('SELECT id FROM entry ORDER BY id')).map(({ id }) => `ent_${id}`);
interface SeenEntry {
  readonly revision: number;
  readonly state: string;
  readonly attachments?: readonly Attachment[];
}
const entry = async (): Promise<SeenEntry> => (await service.get(`/v1/entries/${(await entryIds())[0]}`)).body;
const count = async (table: string): Promise<number> =>
  (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.length > 40);

describe('an attachment', () => {
  it('is fetched after its message stands, and readers are told once', async () => {
    await service.unify(withPicture());
    expect(await entry()).toMatchObject({ revision: 1, attachments: [{ state: 'pending' }] });
    await run();
    expect(asked).toEqual([{ url: URL_OF_A, hosts: ['fbcdn.net', 'fbsbx.com', 'cdninstagram.com'] }]);
    const stored = { state: 'stored', sha256: PNG_DIGEST, media_type: 'image/png', size_bytes: PNG.length };
    expect(await entry()).toMatchObject({ revision: 2, attachments: [{ ...picture(), ...stored }] });
    expect(await count('media_job')).toBe(0);
    await service.relay();
    const events = await service.get('/v1/events?types=omni.timeline.entry.changed');
    expect(events.text).toContain('"reasons":["media"]');
    expect(service.logged.join()).not.toContain('bi-mat');
  });

  it('is given to whoever may see its entry, with the type of its content', async () => {
    await service.unify(withPicture({ declared_media_type: 'text/html' }));
    await run();
    const [id] = await entryIds();
    const at = `/v1/entries/${id}/media/${PNG_DIGEST}`;
    const answer = await fetch(service.url + at, { headers: { authorization: 'Bearer khoa-thu-nghiem-0001' } });
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect((await fetch(service.url + at)).status).toBe(401);
    expect((await service.get(at, { headers: { range: 'bytes=1-3' } })).text).toBe('PNG');
    for (const other of ['0'.repeat(64), '..%2f..%2fetc', PNG_DIGEST.toUpperCase()]) {
      expect((await service.get(`/v1/entries/${id}/media/${other}`)).status).toBe(404);
    }
    await service.unify(aDeletion());
    expect((await service.get(at)).status).toBe(404);
  });

  it('is kept once, however many messages carry the same bytes', async () => {
    await service.unify(withPicture(), withPicture({ locator: 'https://scontent.fbcdn.net/b.png' }, 'm_2'));
    await run();
    expect([await count('media_object'), await count('media_reference'), files()]).toEqual([
      1,
      2,
      [expect.any(String)],
    ]);
  });

  it.each([
    ['blocked', 'a program', (): Download => ({ ok: true, bytes: Buffer.from('#!/bin/sh') })],
    ['blocked', 'an address inside', (): Download => ({ ok: false, outcome: 'blocked', reason: 'private_address' })],
    ['expired', 'a dead link', (): Download => ({ ok: false, outcome: 'gone', reason: 'http_404' })],
  ])('ends %s for %s, and is not asked for again', async (state, _what, answer) => {
    answers = answer;
    await service.unify(withPicture());
    await run();
    expect(await entry()).toMatchObject({ revision: 2, attachments: [{ state }] });
    await passTime();
    await run();
    expect([asked.length, await count('media_job'), files().length]).toEqual([1, 0, 0]);
  });

  it('is asked for until it comes', async () => {
    answers = () => (asked.length < 3 ? away : ok);
    await service.unify(withPicture());
    for (let turn = 0; turn < 4; turn += 1) {
      await run();
      await passTime();
    }
    expect(asked).toHaveLength(3);
    expect(await entry()).toMatchObject({ revision: 2, attachments: [{ state: 'stored' }] });
  });

  it('that comes late is asked for again when it is not found, for an hour', async () => {
    const recording = { ...picture('https://api.stringee.com/v1/call/recordfile/call-1'), kind: 'audio' as const };
    const exchange: ChannelAccount = {
      ...account,
      id: 'tong-dai',
      channel: 'voice',
      provider: 'stringee',
      secrets: { api_key_sid: 'SK.0.demo', api_key_secret: 'bi-mat' },
    };
    await service.unify(
      anInboundMessage({ account: 'tong-dai', channel: 'voice', more: { attachments: [recording] } }),
    );
    answers = () => ({ ok: false, outcome: 'gone', reason: 'http_404' });
    await run(worker({ accounts: [exchange] }));
    expect(asked[0]?.headers).toHaveProperty('x-stringee-auth');
    expect(await entry()).toMatchObject({ revision: 1, attachments: [{ state: 'pending' }] });
    now = new Date(now.getTime() + 3_700_000);
    await database.query('UPDATE media_job SET due_at = clock_timestamp()');
    await run(worker({ accounts: [exchange] }));
    expect(await entry()).toMatchObject({ attachments: [{ state: 'expired' }] });
  });

  it('waits between attempts, and fails after three days of them', async () => {
    answers = () => away;
    await service.unify(withPicture());
    await run();
    await run();
    expect(asked).toHaveLength(1);
    now = new Date(now.getTime() + 72 * 3_600_000 + 1_000);
    await passTime();
    await run();
    expect(await entry()).toMatchObject({ attachments: [{ state: 'failed' }] });
  });

  it('fails when its account is not ours any more', async () => {
    await service.unify(anInboundMessage({ account: 'an-account-that-went', more: { attachments: [picture()] } }));
    await run();
    expect(asked).toEqual([]);
    expect(await entry()).toMatchObject({ attachments: [{ state: 'failed' }] });
  });

  it('that a customer chose the address of is never asked for', async () => {
    await service.unify(withPicture({ kind: 'link', locator: 'https://la.example/' }));
    expect(await count('media_job')).toBe(0);
  });

  it('is not fetched twice when its message is repeated', async () => {
    await service.unify(withPicture());
    await run();
    await service.unify(withPicture());
    await run();
    expect([asked.length, await count('media_job'), (await entry()).revision]).toEqual([1, 0, 2]);
  });

  it('is not fetched when its message was taken back', async () => {
    await service.unify(withPicture());
    await service.unify(aDeletion());
    await run();
    expect([asked.length, await count('media_job')]).toEqual([0, 0]);
  });
});

describe('an edit', () => {
  const replaced = (): InboundEvent => {
    const edit = anEdit();
    const data: MessageEdited = {
      ...(edit.data as MessageEdited),
      attachments: [picture('https://scontent.fbcdn.net/new.png')],
    };
    return { ...edit, type: INBOUND_TYPES.edited, data };
  };

  it('brings its own attachments, also when it comes before its message', async () => {
    for (const order of [
      [withPicture(), replaced()],
      [replaced(), withPicture()],
    ]) {
      await service.reset();
      for (const event of order) {
        await service.unify(event);
        await run();
      }
      await passTime();
      await run();
      expect(await entry()).toMatchObject({
        attachments: [{ locator: 'https://scontent.fbcdn.net/new.png', state: 'stored', sha256: PNG_DIGEST }],
      });
      expect(await count('media_job')).toBe(0);
    }
  });
});

describe('whatever dies when', () => {
  /** Fails at the n-th call to the repository, as if the process had been killed there. */
  const dyingAt = (n: number): MediaRepository => {
    let calls = 0;
    return new Proxy(new MediaRepository(database), {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => {
          calls += 1;
          if (calls > n) throw new StoreUnavailableError('killed');
          return value.apply(target, values) as unknown;
        };
      },
    });
  };

  it.each([1, 2, 3])('a worker that ends after its step %s leaves nothing lost or doubled', async (step) => {
    await service.unify(withPicture());
    const dead = await Promise.allSettled([worker({ media: dyingAt(step) }).fetchDue()]);
    expect(dead[0].status).toBe('rejected');
    await passTime();
    await run();
    expect(await entry()).toMatchObject({ revision: 2, attachments: [{ state: 'stored' }] });
    expect([await count('media_job'), await count('change'), files().length]).toEqual([0, 1, 1]);
  });

  it('says that bytes are kept only when they are', async () => {
    const real = store;
    store = {
      ...real,
      get: real.get.bind(real),
      delete: real.delete.bind(real),
      put: () => Promise.reject(new Error('full')),
    };
    await service.unify(withPicture());
    await run();
    expect(await entry()).toMatchObject({ revision: 1, attachments: [{ state: 'pending' }] });
    store = real;
    await passTime();
    await run();
    expect(await entry()).toMatchObject({ attachments: [{ state: 'stored' }] });
  });

  it('two workers do not do the same work, and one that was taken for dead changes nothing', async () => {
    await service.unify(
      ...Array.from({ length: 30 }, (_, n) => withPicture({ locator: `https://x.fbcdn.net/${n}` }, `m_${n}`)),
    );
    await Promise.all([run(), run(), run()]);
    expect(asked).toHaveLength(30);
    const repository = new MediaRepository(database);
    await service.unify(withPicture({ locator: 'https://x.fbcdn.net/last' }, 'm_last'));
    const [job] = await repository.claim(1, 60_000);
    await passTime();
    await run();
    await repository.settle(job!, { state: 'failed' });
    const { n } = (
      await database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM entry WHERE changes->'attachments'->0->>'state' = 'stored'`,
      )
    )[0]!;
    expect([n, await count('media_job')]).toEqual([31, 0]);
  });
});

describe('an erasure', () => {
  const somebodyWaits = async (): Promise<boolean> =>
    (await count(`pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`)) > 0;
  const erase = async (): Promise<void> => {
    const [customer] = await database.query<{ id: string }>('SELECT id::text FROM customer ORDER BY id LIMIT 1');
    const outcome = await new ErasureRepository(database).erase(customer!.id, {
      actor: 'lan',
      reason: 'khách yêu cầu',
      correlationId: 'c',
    });
    expect(outcome.ok).toBe(true);
    await database.query(`UPDATE media_object SET stored_at = stored_at - interval '1 hour'`);
  };
  const other = { identity: { value: '7412345678900002' }, id: 'm_other' };

  it('takes the bytes along, and those that are still to come', async () => {
    await service.unify(withPicture());
    await run();
    await service.unify(withPicture({ locator: 'https://scontent.fbcdn.net/next.png' }, 'm_2'));
    await erase();
    await worker().sweep();
    await run();
    expect(asked).toHaveLength(1);
    expect([await count('media_job'), await count('media_object'), await count('media_reference'), files()]).toEqual([
      0,
      0,
      0,
      [],
    ]);
  });

  it('leaves bytes that somebody else was sent as well', async () => {
    await service.unify(withPicture(), anInboundMessage({ ...other, more: { attachments: [picture()] } }));
    await run();
    await erase();
    await worker().sweep();
    expect([await count('media_object'), await count('media_reference'), files().length]).toEqual([1, 1, 1]);
  });

  it('never takes bytes to which somebody just began to refer', async () => {
    await service.unify(withPicture());
    await run();
    await erase();
    await service.unify(anInboundMessage({ ...other, more: { attachments: [picture()] } }));
    let referring: Promise<void> | undefined;
    const removed = await new MediaRepository(database).removeUnreferred(async (digest) => {
      referring = run();
      await until(somebodyWaits);
      await store.delete(digest);
    });
    // Whoever began to refer is told no at the end of the removal, and puts the bytes back at the next attempt.
    await referring;
    expect([removed, await count('media_job')]).toEqual([1, 1]);
    await passTime();
    await run();
    expect(await count('media_object')).toBe(1);
    expect(files()).toHaveLength(1);
  });
});

it('counts what waits and what came of it', async () => {
  const metrics = new Metrics();
  answers = () => (asked.length === 1 ? ok : away);
  await service.unify(withPicture(), withPicture({ locator: 'https://scontent.fbcdn.net/b.png' }, 'm_2'));
  await run(worker({ metrics }));
  await worker({ metrics }).sweep();
  const text = await metrics.registry.metrics();
  expect(text).toContain('omniline_media_total{account="fb-shop",outcome="stored"} 1');
  expect(text).toContain('omniline_media_total{account="fb-shop",outcome="retry"} 1');
  expect(text).toContain('omniline_media_waiting 1');
});
