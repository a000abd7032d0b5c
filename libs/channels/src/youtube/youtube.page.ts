import { present, type ChannelAccount } from '@app/kernel';
import type { MediaRequest } from '../channel-adapter.js';
import type {
  CommentRefusal,
  ListedComment,
  ListedThread,
  ListPlace,
  ListStep,
  RepliesStep,
} from '../comment-access.js';
import { rejectElement } from '../shared/element.js';
import { idOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { instantOf } from '../shared/instant-of.js';
import { readJson } from '../shared/read-json.js';

/** Hosts of the Data API. */
export const YOUTUBE_HOSTS: readonly string[] = ['youtube.googleapis.com'];

const API = 'https://youtube.googleapis.com/youtube/v3';
const PAGE_SIZE = '100';

/** All comments that answer no other are one list. */
const TOP_LEVEL = '';

/** A comment, or an answer to one: of a channel, under a video. */
export interface YoutubeComment extends ListedComment {
  readonly authorName?: string;
  readonly avatar?: string;
  readonly text?: string;
  /** As sent. */
  readonly publishedText?: string;
  readonly bytes: Buffer;
}

/** A thread, and what stood in it and cannot be read. */
interface ReadThread {
  readonly thread: ListedThread<YoutubeComment>;
  readonly unreadable: readonly unknown[];
}

/** A call of the Data API. */
export const requestOf = (
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  { secrets }: ChannelAccount,
): MediaRequest => {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    url: `${API}/${path}?${new URLSearchParams(given).toString()}`,
    headers: { 'x-goog-api-key': secrets['api_key'] ?? '', accept: 'application/json' },
  };
};

/** Comments of all videos of a channel and of itself, newest first. */
export function threadsRequest(account: ChannelAccount, pageToken: string | undefined): MediaRequest {
  const order = { order: 'time', maxResults: PAGE_SIZE, textFormat: 'plainText' };
  return requestOf(
    'commentThreads',
    { part: 'snippet,replies', allThreadsRelatedToChannelId: account.externalId, ...order, pageToken },
    account,
  );
}

/** All answers to a comment. */
export function repliesRequest(account: ChannelAccount, parentId: string, pageToken: string | undefined): MediaRequest {
  return requestOf(
    'comments',
    { part: 'snippet', parentId, maxResults: PAGE_SIZE, textFormat: 'plainText', pageToken },
    account,
  );
}

function commentOf(value: unknown, within?: string): YoutubeComment | undefined {
  const item = objectOf(value);
  const snippet = objectOf(item?.['snippet']);
  const id = idOf(item?.['id']);
  if (snippet === undefined || id === undefined) return undefined;
  // Of an answer that does not name the comment above, the list in which it stands does.
  const parentId = idOf(snippet['parentId']) ?? within;
  const said = present({
    parentId,
    postId: idOf(snippet['videoId']),
    authorId: idOf(objectOf(snippet['authorChannelId'])?.['value']),
    authorName: textOf(snippet['authorDisplayName']),
    avatar: textOf(snippet['authorProfileImageUrl']),
    text: textOf(snippet['textDisplay']) ?? textOf(snippet['textOriginal']),
    publishedAt: instantOf(snippet['publishedAt']),
    updatedAt: instantOf(snippet['updatedAt']),
    publishedText: textOf(snippet['publishedAt']),
  });
  return { id, listId: parentId ?? TOP_LEVEL, ...said, bytes: Buffer.from(JSON.stringify(item)) };
}

function threadOf(value: unknown): ReadThread | undefined {
  const snippet = objectOf(objectOf(value)?.['snippet']);
  const comment = commentOf(snippet?.['topLevelComment']);
  if (comment === undefined) return undefined;
  const sent = listOf(objectOf(objectOf(value)?.['replies'])?.['comments']);
  const replies = sent.flatMap((reply) => commentOf(reply, comment.id) ?? []);
  const unreadable = sent.filter((reply) => commentOf(reply, comment.id) === undefined);
  const replyCount = Math.max(numberOf(snippet?.['totalReplyCount']) ?? 0, replies.length);
  return { thread: { comment, replies, replyCount, hasMore: sent.length < replyCount }, unreadable };
}

