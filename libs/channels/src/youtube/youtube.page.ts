import { present, type ChannelAccount } from '@app/kernel';
import type { MediaRequest, RejectedElement } from '../channel-adapter.js';
import { rejectElement } from '../shared/element.js';
import { idOf, listOf, numberOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { instantOf } from '../shared/instant-of.js';
import { readJson } from '../shared/read-json.js';

/** Hosts of the Data API. */
export const YOUTUBE_HOSTS: readonly string[] = ['youtube.googleapis.com'];

const API = 'https://youtube.googleapis.com/youtube/v3';
const PAGE_SIZE = '100';

/** A comment, or an answer to one. */
export interface YoutubeComment {
  readonly id: string;
  /** The comment that it answers. */
  readonly parentId?: string;
  readonly videoId?: string;
  /** Channel of its author; undefined when that is gone. */
  readonly authorId?: string;
  readonly authorName?: string;
  readonly avatar?: string;
  readonly text?: string;
  /** Milliseconds since 1970. */
  readonly publishedAt?: number;
  readonly updatedAt?: number;
  /** As sent. */
  readonly publishedText?: string;
  readonly bytes: Buffer;
}

/** A comment with the answers that came along, which may be fewer than there are. */
export interface YoutubeThread {
  readonly comment: YoutubeComment;
  readonly replies: readonly YoutubeComment[];
  /** Answers that came along and cannot be read. */
  readonly unreadable: readonly unknown[];
  readonly replyCount: number;
}

/** One page of the API. */
export interface YoutubePage<Item> {
  readonly items: readonly Item[];
  readonly rejected: readonly RejectedElement[];
  readonly nextPageToken?: string;
}

const requestOf = (
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

function commentOf(value: unknown): YoutubeComment | undefined {
  const item = objectOf(value);
  const snippet = objectOf(item?.['snippet']);
  const id = idOf(item?.['id']);
  if (snippet === undefined || id === undefined) return undefined;
  const said = present({
    parentId: idOf(snippet['parentId']),
    videoId: idOf(snippet['videoId']),
    authorId: idOf(objectOf(snippet['authorChannelId'])?.['value']),
    authorName: textOf(snippet['authorDisplayName']),
    avatar: textOf(snippet['authorProfileImageUrl']),
    text: textOf(snippet['textDisplay']) ?? textOf(snippet['textOriginal']),
    publishedAt: instantOf(snippet['publishedAt']),
    updatedAt: instantOf(snippet['updatedAt']),
    publishedText: textOf(snippet['publishedAt']),
  });
  return { id, ...said, bytes: Buffer.from(JSON.stringify(item)) };
}

function threadOf(value: unknown): YoutubeThread | undefined {
  const snippet = objectOf(objectOf(value)?.['snippet']);
  const comment = commentOf(snippet?.['topLevelComment']);
  if (comment === undefined) return undefined;
  const sent = listOf(objectOf(objectOf(value)?.['replies'])?.['comments']);
  const replies = sent.flatMap((reply) => commentOf(reply) ?? []);
  const unreadable = sent.filter((reply) => commentOf(reply) === undefined);
  const replyCount = Math.max(numberOf(snippet?.['totalReplyCount']) ?? 0, replies.length);
  return { comment, replies, unreadable, replyCount };
}

function rejectedOf(value: unknown, { id: accountId }: ChannelAccount): RejectedElement {
  const element = { accountId, bytes: Buffer.from(JSON.stringify(value)) };
  return rejectElement('schema_invalid', 'a comment without an id or a snippet', element);
}

function readPage<Item>(
  answer: Buffer,
  account: ChannelAccount,
  read: (value: unknown) => Item | undefined,
  within: (item: Item) => readonly unknown[],
): YoutubePage<Item> | undefined {
  const reading = readJson(answer);
  const body: JsonObject | undefined = reading.ok ? objectOf(reading.value) : undefined;
  if (body === undefined || !Array.isArray(body['items'])) return undefined;
  const items: Item[] = [];
  const rejected: RejectedElement[] = [];
  for (const value of listOf(body['items'])) {
    const item = read(value);
    if (item !== undefined) items.push(item);
    const unreadable = item === undefined ? [value] : within(item);
    rejected.push(...unreadable.map((element) => rejectedOf(element, account)));
  }
  const nextPageToken = textOf(body['nextPageToken']);
  return { items, rejected, ...present({ nextPageToken }) };
}

/** @returns undefined for an answer that is no page */
export const readThreads = (answer: Buffer, account: ChannelAccount): YoutubePage<YoutubeThread> | undefined =>
  readPage(answer, account, threadOf, ({ unreadable }) => unreadable);

/** The same of answers to a comment. */
export const readReplies = (answer: Buffer, account: ChannelAccount): YoutubePage<YoutubeComment> | undefined =>
  readPage(answer, account, commentOf, () => []);

/** The provider's word for a refusal, for example `quotaExceeded`. */
export function refusalOf(answer: Buffer): string | undefined {
  const reading = readJson(answer);
  const error = reading.ok ? objectOf(objectOf(reading.value)?.['error']) : undefined;
  const reason = textOf(objectOf(listOf(error?.['errors'])[0])?.['reason']);
  return reason !== undefined && /^[A-Za-z]{1,40}$/.test(reason) ? reason : undefined;
}
