import fc from 'fast-check';
import { webhookAdapterOf, type WebhookAdapter } from '@app/channels';
import type { InboundEvent } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import { Database, ErasureRepository, migrate, TimelineRepository, toTimelineEntry } from '@app/persistence';
import {
  commentAdded,
  commentEdited,
  commentRemoved,
  GraphCommentApi,
  InstagramAccount,
  MetaPage,
} from '@app/simulators';
import type { OutgoingRecord } from '@app/stream';
import { aBatch, anInboundMessage } from '@app/testkit';
import type { PollWorker } from '../../apps/social/src/poll-comments/poll-worker.js';
import { pollWorkerOn } from '../support/poll-worker.js';
import { startTestPostgres, type TestPostgres } from '../support/postgres.js';
import { unifierOn } from '../support/unifier.js';

const PAGE = '106000000000001';
const PROFESSIONAL = '17841400000000077';
const TOKEN = 'ma-truy-cap-bia-ra';
const secrets = { app_secret: 'bi-mat-bia-ra', verify_token: 'xin-chao', access_token: TOKEN };
const facebook: ChannelAccount = {
  id: 'fb-comments',
  channel: 'facebook_comment',
  provider: 'meta',
  externalId: PAGE,
  settings: { reconcile: true },
  secrets,
};
const instagram: ChannelAccount = {
  ...facebook,
  id: 'ig-comments',
  channel: 'instagram_comment',
  externalId: PROFESSIONAL,
};
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const buoi = { id: '9900000000000077', name: 'buoi.xinh' };
const lan = { id: '9900000000000078', name: 'lan.do' };

let server: TestPostgres;
let url: string;
let database: Database;
let api: GraphCommentApi;
let appended: InboundEvent[];
let deadLetters: string[];
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
  database = Database.connect(url, { applicationName: 'test', max: 4 });
  appended = [];
  deadLetters = [];
  now = new Date('2026-11-20T10:00:00.000Z');
});
afterEach(async () => {
  await database.close();
  await server.dropDatabase(url);
});

const stream = {
  append: async (records: readonly OutgoingRecord[]): Promise<void> => {
    for (const { value, headers } of records) {
      if (headers['dlq_service'] !== undefined) deadLetters.push(String(value));
      else {
        const event = { id: headers['ce_id']!, type: headers['ce_type'], data: JSON.parse(String(value)) as never };
        appended.push(event as InboundEvent);
      }
    }
    await Promise.resolve();
  },
};
const client = {
  download: async ({ url: address, headers = {}, hosts, refusals }: DownloadRequest): Promise<Download> => {
    expect([hosts, refusals]).toEqual([['graph.facebook.com'], true]);
    expect(address).not.toContain(TOKEN);
    const { status, body, headers: told = {} } = api.answer(new URL(address), headers);
    const bytes = Buffer.from(JSON.stringify(body));
    if (status === 200) return await Promise.resolve({ ok: true, bytes, headers: told });
    if (status >= 500) return { ok: false, outcome: 'retry', reason: `http_${status}` };
    return { ok: false, outcome: 'gone', reason: `http_${status}`, refusal: bytes, headers: told };
  },
};
const worker = (account: ChannelAccount): PollWorker =>
  pollWorkerOn(database, { account, client, stream, clock: { now: () => now } });
const pass = (minutes: number): void => void (now = new Date(now.getTime() + minutes * MINUTE_MS));
const at = (minutesAgo: number): Date => new Date(now.getTime() - minutesAgo * MINUTE_MS);

