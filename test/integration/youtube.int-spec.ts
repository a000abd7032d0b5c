import type { InboundEvent } from '@app/contracts';
import { StoreUnavailableError, StreamUnavailableError, type ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import {
  Database,
  ErasureRepository,
  migrate,
  PolledCommentsRepository,
  TimelineRepository,
  toTimelineEntry,
} from '@app/persistence';
import { CommentApi } from '@app/simulators';
import type { OutgoingRecord } from '@app/stream';
import { aBatch } from '@app/testkit';
import type { PollWorker } from '../../apps/social/src/poll-comments/poll-worker.js';
import { pollWorkerOn } from '../support/poll-worker.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

const CHANNEL = 'UC_shop_000000001';
const account: ChannelAccount = {
  id: 'yt-shop',
  channel: 'youtube_comment',
  provider: 'youtube',
  externalId: CHANNEL,
  settings: { poll_seconds: 60, rescan_minutes: 30 },
  secrets: { api_key: 'khoa-bia-ra' },
};
const MINUTE_MS = 60_000;

let server: TestPostgres;
let url: string;
let database: Database;
let api: CommentApi;
let appended: InboundEvent[];
let deadLetters: string[];
let now: Date;
/** What fails next: after so many appends, or so many statements about comments. */
let appendsLeft: number;
let notesLeft: number;
let hidesLeft: number;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
  await migrate(url);
  database = Database.connect(url, { applicationName: 'test', max: 4 });
  api = new CommentApi('khoa-bia-ra');
  appended = [];
  deadLetters = [];
  now = new Date('2026-11-20T10:00:00.000Z');
  appendsLeft = Infinity;
  notesLeft = Infinity;
  hidesLeft = Infinity;
});
afterEach(async () => {
  await database.close();
  await server.dropDatabase(url);
});

const stream = {
  append: async (records: readonly OutgoingRecord[]): Promise<void> => {
    appendsLeft -= 1;
    if (appendsLeft < 0) throw new StreamUnavailableError('away');
    for (const { value, headers } of records) {
      if (headers['dlq_service'] !== undefined) deadLetters.push(String(value));
      else
        appended.push({
          id: headers['ce_id']!,
          type: headers['ce_type'],
          data: JSON.parse(String(value)) as never,
        } as InboundEvent);
    }
    await Promise.resolve();
  },
};
const client = {
  download: async ({ url: address, headers = {}, hosts, refusals }: DownloadRequest): Promise<Download> => {
    expect([hosts, refusals]).toEqual([['youtube.googleapis.com'], true]);
    const { status, body } = api.answer(new URL(address), headers);
    const bytes = Buffer.from(JSON.stringify(body));
    if (status === 200) return await Promise.resolve({ ok: true, bytes });
    if (status >= 500) return { ok: false, outcome: 'retry', reason: `http_${status}` };
    return { ok: false, outcome: 'gone', reason: `http_${status}`, refusal: bytes };
  },
};
/** Dies before it notes what it told. */
class DyingComments extends PolledCommentsRepository {
  override async see(...args: Parameters<PolledCommentsRepository['see']>): Promise<void> {
    notesLeft -= 1;
    if (notesLeft < 0) throw new StoreUnavailableError('killed');
    await super.see(...args);
  }

  override async vanish(...args: Parameters<PolledCommentsRepository['vanish']>): Promise<void> {
    hidesLeft -= 1;
    if (hidesLeft < 0) throw new StoreUnavailableError('killed');
    await super.vanish(...args);
  }
}
function worker(settings: object = {}, id = account.id): PollWorker {
  const mine = { ...account, id, settings: { ...account.settings, ...settings } };
  const clock = { now: () => now };
  return pollWorkerOn(database, { account: mine, client, stream, clock, comments: new DyingComments(database) });
}
const pass = (minutes: number): void => void (now = new Date(now.getTime() + minutes * MINUTE_MS));
const at = (minutesAgo: number): Date => new Date(now.getTime() - minutesAgo * MINUTE_MS);
/** What was told, each once, in words. */
const told = (): string[] => {
  const once = new Map(appended.map((event) => [event.id, event]));
  return [...once.values()].map(({ type, data }) => {
    const text = 'content' in data ? data.content.text : '';
    return `${type.split('.').at(-1)} ${data.provider.message_id} ${text ?? ''}`.trim();
  });
};