/** What cannot be read is set aside; as far as it says which comment it is, that one is there. */
function unreadOf(values: readonly unknown[], { id: accountId }: ChannelAccount) {
  return {
    rejected: values.map((value) => {
      const element = { accountId, bytes: Buffer.from(JSON.stringify(value)) };
      return rejectElement('schema_invalid', 'a comment without an id or a snippet', element);
    }),
    unreadIds: values.flatMap((value) => idOf(objectOf(value)?.['id']) ?? []),
  };
}

/** A list as the Data API answers it. */
export interface Page {
  readonly items: readonly unknown[];
  readonly nextPageToken: string | undefined;
}

/** @returns undefined for an answer that is no list */
export function pageOf(answer: Buffer): Page | undefined {
  const reading = readJson(answer);
  const body: JsonObject | undefined = reading.ok ? objectOf(reading.value) : undefined;
  if (body === undefined || !Array.isArray(body['items'])) return undefined;
  return { items: listOf(body['items']), nextPageToken: textOf(body['nextPageToken']) };
}

/** A page of threads; the list ends with the first that is older than wanted. @returns undefined for an answer that is no page */
export function readThreads(
  answer: Buffer,
  { from }: Pick<ListPlace, 'from'>,
  account: ChannelAccount,
): ListStep<YoutubeComment> | undefined {
  const page = pageOf(answer);
  if (page === undefined) return undefined;
  const read = page.items.map((value) => ({ value, found: threadOf(value) }));
  const all = read.flatMap(({ found }) => found?.thread ?? []);
  const threads = all.filter(({ comment }) => (comment.publishedAt ?? from) >= from);
  const unread = read.flatMap(({ value, found }) => (found === undefined ? [value] : found.unreadable));
  const isEnd = page.nextPageToken === undefined || threads.length < all.length;
  return {
    threads,
    ...unreadOf(unread, account),
    ...(isEnd ? { ended: { listId: TOP_LEVEL, from } } : present({ next: page.nextPageToken })),
  };
}

/** A page of answers to a comment. @returns undefined for an answer that is no page */
export function readReplies(
  answer: Buffer,
  { id: parentId }: { readonly id: string },
  account: ChannelAccount,
): RepliesStep<YoutubeComment> | undefined {
  const page = pageOf(answer);
  if (page === undefined) return undefined;
  const comments = page.items.flatMap((value) => commentOf(value, parentId) ?? []);
  const unread = page.items.filter((value) => commentOf(value, parentId) === undefined);
  return { comments, ...unreadOf(unread, account), ...present({ next: page.nextPageToken }) };
}

/** What each word of a refusal means; others are passing or need somebody to act. */
const REFUSALS: Readonly<Record<string, CommentRefusal['kind']>> = {
  quotaExceeded: 'quota',
  dailyLimitExceeded: 'quota',
  rateLimitExceeded: 'limited',
  userRateLimitExceeded: 'limited',
  commentsDisabled: 'denied',
  forbidden: 'denied',
  commentNotFound: 'gone',
  parentCommentNotFound: 'gone',
  videoNotFound: 'gone',
  processingFailure: 'stale',
  invalidPageToken: 'stale',
};

/** The provider's word for a refusal, for example `quotaExceeded`, and what it means. @see YouTube Data API, "Errors" */
export function youtubeRefusal(answer: Buffer): CommentRefusal | undefined {
  const reading = readJson(answer);
  const error = reading.ok ? objectOf(objectOf(reading.value)?.['error']) : undefined;
  const reason = textOf(objectOf(listOf(error?.['errors'])[0])?.['reason']);
  if (reason === undefined || !/^[A-Za-z]{1,40}$/.test(reason)) return undefined;
  return { reason, kind: Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason]! : 'other' };
}