/** What a webhook of an account tells. */
function hooked(
  account: ChannelAccount,
  { path, headers, body }: ReturnType<MetaPage['feed']>,
): readonly InboundEvent[] {
  const adapter = webhookAdapterOf(account) as Extract<WebhookAdapter, { profile?: unknown }>;
  const request = {
    method: 'POST' as const,
    originalUrl: path,
    query: new URLSearchParams(),
    headers,
    body,
    remoteAddress: '203.0.113.7',
  };
  const verification = adapter.verify(request, account);
  if (!verification.ok) throw new Error(verification.reason);
  const result = adapter.parse(request, { account, accounts: [account], receivedAt: now, verification });
  return (result as Exclude<typeof result, Promise<unknown>>).events.map(({ event }) => event);
}
const unify = async (events: readonly InboundEvent[]): Promise<void> => {
  if (events.length > 0) await unifierOn(database).unify(aBatch(events));
};
/** One look, of which the unifier hears. @returns what it told, in words */
async function look(mine: PollWorker): Promise<string[]> {
  appended = [];
  await mine.look();
  const events = appended;
  await unify(events);
  return events.map(({ type, data }) => {
    const text = 'content' in data ? data.content.text : '';
    return `${type.split('.').at(-1)} ${data.provider.message_id} ${text ?? ''}`.trim();
  });
}
interface Line {
  readonly id: string;
  readonly text: string;
  readonly state: string;
  readonly revision: number;
}
/** What timelines hold. */
const lines = async (): Promise<readonly Line[]> =>
  await database.query<Line & object>(
    `SELECT body #>> '{provider,message_id}' AS id, revision, coalesce(changes ->> 'state', 'visible') AS state,
       coalesce(changes #>> '{content,text}', body #>> '{content,text}') AS text
     FROM entry ORDER BY occurred_at, id`,
  );

const customers = async (): Promise<number> =>
  (await database.query('SELECT DISTINCT customer_id FROM identity')).length;

