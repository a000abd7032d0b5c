import { INBOUND_SCHEMAS, type MessageEdited, type MessageReceived } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import fc from 'fast-check';
import type { ParsedEvent } from '../channel-adapter.js';
import { youtubeComment, youtubeEdit, youtubeVanished } from './youtube.mapper.js';
import { readReplies, readThreads, repliesRequest, threadsRequest, youtubeRefusal } from './youtube.page.js';
import { youtubeProvider } from './youtube.provider.js';
import { youtubeVideos } from './youtube.videos.js';

const account: ChannelAccount = {
  id: 'yt-shop',
  channel: 'youtube_comment',
  provider: 'youtube',
  externalId: 'UC_shop_000000001',
  settings: {},
  secrets: { api_key: 'khoa-bia-ra' },
};
const RECEIVED_AT = new Date('2026-02-01T00:00:00.000Z');
const ALL = { from: 0 };
const comment = (id: string, more: object = {}) => ({
  kind: 'youtube#comment',
  id,
  snippet: {
    channelId: account.externalId,
    videoId: 'vid00000001',
    authorDisplayName: '@buoixinh',
    authorChannelId: { value: 'UC_user_0001' },
    authorProfileImageUrl: 'https://yt3.example/a.jpg',
    textDisplay: 'Áo này giá bao nhiêu ạ? 😍',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:05:00Z',
    ...more,
  },
});
const thread = (top: object, replies: readonly unknown[] = [], totalReplyCount = replies.length) => ({
  kind: 'youtube#commentThread',
  id: 'x',
  snippet: { topLevelComment: top, totalReplyCount },
  replies: { comments: replies },
});
const page = (items: readonly unknown[], more: object = {}) =>
  readThreads(Buffer.from(JSON.stringify({ items, ...more })), ALL, account)!;
function strict({ event }: ParsedEvent) {
  expect(INBOUND_SCHEMAS[event.type].strict().safeParse(event.data).error).toBeUndefined();
  return event;
}
const seen = (value: object): MessageReceived =>
  strict(youtubeComment(page([thread(value)]).threads[0]!.comment, account, RECEIVED_AT)).data as MessageReceived;

describe('a comment on YouTube', () => {
  it('is of the channel that wrote it, under its video', () => {
    expect(seen(comment('Ugx1'))).toMatchObject({
      channel: 'youtube_comment',
      direction: 'inbound',
      message_kind: 'comment',
      identity: {
        kind: 'youtube_channel',
        scope: '',
        value: 'UC_user_0001',
        display_name: '@buoixinh',
        avatar_ref: 'https://yt3.example/a.jpg',
      },
      provider: { message_id: 'Ugx1', conversation_id: 'Ugx1' },
      occurred_at: '2026-01-01T00:00:00.000Z',
      content: { text: 'Áo này giá bao nhiêu ạ? 😍' },
      post: { provider_id: 'vid00000001' },
      verification: { method: 'pull' },
    });
  });

  it('answers another one, and is ours when we wrote it', () => {
    const ours = comment('Ugx1.9a', { parentId: 'Ugx1', authorChannelId: { value: account.externalId } });
    const { threads } = page([thread(comment('Ugx1'), [ours], 7)]);
    expect(threads).toMatchObject([{ replyCount: 7, replies: [{ listId: 'Ugx1' }], hasMore: true }]);
    expect(strict(youtubeComment(threads[0]!.replies[0]!, account, RECEIVED_AT)).data).toMatchObject({
      direction: 'echo',
      identity: { kind: 'sender_label', value: 'comment:Ugx1' },
      provider: { conversation_id: 'Ugx1' },
      reply_to: { message_kind: 'comment', provider_message_id: 'Ugx1' },
    });
  });

  it('of an author who is gone names nobody', () => {
    expect(seen(comment('Ugx1', { authorChannelId: undefined })).identity).toMatchObject({
      kind: 'sender_label',
      value: 'comment:Ugx1',
    });
  });

  it('that is changed has an edit for each time, the later one above', () => {
    const edits = ['2026-01-01T00:05:00Z', '2026-01-01T00:06:00Z'].map((updatedAt) =>
      strict(youtubeEdit(page([thread(comment('Ugx1', { updatedAt }))]).threads[0]!.comment, account, RECEIVED_AT)),
    );
    expect(edits[0]!.id).not.toBe(edits[1]!.id);
    expect((edits[0]!.data as MessageEdited).edit_rank).toBeLessThan((edits[1]!.data as MessageEdited).edit_rank);
  });

  it('that is gone is taken back once', () => {
    const gone = [1, 2].map((day) =>
      strict(
        youtubeVanished(
          { id: 'Ugx1', authorId: 'UC_user_0001' },
          { action: 'delete' },
          account,
          new Date(2026, 1, day),
        ),
      ),
    );
    expect(gone[0]).toMatchObject({
      type: 'omni.inbound.message.deleted',
      data: { action: 'delete', provider: { message_id: 'Ugx1' } },
    });
    expect(gone[0]!.id).toBe(gone[1]!.id);
  });
});