const stateOf = async (id: string): Promise<string> => {
  await unifierOn(database).unify(aBatch(appended));
  const [entry] = await database.query<{ state: string }>(
    `SELECT coalesce(changes ->> 'state', 'visible') AS state FROM entry WHERE body #>> '{provider,message_id}' = $1`,
    [id],
  );
  return entry!.state;
};

describe('comments on YouTube', () => {
  it('are told once each, with all their answers, and our own as ours', async () => {
    const first = api.comment('a', 'UC_buoi', 'Giá bao nhiêu ạ?', at(50));
    for (let n = 0; n < 130; n += 1) api.comment(`r${n}`, n === 0 ? CHANNEL : `UC_${n}`, `trả lời ${n}`, at(40), first);
    api.comment('b', 'UC_lan', 'Còn hàng không?', at(5));
    const mine = worker();
    await mine.look();
    expect(told()).toHaveLength(132);
    expect(appended.filter(({ data }) => data.direction === 'echo')).toHaveLength(1);
    pass(1);
    await mine.look();
    await worker().look();
    expect(appended).toHaveLength(132);
  });

  it('are all told in a burst of five hundred under one video', async () => {
    const mine = worker();
    await mine.look();
    for (let n = 0; n < 500; n += 1) api.comment(`c${n}`, `UC_${n}`, `chốt ${n}`, new Date(now.getTime() + n));
    pass(1);
    const before = api.units;
    await mine.look();
    expect(new Set(told()).size).toBe(500);
    // Five pages, and the title of the video.
    expect(api.units - before).toBe(6);
    expect(appended.filter(({ data }) => 'post' in data && data.post?.provider_id === 'vid00000001')).toHaveLength(500);
  });

  it('are told of when they are changed, and of answers to old ones', async () => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(60 * 24));
    const mine = worker();
    await mine.look();
    pass(31);
    api.edit(one, 'Giá bao nhiêu ạ?', now);
    api.comment('r', 'UC_lan', 'hóng', now, one);
    await mine.look();
    await mine.look();
    expect(told()).toEqual(['received a Giá?', 'edited a Giá bao nhiêu ạ?', 'received a.r hóng']);
  });

  it('are gone when two complete looks in a row miss them, with their answers', async () => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(20));
    api.comment('r', 'UC_lan', 'hóng', at(10), one);
    api.comment('b', 'UC_chi', 'Đẹp', at(5));
    const mine = worker();
    await mine.look();
    api.remove('a');
    for (let n = 0; n < 3; n += 1) {
      expect(told().filter((line) => line.startsWith('deleted'))).toEqual(n < 2 ? [] : ['deleted a', 'deleted a.r']);
      pass(31);
      await mine.look();
    }
    expect(told().filter((line) => line.startsWith('deleted'))).toHaveLength(2);
  });

  it('are missed once by one reading, however often its end is reached', async () => {
    api.comment('a', 'UC_buoi', 'Giá?', at(20));
    await worker().look();
    const comments = new PolledCommentsRepository(database);
    const miss = async (minutes: number): Promise<readonly string[]> => {
      const begunAt = at(-minutes);
      const reading = { listId: '', from: at(60), begunAt, hiddenUntil: at(1_440) };
      return (await comments.miss(account.id, reading, 10)).map(({ id }) => id);
    };
    expect([await miss(1), await miss(1), await miss(1)]).toEqual([[], [], []]);
    expect([await miss(2), await miss(2)]).toEqual([['a'], ['a']]);
  });

  it('end in one timeline, whatever dies between telling and noting', async () => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(20));
    api.comment('r', 'UC_lan', 'hóng', at(10), one);
    api.comment('b', 'UC_chi', 'Đẹp', at(5));
    for (let step = 0; step < 4; step += 1) {
      [appendsLeft, notesLeft] = [Infinity, step];
      await worker()
        .look()
        .catch((error: unknown) => expect(error).toBeInstanceOf(StoreUnavailableError));
      [appendsLeft, notesLeft] = [step, Infinity];
      await worker()
        .look()
        .catch((error: unknown) => expect(error).toBeInstanceOf(StreamUnavailableError));
    }
    [appendsLeft, notesLeft] = [Infinity, Infinity];
    pass(31);
    await worker().look();
    expect(told().sort()).toEqual(['received a Giá?', 'received a.r hóng', 'received b Đẹp']);
    await unifierOn(database).unify(aBatch(appended));
    expect(await database.query(`SELECT id FROM entry`)).toHaveLength(3);
  });

  it('show the words of an edit that fell between telling and noting', async () => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(20));
    notesLeft = 0;
    await expect(worker().look()).rejects.toBeInstanceOf(StoreUnavailableError);
    api.edit(one, 'Giá bao nhiêu ạ?', at(1));
    notesLeft = Infinity;
    await worker().look();
    await unifierOn(database).unify(aBatch(appended));
    const [entry] = await database.query<{ text: string }>(
      `SELECT coalesce(changes, body) #>> '{content,text}' AS text FROM entry`,
    );
    expect(entry).toEqual({ text: 'Giá bao nhiêu ạ?' });
  });

  it('are looked for behind an empty page', async () => {
    for (let n = 0; n < 150; n += 1) api.comment(`c${n}`, `UC_${n}`, `chốt ${n}`, at(200 - n));
    const mine = worker();
    await mine.look();
    pass(1);
    api.comment('d', 'UC_lan', 'Còn không?', now);
    api.moods.push({ status: 200, body: { items: [], nextPageToken: api.tokenOf(0) } });
    await mine.look();
    expect(told()).toContain('received d Còn không?');
  });

  it('wait for another day when the units are gone, and nothing is lost', async () => {
    api.unitsPerDay = 2;
    api.comment('a', 'UC_buoi', 'Giá?', at(5));
    const mine = worker();
    await mine.look();
    pass(1);
    api.comment('b', 'UC_chi', 'Đẹp', now);
    await expect(mine.look()).rejects.toMatchObject({ reason: 'quotaExceeded', kind: 'quota' });
    [api.units, api.unitsPerDay] = [0, 2];
    pass(24 * 60);
    await mine.look();
    expect(told()).toEqual(['received a Giá?', 'received b Đẹp']);
  });

  it('are never asked for more often than all accounts with one key may together', async () => {
    const settings = { quota_per_day: 100, rescan_minutes: 1_440 };
    const accounts = ['yt-shop', 'yt-live'].map((id) => ({ mine: worker(settings, id), at: now.getTime() }));
    const end = Date.parse('2026-11-21T08:00:00Z');
    for (;;) {
      const [next] = accounts.sort((a, b) => a.at - b.at);
      now = new Date(next!.at);
      if (next!.at >= end) break;
      next!.at += await next!.mine.look();
    }
    expect(api.units).toBeLessThanOrEqual(100);
    expect(api.units).toBeGreaterThan(80);
  });

  it('begin anew when a list changes under their eyes, or the provider stumbles', async () => {
    for (let n = 0; n < 150; n += 1) api.comment(`c${n}`, `UC_${n}`, `chốt ${n}`, at(200 - n));
    const mine = worker();
    api.moods.push({ status: 200, body: { items: [], nextPageToken: 'cũ' } });
    await expect(mine.look()).rejects.toMatchObject({ reason: 'processingFailure' });
    api.moods.push({ status: 503, body: {} });
    await expect(mine.look()).rejects.toMatchObject({ reason: 'http_503' });
    api.moods.push({ status: 200, body: { error: 'lạ' } });
    await expect(mine.look()).rejects.toMatchObject({ reason: 'no page' });
    await mine.look();
    expect(told()).toHaveLength(150);
  });

  it('are all told after a burst in which the process died, without waiting for a complete look', async () => {
    const mine = worker();
    await mine.look();
    for (let n = 0; n < 250; n += 1) api.comment(`c${n}`, `UC_${n}`, `chốt ${n}`, new Date(now.getTime() + n));
    pass(1);
    notesLeft = 1;
    await expect(mine.look()).rejects.toBeInstanceOf(StoreUnavailableError);
    notesLeft = Infinity;
    pass(1);
    await mine.look();
    expect(new Set(told()).size).toBe(250);
  });

  it('go on when the answers to one of them may not be read, and none of those is called deleted', async () => {
    const [closed, open] = ['a', 'b'].map((id) => api.comment(id, `UC_${id}`, 'Giá?', at(60)));
    for (let n = 0; n < 8; n += 1) {
      api.comment(`r${n}`, 'UC_lan', 'hóng', at(50), closed);
      api.comment(`r${n}`, 'UC_lan', 'hóng', at(50), open);
    }
    const mine = worker();
    await mine.look();
    for (const reason of ['commentsDisabled', 'forbidden', 'commentNotFound']) {
      api.closed.set('a', reason);
      for (let n = 0; n < 3; n += 1) {
        pass(31);
        api.comment(`s${reason}${n}`, 'UC_chi', 'hỏi thêm', now, open);
        await mine.look();
      }
    }
    expect(told().filter((line) => line.startsWith('deleted'))).toEqual([]);
    expect(told().filter((line) => line.endsWith('hỏi thêm'))).toHaveLength(9);
  });

  it('that cannot be read make one dead letter each, however often they are listed', async () => {
    api.comment('a', 'UC_buoi', 'Giá?', at(5));
    api.strange.push({ id: 'x' }, 7);
    for (let n = 0; n < 4; n += 1) {
      await worker().look();
      pass(31);
    }
    expect(deadLetters).toEqual(['{"id":"x"}', '7']);
    expect(told()).toEqual(['received a Giá?']);
  });

  it('are shown again when they are listed again, and are deleted for good after a day away', async () => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(20));
    api.comment('r', 'UC_lan', 'hóng', at(10), one);
    const mine = worker();
    const look = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        pass(31);
        await mine.look();
      }
    };
    await mine.look();
    let putBack = api.remove('a');
    await look(2);
    expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['hidden', 'hidden']);
    putBack();
    await look(1);
    expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['visible', 'visible']);
    putBack = api.remove('a');
    await look(50);
    expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['deleted_by_sender', 'deleted_by_sender']);
    putBack();
    api.edit(one, 'Giá bao nhiêu ạ?', now);
    await look(1);
    expect(told()).toContain('edited a Giá bao nhiêu ạ?');
    expect(await database.query('SELECT id FROM polled_comment WHERE gone OR hidden')).toEqual([]);
    expect(await stateOf('a')).toBe('deleted_by_sender');
  });

  it.each([
    ['before', 'and told then', 0, 1],
    ['before', 'back by then', 0, 0],
    ['after', 'and told again', 1, 1],
    ['after', 'back by then', 1, 0],
  ])('are right when a process died %s it told that they are hidden, %s', async (_when, _then, appends, looks) => {
    const one = api.comment('a', 'UC_buoi', 'Giá?', at(20));
    api.comment('r', 'UC_lan', 'hóng', at(10), one);
    await worker().look();
    const putBack = api.remove('a');
    pass(31);
    await worker().look();
    pass(31);
    [appendsLeft, hidesLeft] = [appends, 1];
    await worker()
      .look()
      .catch((error: unknown) => expect(error).toHaveProperty('retryable', true));
    [appendsLeft, hidesLeft] = [Infinity, Infinity];
    expect(appended.filter(({ type }) => type.endsWith('deleted'))).toHaveLength(2 * appends);
    for (let n = 0; n < looks; n += 1) {
      pass(31);
      await worker().look();
      expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['hidden', 'hidden']);
    }
    putBack();
    pass(31);
    await worker().look();
    expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['visible', 'visible']);
    api.remove('a');
    for (let n = 0; n < 2; n += 1) {
      pass(31);
      await worker().look();
    }
    expect([await stateOf('a'), await stateOf('a.r')]).toEqual(['hidden', 'hidden']);
  });

  const DAY_MINUTES = 24 * 60;

  it('that are old are seen by reading everything, and told when they are newer than the account', async () => {
    const old = api.comment('old', 'UC_buoi', 'năm ngoái', at(30 * DAY_MINUTES));
    const mine = worker();
    await mine.look();
    pass(DAY_MINUTES + 1);
    api.comment('r', 'UC_lan', 'còn không shop?', at(10), old);
    await mine.look();
    expect(told()).toEqual(['received old.r còn không shop?']);
    api.comment('b', 'UC_chi', 'trong lúc nghỉ', at(-60));
    pass(20 * DAY_MINUTES);
    await mine.look();
    expect(told()).toEqual(['received old.r còn không shop?', 'received b trong lúc nghỉ']);
    api.remove('old');
    for (let n = 0; n < 2; n += 1) {
      pass(DAY_MINUTES + 1);
      await mine.look();
    }
    expect(told().slice(2)).toEqual(['deleted old.r']);
  });

  it('that are too many for one sitting are read over several, each page once', async () => {
    for (let n = 0; n < 4_000; n += 1) api.comment(`c${n}`, `UC_${n}`, 'cũ', at(20 * DAY_MINUTES + n));
    let mine = worker({ quota_per_day: 100 });
    await mine.look();
    pass(DAY_MINUTES + 1);
    api.asked.splice(0);
    for (let n = 0; n < 42; n += 1) {
      now = new Date(now.getTime() + (await mine.look()));
      if (n === 0) mine = worker({ quota_per_day: 100 });
    }
    const pages = api.asked.map((asked) => asked.get('pageToken')).filter((token) => token !== null);
    expect(pages.length).toBeGreaterThan(38);
    expect(new Set(pages).size).toBe(pages.length);
    expect(await database.query('SELECT id FROM polled_comment')).toHaveLength(4_000);
    expect(told()).toEqual([]);
  });

  it('with more answers than a day has units are all told in some days', async () => {
    for (let n = 0; n < 150; n += 1) {
      const one = api.comment(`c${n}`, 'UC_buoi', 'Giá?', at(60));
      for (let m = 0; m < 6; m += 1) api.comment(`r${m}`, 'UC_lan', 'hóng', at(50), one);
    }
    const mine = worker({ quota_per_day: 100, rescan_minutes: 720 });
    const end = now.getTime() + 3 * DAY_MINUTES * MINUTE_MS;
    while (now.getTime() < end) now = new Date(now.getTime() + (await mine.look()));
    expect(told().filter((line) => line.startsWith('received'))).toHaveLength(150 * 7);
  });

  it('of somebody who was erased are neither told again nor named', async () => {
    api.comment('a', 'UC_buoi', 'Giá?', at(5));
    const mine = worker();
    await mine.look();
    await unifierOn(database).unify(aBatch(appended));
    const [row] = await database.query<{ id: string }>(
      `SELECT customer_id::text AS id FROM identity WHERE value = 'UC_buoi'`,
    );
    const request = { actor: 'test', reason: null, correlationId: 'c' };
    expect(await new ErasureRepository(database).erase(row!.id, request)).toMatchObject({ ok: true });
    expect(await database.query(`SELECT id FROM polled_comment WHERE author <> ''`)).toEqual([]);
    api.remove('a');
    for (let n = 0; n < 3; n += 1) {
      pass(31);
      await mine.look();
    }
    expect(told()).toEqual(['received a Giá?']);
  });
});