describe('comments on Instagram, read besides', () => {
  const hook = new InstagramAccount({
    accountId: PROFESSIONAL,
    appSecret: secrets.app_secret,
    path: '/webhooks/instagram_comment/ig-comments',
  });
  const told = (id: string, from: string, text: string, mediaId: string): readonly InboundEvent[] =>
    hooked(instagram, hook.comments([{ id, from, text, mediaId }], now));

  beforeEach(() => {
    api = new GraphCommentApi({ product: 'instagram', accountId: PROFESSIONAL, token: TOKEN });
  });

  it('are told of when they were edited and when they were deleted, each once', async () => {
    const media = api.post('17900000000000079', 'Áo dài Tết', at(600));
    const one = api.comment(media, { id: '17811100000000071', from: buoi, text: 'Giá sao ạ?', at: at(60) });
    api.comment(media, { id: '17811100000000072', from: lan, text: 'Đẹp quá', at: at(50) });
    api.comment(media, { id: '17811100000000073', from: buoi, text: 'hóng', at: at(40), parent: '17811100000000072' });
    await unify(told('17811100000000071', buoi.id, 'Giá sao ạ?', media.id));
    await unify(told('17811100000000072', lan.id, 'Đẹp quá', media.id));
    const mine = worker(instagram);
    expect(await look(mine)).toEqual(['received 17811100000000073 hóng']);
    one.text = 'Giá bao nhiêu ạ?';
    api.remove('17811100000000072');
    pass(61);
    expect(await look(mine)).toEqual(['edited 17811100000000071 Giá bao nhiêu ạ?']);
    pass(61);
    expect(await look(mine)).toEqual(['deleted 17811100000000072', 'deleted 17811100000000073']);
    pass(61);
    expect(await look(mine)).toEqual([]);
    expect((await lines()).map(({ id, text, state }) => [id.slice(-2), text, state])).toEqual([
      ['73', 'hóng', 'deleted_by_sender'],
      ['71', 'Giá bao nhiêu ạ?', 'visible'],
      ['72', 'Đẹp quá', 'deleted_by_sender'],
    ]);
  });

  it('of which a webhook told without their post show how it begins, and how it begins now', async () => {
    const media = api.post('17900000000000079', 'Áo dài Tết', at(600));
    api.comment(media, { id: '17811100000000071', from: buoi, text: 'Giá sao ạ?', at: at(60) });
    await unify(told('17811100000000071', buoi.id, 'Giá sao ạ?', media.id));
    const timelines = new TimelineRepository(database);
    const post = async () => {
      const [row] = await database.query<{ id: string }>('SELECT id FROM entry');
      return toTimelineEntry((await timelines.entry(row!.id))!).post;
    };
    expect(await post()).toEqual({ provider_id: media.id });
    const mine = worker(instagram);
    expect(await look(mine)).toEqual([]);
    expect(await post()).toEqual({ provider_id: media.id, excerpt: 'Áo dài Tết' });
    media.text = 'Áo dài Tết, giảm 20%';
    pass(61);
    expect(await look(mine)).toEqual([]);
    expect(await post()).toEqual({ provider_id: media.id, excerpt: 'Áo dài Tết, giảm 20%' });
  });

  it('of which the webhook was lost are told once, with their own time and the begin of their post', async () => {
    const media = api.post('17900000000000079', 'Áo dài Tết\n\nđủ cỡ', at(600));
    api.comment(media, { id: '17811100000000071', from: buoi, text: 'Giá sao ạ?', at: at(60) });
    const mine = worker(instagram);
    expect(await look(mine)).toEqual(['received 17811100000000071 Giá sao ạ?']);
    expect(appended[0]!.data).toMatchObject({
      occurred_at: at(60).toISOString(),
      identity: { kind: 'instagram_user', scope: PROFESSIONAL, value: buoi.id },
      verification: { method: 'pull' },
      post: { provider_id: media.id, excerpt: 'Áo dài Tết đủ cỡ' },
    });
    expect(await database.query(`SELECT body #>> '{post,excerpt}' AS excerpt FROM entry`)).toEqual([
      { excerpt: 'Áo dài Tết đủ cỡ' },
    ]);
    const late = told('17811100000000071', buoi.id, 'Giá sao ạ?', media.id);
    expect(late.map(({ id }) => id)).toEqual(appended.map(({ id }) => id));
    await unify(late);
    pass(61);
    expect(await look(mine)).toEqual([]);
    expect(await lines()).toHaveLength(1);
  });

  it('that go back to the words of before are edited twice, and once only while the stream is slow', async () => {
    const media = api.post('17900000000000079', 'Áo dài Tết', at(600));
    const one = api.comment(media, { id: '17811100000000071', from: buoi, text: 'A', at: at(60) });
    const mine = worker(instagram);
    await look(mine);
    for (const text of ['B', 'A', 'B']) {
      one.text = text;
      pass(61);
      appended = [];
      await mine.look();
      pass(61);
      await mine.look();
      expect(new Set(appended.map(({ id }) => id)).size).toBe(1);
      await unify(appended);
      expect((await lines()).map((line) => line.text)).toEqual([text]);
    }
    expect((await lines())[0]!.revision).toBe(4);
  });

  it('are all read, over many pages and with all their answers', async () => {
    api.pageSize = 2;
    for (let n = 0; n < 5; n += 1) {
      const media = api.post(`1790000000000008${n}`, `ảnh ${n}`, at(600 - n));
      for (let m = 0; m < 5; m += 1) {
        const one = api.comment(media, {
          id: `1781110000000${n}${m}0`,
          from: buoi,
          text: `lời ${n}${m}`,
          at: at(60 - m),
        });
        for (let k = 1; k < 4; k += 1)
          api.comment(media, {
            id: `1781110000000${n}${m}${k}`,
            from: lan,
            text: 'hóng',
            at: at(50 - k),
            parent: one.id,
          });
      }
    }
    expect(new Set(await look(worker(instagram))).size).toBe(100);
    expect(await lines()).toHaveLength(100);
    for (let n = 0; n < 3; n += 1) {
      api.asked.splice(0);
      pass(61);
      expect(await look(worker(instagram))).toEqual([]);
      expect(api.asked.filter((path) => path.includes('/media'))).toHaveLength(3);
      // Nothing seemed to be missing, so that nothing was asked for by its id.
      expect(api.asked.filter((path) => path.endsWith('?fields=id'))).toEqual([]);
    }
  });

  it('of somebody who was erased are neither told again nor named', async () => {
    const media = api.post('17900000000000079', 'Áo dài Tết', at(600));
    const one = api.comment(media, { id: '17811100000000071', from: buoi, text: 'Giá sao ạ?', at: at(60) });
    const mine = worker(instagram);
    await look(mine);
    const [row] = await database.query<{ id: string }>(
      `SELECT customer_id::text AS id FROM identity WHERE value = $1`,
      [buoi.id],
    );
    await new ErasureRepository(database).erase(row!.id, { actor: 'test', reason: null, correlationId: 'c' });
    expect(await database.query(`SELECT id FROM polled_comment WHERE author <> '' OR told`)).toEqual([]);
    one.text = 'sửa rồi';
    pass(61);
    expect(await look(mine)).toEqual([]);
    api.remove(one.id);
    for (let n = 0; n < 3; n += 1) {
      pass(61);
      expect(await look(mine)).toEqual([]);
    }
  });
});