describe('a page of comments', () => {
  it('is asked for with the key where no log shows it', () => {
    for (const request of [threadsRequest(account, 'Q T'), repliesRequest(account, 'Ugx1', undefined)]) {
      expect(request.url).not.toContain('khoa');
      expect(request.headers).toMatchObject({ 'x-goog-api-key': 'khoa-bia-ra' });
    }
    expect(threadsRequest(account, 'Q T').url).toContain('pageToken=Q+T');
  });

  it('accounts for every element, and keeps the neighbours of a broken one', () => {
    const broken = [null, 7, {}, thread({ id: 'x' }), thread({ snippet: {} })];
    const { threads, rejected, unreadIds, next } = page([thread(comment('a')), ...broken, thread(comment('b'))], {
      nextPageToken: 'Q',
    });
    expect(threads.map(({ comment: { id } }) => id)).toEqual(['a', 'b']);
    expect(unreadIds).toEqual(['x', 'x']);
    expect(rejected.map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)).toEqual(
      JSON.parse(JSON.stringify(broken)),
    );
    expect(next).toBe('Q');
  });

  it('accounts for an answer that cannot be read, also when nobody says how many there are', () => {
    const { snippet, replies } = thread(comment('a'), [comment('a.1'), { id: 'a.2' }, null]);
    const { threads, rejected, unreadIds } = page([{ snippet: { ...snippet, totalReplyCount: undefined }, replies }]);
    expect(threads.map(({ replyCount }) => replyCount)).toEqual([1]);
    expect(unreadIds).toEqual(['a.2']);
    expect(rejected.map(({ bytes }) => bytes.toString())).toEqual(['{"id":"a.2"}', 'null']);
  });

  it('ends with the first that is older than wanted', () => {
    const body = Buffer.from(JSON.stringify({ items: [thread(comment('a'))], nextPageToken: 'Q' }));
    const from = Date.parse('2026-01-02T00:00:00Z');
    expect(readThreads(body, { from }, account)).toMatchObject({ threads: [], ended: { listId: '', from } });
    expect(readThreads(body, ALL, account)).toMatchObject({ next: 'Q', threads: [{ comment: { id: 'a' } }] });
  });

  it.each(['', 'x', '[]', '{}', '{"items":{}}'])('is not %j', (text) => {
    expect(readThreads(Buffer.from(text), ALL, account)).toBeUndefined();
    expect(readReplies(Buffer.from(text), { id: 'Ugx1' }, account)).toBeUndefined();
  });

  it('never makes a fault, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ maxDepth: 5, withNullPrototype: false })), (items) => {
        const body = Buffer.from(JSON.stringify({ items: JSON.parse(JSON.stringify(items)) as unknown }));
        const read = readThreads(body, ALL, account)!;
        expect(read.threads.length + read.rejected.length).toBeGreaterThanOrEqual(items.length);
        for (const { comment: one } of read.threads) strict(youtubeComment(one, account, RECEIVED_AT));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}', { reason: 'quotaExceeded', kind: 'quota' }],
    ['{"error":{"errors":[{"reason":"commentsDisabled"}]}}', { reason: 'commentsDisabled', kind: 'denied' }],
    ['{"error":{"errors":[{"reason":"processingFailure"}]}}', { reason: 'processingFailure', kind: 'stale' }],
    ['{"error":{"errors":[{"reason":"constructor"}]}}', { reason: 'constructor', kind: 'other' }],
    ['{"error":{"errors":[{"reason":"<script>"}]}}', undefined],
    ['<html>', undefined],
  ])('that is refused says why: %s', (text, reason) => {
    expect(youtubeRefusal(Buffer.from(text))).toEqual(reason);
  });

  it('needs a channel and a key', () => {
    expect(youtubeProvider.checkAccount(account)).toEqual([]);
    const bare = { ...account, externalId: '@shop', secrets: {}, settings: { poll_seconds: 1 } };
    expect(youtubeProvider.checkAccount(bare).map((problem) => problem.split(':')[0])).toEqual([
      'settings.poll_seconds',
      'external_id',
      'secrets.api_key',
    ]);
  });
});

describe('titles of videos', () => {
  const read = (body: unknown): unknown => {
    const found = youtubeVideos.read(Buffer.from(JSON.stringify(body)));
    return found && Object.fromEntries(found);
  };

  it('are asked for with the key where no log shows it', () => {
    const { url, headers } = youtubeVideos.request(['vid_1', 'vid_2'], account);
    expect(url).toMatch(/\/videos\?part=snippet&id=vid_1%2Cvid_2&/);
    expect(url).not.toContain('khoa');
    expect(headers).toMatchObject({ 'x-goog-api-key': 'khoa-bia-ra' });
  });

  it('are one line each, beside what cannot be read', () => {
    const items = [
      null,
      7,
      { id: 'a' },
      { id: 'b', snippet: { title: ' ' } },
      { id: 'c', snippet: { title: 'Áo\n dài' } },
    ];
    expect(read({ items })).toEqual({ c: 'Áo dài' });
    expect(read({ items: [] })).toEqual({});
    expect(read({ items: {} })).toBeUndefined();
    expect(read([])).toBeUndefined();
  });
});