describe('titles of videos', () => {
  const titles = async (): Promise<Record<string, string>> => {
    await unifierOn(database).unify(aBatch(appended));
    const timelines = new TimelineRepository(database);
    const rows = await database.query<{ id: string }>('SELECT id FROM entry ORDER BY id');
    const entries = await Promise.all(rows.map(async ({ id }) => toTimelineEntry((await timelines.entry(id))!)));
    return Object.fromEntries(
      entries.map(({ provider, post }) => [provider?.message_id ?? '', post?.excerpt ?? 'none']).toSorted(),
    ) as Record<string, string>;
  };

  it('are asked for once, fifty at a time, and stand above the comments', async () => {
    for (let n = 10; n < 70; n += 1) {
      api.video = `vid_${n}`;
      api.titles.set(api.video, `Áo dài  mẫu ${n}`);
      api.comment(`c${n}`, 'UC_buoi', 'Giá?', at(100 - n));
    }
    const mine = worker();
    await mine.look();
    expect(api.askedVideos.map((ids) => ids.length)).toEqual([50, 10]);
    expect(await titles()).toMatchObject({ c10: 'Áo dài mẫu 10', c69: 'Áo dài mẫu 69' });
    pass(31);
    api.comment('d', 'UC_lan', 'Đẹp', now);
    await mine.look();
    await worker().look();
    expect(api.askedVideos).toHaveLength(2);
    expect(await titles()).toMatchObject({ d: 'Áo dài mẫu 69' });
  });

  it('of videos that are gone are not asked for again, and none is made up', async () => {
    api.comment('a', 'UC_buoi', 'Giá?', at(5));
    const mine = worker();
    for (let n = 0; n < 3; n += 1) {
      await mine.look();
      pass(31);
    }
    expect(api.askedVideos).toEqual([['vid00000001']]);
    expect(await titles()).toEqual({ a: 'none' });
  });

  it.each([
    ['are refused', CommentApi.refusal(403, 'forbidden')],
    ['are away', { status: 503, body: {} }],
    ['are no list', { status: 200, body: { items: 7 } }],
  ])('that %s hold no comment back, and are asked for again', async (_what, mood) => {
    api.titles.set('vid00000001', 'Áo dài Tết');
    api.comment('a', 'UC_buoi', 'Giá?', at(5));
    api.videoMoods.push(mood);
    const mine = worker();
    await mine.look();
    expect(await titles()).toEqual({ a: 'none' });
    pass(1);
    api.comment('b', 'UC_lan', 'Đẹp', now);
    await mine.look();
    expect(await titles()).toEqual({ a: 'Áo dài Tết', b: 'Áo dài Tết' });
    expect(api.askedVideos).toHaveLength(2);
  });

  it('take a unit for each call, and wait while units are short', async () => {
    const mine = worker({ quota_per_day: 100 });
    const spent = async () => await database.query<{ used: number }>('SELECT used FROM poll_quota');
    await mine.look();
    await database.query('UPDATE poll_quota SET used = 19');
    for (let n = 10; n < 70; n += 1) {
      api.video = `vid_${n}`;
      api.comment(`c${n}`, 'UC_buoi', 'Giá?', at(100 - n));
    }
    pass(31);
    await mine.look();
    expect(told()).toHaveLength(60);
    expect(api.askedVideos.map((ids) => ids.length)).toEqual([50]);
    expect(await spent()).toEqual([{ used: 21 }]);
    pass(60);
    await mine.look();
    expect(api.askedVideos.map((ids) => ids.length)).toEqual([50, 10]);
    expect(await spent()).toEqual([{ used: 23 }]);
  });
});