describe('comments on a page, read besides', () => {
  const hook = new MetaPage({
    pageId: PAGE,
    appSecret: secrets.app_secret,
    path: '/webhooks/facebook_comment/fb-comments',
  });
  const POST = `${PAGE}_501`;
  const written = (id: string, text: string, more: object = {}) => ({
    commentId: `501_${id}`,
    postId: POST,
    from: { id: buoi.id, name: 'Trần Thị Bưởi' },
    createdAt: at(60),
    text,
    ...more,
  });

  beforeEach(() => {
    api = new GraphCommentApi({ product: 'page', accountId: PAGE, token: TOKEN });
  });

  it('have the ids that the webhook gives them: nothing is doubled in any order', async () => {
    const post = api.post(POST, 'Hàng mới về', at(600));
    const one = api.comment(post, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    api.comment(post, { id: '501_2', from: lan, text: 'hóng', at: at(50), parent: '501_1' });
    await unify(hooked(facebook, hook.feed([commentAdded(written('1', 'Giá?'))], now)));
    const mine = worker(facebook);
    expect(await look(mine)).toEqual(['received 501_2 hóng']);
    const answer = commentAdded({
      ...written('2', 'hóng'),
      from: lan,
      createdAt: at(50),
      parentId: '501_1',
    });
    const late = hooked(facebook, hook.feed([answer], now));
    expect(late.map(({ id }) => id)).toEqual(appended.map(({ id }) => id));
    const [polled, webhook] = [appended[0]!.data, late[0]!.data] as const;
    for (const part of ['identity', 'provider', 'occurred_at', 'reply_to', 'content', 'claims'] as const)
      expect([part, 'content' in polled ? polled[part as 'content'] : undefined]).toEqual([
        part,
        'content' in webhook
          ? part === 'provider'
            ? { ...webhook.provider, timestamp: polled.provider.timestamp }
            : webhook[part as 'content']
          : undefined,
      ]);
    await unify(late);
    // An edit of which the webhook told is on the timeline already.
    one.text = 'Giá bao nhiêu?';
    pass(10);
    await unify(hooked(facebook, hook.feed([commentEdited(written('1', 'Giá bao nhiêu?'))], now)));
    pass(DAY_MINUTES);
    expect(await look(mine)).toEqual([]);
    api.remove('501_2');
    pass(DAY_MINUTES);
    await look(mine);
    pass(DAY_MINUTES);
    expect(await look(mine)).toEqual(['deleted 501_2']);
    const removed = hooked(facebook, hook.feed([commentRemoved(written('2', ''))], now));
    expect(removed.map(({ id }) => id)).toEqual(appended.map(({ id }) => id));
    await unify(removed);
    expect((await lines()).map(({ id, text, state, revision }) => [id, text, state, revision])).toEqual([
      ['501_1', 'Giá bao nhiêu?', 'visible', 2],
      ['501_2', 'hóng', 'deleted_by_sender', 2],
    ]);
  });

  it('under one post that is not for us are passed over, and it is said when that is all there is', async () => {
    const denied = api.post(`${PAGE}_502`, 'Hàng cũ', at(500));
    const older = api.post(`${PAGE}_500`, 'Hàng cũ hơn', at(700));
    const one = api.post(POST, 'Hàng mới về', at(600));
    api.comment(denied, { id: '502_1', from: lan, text: 'Còn không?', at: at(50) });
    api.comment(one, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    const mine = worker(facebook);
    await look(mine);
    for (const code of [10, 200, 230]) {
      pass(DAY_MINUTES);
      api.denied.set(denied.id, code).set(older.id, code);
      expect(await look(mine)).toEqual([]);
    }
    pass(DAY_MINUTES);
    for (const { id } of api.posts) api.denied.set(id, 10);
    await expect(mine.look()).rejects.toMatchObject({ reason: 'graph_10', kind: 'denied' });
    expect(await look(mine)).toEqual([]);
    // Nobody says whether it is there.
    api.denied.delete(POST);
    api.denied.set('501_1', 10);
    api.unlisted.add('501_1');
    for (let n = 0; n < 3; n += 1) {
      pass(DAY_MINUTES);
      expect(await look(mine)).toEqual([]);
    }
  });

  it('are not read on while the process stops', async () => {
    api.comment(api.post(POST, 'Hàng mới về', at(600)), { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    await worker(facebook).look(AbortSignal.abort());
    expect(api.asked).toEqual([]);
    expect(await look(worker(facebook))).toHaveLength(1);
  });

  it('that a list leaves out are not gone while they can be asked for, nor when their post is', async () => {
    const one = api.post(POST, 'Hàng mới về', at(600));
    const other = api.post(`${PAGE}_502`, 'Hàng cũ', at(500));
    api.comment(one, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    api.comment(other, { id: '502_1', from: lan, text: 'Còn không?', at: at(50) });
    const mine = worker(facebook);
    await look(mine);
    api.unlisted.add('501_1');
    for (let n = 0; n < 3; n += 1) {
      pass(DAY_MINUTES);
      expect(await look(mine)).toEqual([]);
    }
    api.posts.splice(api.posts.indexOf(other), 1);
    for (let n = 0; n < 3; n += 1) {
      pass(DAY_MINUTES);
      expect(await look(mine)).toEqual([]);
    }
  });

  it('join their author with the one whom the page answered in private, also when that came later', async () => {
    const PSID = '8800000000000001';
    const chat = anInboundMessage({ identity: { value: PSID } });
    await unify([chat]);
    const one = api.comment(api.post(POST, 'Hàng mới về', at(600)), {
      id: '501_1',
      from: buoi,
      text: 'Giá?',
      at: at(60),
    });
    const mine = worker({ ...facebook, settings: { reconcile: true, private_replies: true } });
    await look(mine);
    expect(await customers()).toBe(2);
    one.chatId = PSID;
    for (let n = 0; n < 2; n += 1) {
      pass(DAY_MINUTES);
      expect(await look(mine)).toEqual(n === 0 ? ['received 501_1 Giá?'] : []);
      expect(await customers()).toBe(1);
    }
    expect(await lines()).toHaveLength(2);
  });

  it('that are older than the first reading are told of as far as their webhook told of them', async () => {
    await look(worker(facebook));
    const post = api.post(POST, 'Hàng mới về', at(20 * DAY_MINUTES));
    const one = api.comment(post, { id: '501_1', from: buoi, text: 'Giá?', at: at(19 * DAY_MINUTES) });
    const other = api.comment(post, { id: '501_2', from: lan, text: 'hóng', at: at(19 * DAY_MINUTES) });
    await unify(hooked(facebook, hook.feed([commentAdded({ ...written('1', 'Giá?'), createdAt: one.at })], now)));
    const mine = worker({ ...facebook, settings: { reconcile: true, reconcile_days: 30 } });
    pass(DAY_MINUTES);
    expect(await look(mine)).toEqual([]);
    [one.text, other.text] = ['Giá bao nhiêu?', 'hóng ạ'];
    pass(DAY_MINUTES);
    expect(await look(mine)).toEqual(['edited 501_1 Giá bao nhiêu?']);
  });

  it('leave out the words of posts that somebody else wrote', async () => {
    const visitor = api.post(`${PAGE}_503`, 'Tôi muốn hỏi', at(300), buoi.id);
    api.comment(visitor, { id: '503_1', from: lan, text: 'hóng', at: at(60) });
    const ours = api.post(POST, 'Hàng mới về', at(200));
    api.comment(ours, { id: '501_1', from: lan, text: 'Giá?', at: at(50) });
    await look(worker(facebook));
    const posts = appended.map(({ data }) => ('post' in data ? data.post : undefined));
    expect(posts).toMatchObject([{ provider_id: POST, excerpt: 'Hàng mới về' }, { provider_id: `${PAGE}_503` }]);
    expect(posts[1]).not.toHaveProperty('excerpt');
  });

  it('are left alone for as long as Meta says, and read on from there', async () => {
    for (let n = 0; n < 4; n += 1) {
      const post = api.post(`${PAGE}_50${n}`, 'Hàng mới về', at(600 - n));
      api.comment(post, { id: `50${n}_1`, from: buoi, text: `lời ${n}`, at: at(60) });
    }
    const mine = worker(facebook);
    api.usage = {
      'x-business-use-case-usage': JSON.stringify({
        [PAGE]: [{ type: 'pages', call_count: 81, total_time: 3, estimated_time_to_regain_access: 20 }],
      }),
    };
    expect(await look(mine)).toEqual([]);
    expect(api.asked).toHaveLength(1);
    pass(19);
    expect(await look(mine)).toEqual([]);
    expect(api.asked).toHaveLength(1);
    api.usage = { 'x-app-usage': '{"call_count":28}' };
    pass(2);
    expect(await look(mine)).toHaveLength(4);
    expect(api.asked.filter((path) => path.includes('/feed'))).toHaveLength(1);
  });

  it.each([4, 17, 32, 613, 80_001])('wait when a call is refused with %s', async (code) => {
    api.comment(api.post(POST, 'Hàng mới về', at(600)), { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    const mine = worker(facebook);
    api.moods.push(GraphCommentApi.refusal(code));
    await expect(mine.look()).rejects.toMatchObject({ kind: 'limited', reason: `graph_${code}` });
    const waitMs = await mine.look();
    expect(waitMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
    expect(api.asked).toHaveLength(1);
    pass(11);
    expect(await look(mine)).toHaveLength(1);
  });

  it('pass over a post that is gone, begin anew where a place is not good any more, and say what else is wrong', async () => {
    const one = api.post(POST, 'Hàng mới về', at(600));
    const other = api.post(`${PAGE}_502`, 'Hàng cũ', at(500));
    api.comment(one, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    for (let n = 0; n < 30; n += 1) api.comment(other, { id: `502_${n}`, from: lan, text: `lời ${n}`, at: at(59 - n) });
    const mine = worker(facebook);
    const fine = { status: 200, body: { data: [{ id: other.id }, { id: POST }] } };
    api.moods.push(fine, GraphCommentApi.refusal(100, 33));
    expect(await look(mine)).toEqual(['received 501_1 Giá?']);
    pass(DAY_MINUTES);
    api.moods.push(fine, { status: 200, body: { data: [], paging: { next: 'x', cursors: { after: 'hỏng' } } } });
    await expect(mine.look()).rejects.toMatchObject({ reason: 'graph_100' });
    expect(await look(mine)).toHaveLength(30);
    for (const [mood, reason] of [
      [GraphCommentApi.refusal(190, 463), 'graph_190_463'],
      [{ status: 503, body: {} }, 'http_503'],
      [{ status: 200, body: { error: 'lạ' } }, 'no page'],
    ] as const) {
      pass(DAY_MINUTES);
      api.moods.push(mood);
      await expect(mine.look()).rejects.toMatchObject({ reason });
      expect(await look(mine)).toEqual([]);
    }
    api.strange.push(7, { message: 'không tên' });
    for (let n = 0; n < 3; n += 1) {
      pass(DAY_MINUTES);
      await look(mine);
    }
    expect(deadLetters).toEqual(['7', '{"message":"không tên"}']);
  });
});

describe('the words of a post', () => {
  const hook = new MetaPage({ pageId: PAGE, appSecret: secrets.app_secret, path: '/webhooks/facebook_comment/fb' });
  const POST = `${PAGE}_501`;
  const us = { id: PAGE, name: 'Tiệm Bưởi' };
  const published = (verb: string, message: string | undefined, item = 'status') => ({
    item,
    verb,
    published: 1,
    from: us,
    post_id: POST,
    created_time: at(120).getTime() / 1_000,
    ...(message === undefined ? {} : { message }),
  });
  const comment = (id: string, text: string) =>
    commentAdded({ commentId: `501_${id}`, postId: POST, from: buoi, text, createdAt: at(60) });
  const timelines = () => new TimelineRepository(database);
  const shown = async (): Promise<readonly (string | undefined)[]> => {
    const rows = await database.query<{ id: string }>('SELECT id FROM entry ORDER BY id');
    return await Promise.all(rows.map(async ({ id }) => toTimelineEntry((await timelines().entry(id))!).post?.excerpt));
  };

  it('are those of its last webhook, whatever comes first, twice or at once, and stand on nobody’s timeline themselves', async () => {
    const told = [
      ...hooked(facebook, hook.feed([published('add', 'Áo dài Tết')], at(119))),
      ...hooked(facebook, hook.feed([published('edited', 'Áo dài Tết, giảm 10%', 'photo')], at(90))),
      ...hooked(facebook, hook.feed([published('edited', 'Áo dài Tết, giảm 20%')], at(30))),
      ...hooked(facebook, hook.feed([published('remove', undefined)], at(10))),
      ...hooked(facebook, hook.feed([comment('1', 'Giá?')], at(60))),
    ];
    expect(told).toHaveLength(4);
    const deliveries = fc.tuple(
      fc.shuffledSubarray([...told], { minLength: told.length }),
      fc.array(fc.constantFrom(...told), { maxLength: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([order, repeats, size, atOnce]) => {
        await database.query(
          'TRUNCATE post, entry, entry_alias, change, conversation, outbox, identity, customer, fact',
        );
        const queue = [...order, ...repeats];
        const batches: InboundEvent[][] = [];
        while (queue.length > 0) batches.push(queue.splice(0, size));
        if (atOnce) await Promise.all(batches.map((batch) => unify(batch)));
        else for (const batch of batches) await unify(batch);
        expect(await shown()).toEqual(['Áo dài Tết, giảm 20%']);
        expect(await customers()).toBe(1);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('that are read are not put back by a webhook of before, and give way to one of after', async () => {
    api = new GraphCommentApi({ product: 'page', accountId: PAGE, token: TOKEN });
    const before = hooked(facebook, hook.feed([published('edited', 'Áo dài Tết')], at(30)));
    await unify(hooked(facebook, hook.feed([comment('1', 'Giá?')], at(60))));
    const post = api.post(POST, 'Áo dài Tết, giảm 10%', at(120));
    api.comment(post, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    expect(await look(worker(facebook))).toEqual([]);
    await unify(before);
    expect(await shown()).toEqual(['Áo dài Tết, giảm 10%']);
    await unify(hooked(facebook, hook.feed([published('edited', 'Hết hàng')], at(-5))));
    expect(await shown()).toEqual(['Hết hàng']);
  });

  it('that a reading remembers from before it had to rest give way to what was told meanwhile', async () => {
    api = new GraphCommentApi({ product: 'page', accountId: PAGE, token: TOKEN });
    await unify(hooked(facebook, hook.feed([comment('1', 'Giá?')], at(60))));
    const post = api.post(POST, 'Áo dài Tết', at(120));
    api.comment(post, { id: '501_1', from: buoi, text: 'Giá?', at: at(60) });
    const mine = worker(facebook);
    api.usage = { 'x-app-usage': JSON.stringify({ call_count: 90 }) };
    await look(mine);
    expect(await shown()).toEqual([undefined]);
    api.usage = {};
    pass(5);
    await unify(hooked(facebook, hook.feed([published('edited', 'Hết hàng')], now)));
    pass(25);
    await look(mine);
    expect(await shown()).toEqual(['Hết hàng']);
  });
});
