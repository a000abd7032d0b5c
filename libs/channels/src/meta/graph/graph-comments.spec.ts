import { readFileSync } from 'node:fs';
import path from 'node:path';
import { INBOUND_SCHEMAS, type MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import fc from 'fast-check';
import type { ListStep } from '../../comment-access.js';
import type { ParsedEvent } from '../../parsed-event.js';
import { checkAccount, commentAccessOf } from '../../registry.js';
import { graphRefusal, graphUsage } from './graph-api.js';

const secrets = { app_secret: 'bi-mat', verify_token: 'xin-chao', access_token: 'ma-truy-cap-bia-ra' };
const page: ChannelAccount = {
  id: 'fb-comments',
  channel: 'facebook_comment',
  provider: 'meta',
  externalId: '106000000000001',
  settings: { reconcile: true },
  secrets,
};
const instagram: ChannelAccount = {
  ...page,
  id: 'ig-comments',
  channel: 'instagram_comment',
  externalId: '17841400000000077',
};
const ACCOUNTS = { page, instagram };
type Name = keyof typeof ACCOUNTS;
const access = (name: Name) => commentAccessOf(ACCOUNTS[name])!;
const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');
const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const read = (name: Name, body: unknown, cursor?: string): ListStep | undefined =>
  access(name).readList(bytes(body), { cursor, from: 0 }, ACCOUNTS[name]);
/** Where the comments of these posts are read. */
const within = (name: Name, posts: readonly object[]): string => read(name, { data: posts })!.next!;
function strict({ event }: ParsedEvent) {
  expect(INBOUND_SCHEMAS[event.type].strict().safeParse(event.data).error).toBeUndefined();
  return event;
}
const POST = { id: '106000000000001_501', message: 'Áo dài Tết', from: { id: page.externalId } };
const MEDIA = { id: '17900000000000079', caption: 'Áo dài Tết', permalink: 'https://www.instagram.example/p/x' };

describe('reading comments by the Graph API', () => {
  it.each<[Name, string, string]>([
    ['page', '106000000000001/feed', '106000000000001_501/comments'],
    ['instagram', '17841400000000077/media', '17900000000000079/comments'],
  ])(
    'of %s asks for recent posts and then for the comments of each, with the token where no log shows it',
    (name, posts, comments) => {
      const { listRequest, oneRequest, repliesRequest } = access(name);
      const post = name === 'page' ? POST : MEDIA;
      const requests = [
        listRequest({ cursor: undefined, from: 1_000 }, ACCOUNTS[name]),
        listRequest({ cursor: within(name, [post]), from: 1_000 }, ACCOUNTS[name]),
        repliesRequest({ id: '501_901' }, 'sau', ACCOUNTS[name]),
        oneRequest!('501_901', ACCOUNTS[name]),
      ];
      for (const { url, headers } of requests) {
        expect(url).not.toContain('ma-truy-cap');
        expect(headers).toMatchObject({ authorization: 'Bearer ma-truy-cap-bia-ra' });
        expect(access(name).hosts).toContain(new URL(url).hostname);
      }
      const paths = requests.map(({ url }) => new URL(url).pathname.replace('/v25.0/', ''));
      expect(paths.slice(0, 2)).toEqual([posts, comments]);
      expect(new URL(requests[0]!.url).searchParams.get('since')).toBe('1');
      expect(new URL(requests[2]!.url).searchParams.get('after')).toBe('sau');
    },
  );

  it('ends the list of posts with the first that is older than wanted', () => {
    const paging = { next: 'https://graph.example/?access_token=x', cursors: { after: 'sau' } };
    const data = [
      { id: '17900000000000081', timestamp: '2025-11-01T00:00:00+0000' },
      { ...MEDIA, timestamp: '2026-01-02T00:00:00+0000' },
      { id: '17900000000000080', timestamp: '2025-12-01T00:00:00+0000' },
    ];
    const from = Date.parse('2026-01-01T00:00:00Z');
    const step = access('instagram').readList(bytes({ data, paging }), { cursor: undefined, from }, instagram)!;
    expect(step.next).not.toMatch(/17900000000000080|17900000000000081|sau|access_token/);
    expect(step.next).toContain(MEDIA.id);
    expect(read('instagram', { data, paging })!.next).toMatch(/17900000000000080.*sau/);
    expect(read('instagram', { data: [] })!.next).toBeUndefined();
  });

  it('goes from page to page and from post to post, and says when a list is at its end', () => {
    const cursor = within('page', [POST, { id: '106000000000001_502' }]);
    const more = read('page', { data: [], paging: { next: 'x', cursors: { after: 'sau' } } }, cursor)!;
    expect(more.ended).toBeUndefined();
    const { url } = access('page').listRequest({ cursor: more.next, from: 0 }, page);
    expect(url).toMatch(/_501\/comments.*after=sau/);
    const end = read('page', { data: [], paging: { cursors: { after: 'sau' } } }, more.next)!;
    expect(end.ended).toEqual({ listId: POST.id, from: 0 });
    expect(access('page').listRequest({ cursor: end.next, from: 0 }, page).url).toContain('_502/comments');
    expect(access('page').skip!(end.next)).toBeUndefined();
    expect(access('page').skip!('{"posts":[],"postsAfter":"sau"}')).toBeUndefined();
    expect(read('page', { data: [] }, end.next)!.next).toBeUndefined();
  });

  it('tells of a comment on a page as its webhook does', () => {
    const comment = {
      id: '501_901',
      from: { id: '7400000000000101', name: 'Nguyễn Thu Hà' },
      message: 'Đầm này bao nhiêu vậy shop?',
      created_time: '2026-01-05T10:30:00+0000',
      parent: { id: '501_900' },
      attachment: { type: 'photo', media: { image: { src: 'https://scontent.example/p.jpg' } } },
    };
    const { threads } = read('page', { data: [comment] }, within('page', [POST]))!;
    expect(threads).toMatchObject([{ hasMore: false, replies: [], comment: { listId: POST.id, parentId: '501_900' } }]);
    const { data } = strict(access('page').received(threads[0]!.comment, page, RECEIVED_AT));
    expect(data).toMatchObject({
      direction: 'inbound',
      identity: { kind: 'facebook_user', scope: page.externalId, value: '7400000000000101' },
      provider: { message_id: '501_901', conversation_id: POST.id },
      occurred_at: '2026-01-05T10:30:00.000Z',
      reply_to: { provider_message_id: '501_900' },
      attachments: [{ kind: 'image', locator: 'https://scontent.example/p.jpg' }],
      post: { provider_id: POST.id, excerpt: 'Áo dài Tết' },
      verification: { method: 'pull' },
    });
  });

  it.each<[string, object | undefined, string | undefined]>([
    [
      'the other one',
      { participants: { data: [{ id: '8800000000000001' }, { id: page.externalId }] } },
      '8800000000000001',
    ],
    ['nobody', undefined, undefined],
    ['the page alone', { participants: { data: [{ id: page.externalId }] } }, undefined],
    ['several', { participants: { data: [{ id: '1' }, { id: '2' }, { id: page.externalId }] } }, undefined],
    ['no number', { participants: { data: [{ id: '8:8' }, { id: page.externalId }] } }, undefined],
  ])('says who the author is in the chat when the page answered there: %s', (_who, conversation, chatId) => {
    const from = { id: '7400000000000101' };
    const comment = { id: '501_901', from, message: 'Giá?', private_reply_conversation: conversation };
    const { threads } = read('page', { data: [comment] }, within('page', [POST]))!;
    const { data } = strict(access('page').received(threads[0]!.comment, page, RECEIVED_AT));
    expect(threads[0]!.comment.lateClaims).toBe(chatId === undefined ? 0 : 1);
    expect((data as MessageReceived).claims?.slice(1)).toEqual(
      chatId === undefined
        ? []
        : [
            {
              kind: 'external_id',
              value: `messenger_psid:${page.externalId}:${chatId}`,
              level: 4,
              source: 'comment.private_reply',
            },
          ],
    );
    const ours = { ...comment, from: { id: page.externalId } };
    const echo = read('page', { data: [ours] }, within('page', [POST]))!.threads[0]!.comment;
    expect(strict(access('page').received(echo, page, RECEIVED_AT)).data).not.toHaveProperty('claims');
  });

  it('asks for conversations where the account says so', () => {
    const cursor = within('page', [POST]);
    const urlOf = (settings: object): string =>
      access('page').listRequest({ cursor, from: 0 }, { ...page, settings: { reconcile: true, ...settings } }).url;
    expect(urlOf({})).not.toContain('private_reply');
    expect(urlOf({ private_replies: true })).toContain('private_reply_conversation');
  });

  it.each([
    ['sticker', { image: { src: 'https://scontent.example/s.png' } }, 'image'],
    ['video_inline', { source: 'https://video.example/v.mp4' }, 'video'],
    ['animated_image_share', { source: 'https://video.example/g.mp4' }, 'video'],
    ['share', {}, 'link'],
  ])('finds what is attached as %s', (type, media, kind) => {
    const comment = { id: '501_901', attachment: { type, media, url: 'https://khach.example/x' } };
    const { threads } = read('page', { data: [comment] }, within('page', [POST]))!;
    expect(threads[0]!.comment.hasWords).toBe(false);
    const { data } = strict(access('page').received(threads[0]!.comment, page, RECEIVED_AT));
    expect((data as MessageReceived).attachments).toMatchObject([{ kind }]);
  });

  it('knows the answers that came along on Instagram, and that there are more', () => {
    const answer = { id: '17811100000000072', text: 'Dạ 450k ạ', from: { id: instagram.externalId, username: 'shop' } };
    const comment = {
      id: '17811100000000071',
      text: 'Giá sao ạ?',
      timestamp: '2026-01-05T10:30:00+0000',
      from: { id: '9900000000000077', username: 'lan.do' },
      replies: { data: [answer, { text: 'không tên' }], paging: { next: 'x', cursors: { after: 'sau' } } },
    };
    const { threads, rejected } = read('instagram', { data: [comment] }, within('instagram', [MEDIA]))!;
    expect(threads).toMatchObject([{ hasMore: true, replyCount: 2, comment: { listId: MEDIA.id } }]);
    expect(rejected.map((element) => String(element.bytes))).toEqual(['{"text":"không tên"}']);
    const reply = threads[0]!.replies[0]!;
    expect(reply).toMatchObject({ listId: '17811100000000071', parentId: '17811100000000071' });
    expect(strict(access('instagram').received(reply, instagram, RECEIVED_AT)).data).toMatchObject({
      direction: 'echo',
      provider: { conversation_id: MEDIA.id },
      post: { provider_id: MEDIA.id, permalink: MEDIA.permalink, excerpt: 'Áo dài Tết' },
    });
  });

  it.each<Name>(['page', 'instagram'])(
    'makes edits and deletions of %s that stand where the comment stands',
    (name) => {
      const post = name === 'page' ? POST : MEDIA;
      const said = name === 'page' ? { message: 'mới' } : { text: 'mới' };
      const from = { id: '9900000000000077' };
      const { threads } = read(name, { data: [{ id: '901', from, ...said }] }, within(name, [post]))!;
      const received = strict(access(name).received(threads[0]!.comment, ACCOUNTS[name], RECEIVED_AT));
      const edits = ['a:1', 'a:2'].map((revision) =>
        strict(access(name).edited(threads[0]!.comment, ACCOUNTS[name], RECEIVED_AT, revision)),
      );
      expect(new Set(edits.map(({ id }) => id)).size).toBe(2);
      expect(edits[0]!.data).toMatchObject({ content: { text: 'mới' }, edit_rank: RECEIVED_AT.getTime() / 1_000 });
      const gone = strict(
        access(name).vanished(
          { id: '901', postId: post.id, authorId: from.id },
          { action: 'delete' },
          ACCOUNTS[name],
          RECEIVED_AT,
        ),
      );
      for (const { data } of [edits[0]!, gone])
        expect([data.identity, data.provider.message_id, data.provider.conversation_id]).toMatchObject([
          { kind: received.data.identity!.kind, value: from.id },
          '901',
          received.data.provider.conversation_id,
        ]);
    },
  );

  it.each(['', 'x', '[]', '{}', '{"data":{}}', '{"error":{"code":1}}'])('takes %j for no page', (text) => {
    expect(read('page', text)).toBeUndefined();
    expect(access('page').readReplies(bytes(text), { id: '501_901' }, page)).toBeUndefined();
  });

  it.each<Name>(['page', 'instagram'])('never makes a fault of %s, whatever is listed', (name) => {
    const cursor = within(name, [name === 'page' ? POST : MEDIA]);
    const odd = fc.anything({ maxDepth: 4, withNullPrototype: false });
    const key = fc.constantFrom(
      'message',
      'text',
      'from',
      'parent',
      'attachment',
      'replies',
      'created_time',
      'parent_id',
    );
    const comment = fc.tuple(fc.nat(), fc.dictionary(key, odd)).map(([id, more]) => ({ ...more, id: String(id) }));
    fc.assert(
      fc.property(fc.array(fc.oneof(odd, comment)), (items) => {
        const data = JSON.parse(JSON.stringify(items)) as readonly unknown[];
        const step = read(name, { data }, cursor)!;
        expect(step.threads.length + step.rejected.length).toBeGreaterThanOrEqual(data.length);
        for (const thread of step.threads) strict(access(name).received(thread.comment, ACCOUNTS[name], RECEIVED_AT));
        expect(() => read(name, { data })).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it.each<[unknown, ReturnType<typeof graphRefusal>]>([
    [{ error: { code: 4 } }, { reason: 'graph_4', kind: 'limited' }],
    [{ error: { code: 613, error_subcode: 1 } }, { reason: 'graph_613_1', kind: 'limited' }],
    [{ error: { code: 80_002 } }, { reason: 'graph_80002', kind: 'limited' }],
    [{ error: { code: 100, error_subcode: 33 } }, { reason: 'graph_100_33', kind: 'gone' }],
    [{ error: { code: 100 } }, { reason: 'graph_100', kind: 'stale' }],
    [{ error: { code: 10 } }, { reason: 'graph_10', kind: 'denied' }],
    [{ error: { code: 200 } }, { reason: 'graph_200', kind: 'denied' }],
    [{ error: { code: 190, error_subcode: 463 } }, { reason: 'graph_190_463', kind: 'other' }],
    [{ error: { code: 'DROP' } }, undefined],
    ['<html>', undefined],
  ])('understands the refusal %j', (answer, refusal) => {
    expect(graphRefusal(bytes(answer))).toEqual(refusal);
  });

  it.each<[Record<string, string>, ReturnType<typeof graphUsage.read>]>([
    [{}, undefined],
    [{ 'x-app-usage': 'lạ' }, undefined],
    [{ 'x-app-usage': '{"call_count":28,"total_time":91,"total_cputime":3}' }, { percent: 91, regainMs: 0 }],
    [
      {
        'x-app-usage': '{"call_count":1}',
        'x-business-use-case-usage': '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":19}]}',
      },
      { percent: 100, regainMs: 1_140_000 },
    ],
  ])('reads the shares of use in %j', (headers, usage) => {
    expect(graphUsage.read(headers)).toEqual(usage);
  });

  it.each(['facebook-comment', 'instagram-comment'])('is on the page %s with all its settings', (name) => {
    const settings = readFileSync(path.join(import.meta.dirname, 'reconcile.settings.ts'), 'utf8');
    const names = [...settings.matchAll(/^ {2}([a-z_]+): z\./gm)].map(([, found]) => found!);
    const docs = readFileSync(path.join(import.meta.dirname, `../../../../../docs/channels/${name}.md`), 'utf8');
    expect(names).toHaveLength(4);
    expect(names.filter((setting) => !docs.includes(`\`${setting}\``))).toEqual([]);
  });

  it('is for accounts that say so, and have a token', () => {
    expect(commentAccessOf({ ...page, settings: {} })).toBeUndefined();
    expect(checkAccount({ ...page, settings: {}, secrets: { ...secrets, access_token: '' } })).toEqual([]);
    expect(checkAccount(page)).toEqual([]);
    const wrong = { reconcile: 'có', reconcile_minutes: 1, reconcile_days: 1_000 };
    expect(checkAccount({ ...instagram, settings: wrong }).map((problem) => problem.split(':')[0])).toEqual([
      'settings.reconcile',
      'settings.reconcile_minutes',
      'settings.reconcile_days',
    ]);
    expect(checkAccount({ ...page, secrets: { ...secrets, access_token: '' } })).toEqual([
      expect.stringContaining('secrets.access_token'),
    ]);
    expect(access('page').paceOf(page)).toMatchObject({ recentMs: 86_400_000, asksForNew: false });
    expect(access('instagram').paceOf(instagram)).toMatchObject({ recentMs: 3_600_000, recentForMs: 7 * 86_400_000 });
  });
});
