import { present, type ChannelAccount } from '@app/kernel';
import type { CommentAccess, ListStep, RepliesStep } from '../../comment-access.js';
import {
  idOf,
  instantOf,
  listOf,
  objectOf,
  readJson,
  rejectElement,
  textOf,
  type JsonObject,
} from '../../shared/index.js';
import { graphRefusal, graphRequest, graphUsage, GRAPH_HOSTS } from './graph-api.js';
import { readThread, type GraphComment, type GraphFamily } from './graph-comment.js';
import { graphEdited, graphReceived, graphVanished } from './graph-events.js';
import { reconcilePace } from './reconcile.settings.js';
import { afterPost, cursorOf, placeOf, type GraphPlace } from './list-place.js';

const POSTS = '25';
const COMMENTS = '50';

interface GraphPage {
  readonly items: readonly unknown[];
  /** Where it goes on. The address of the next page, which holds the token, is not looked at. */
  readonly after: string | undefined;
}

function pageOf(answer: Buffer): GraphPage | undefined {
  const reading = readJson(answer);
  const body: JsonObject | undefined = reading.ok ? objectOf(reading.value) : undefined;
  if (body === undefined || !Array.isArray(body.data)) return undefined;
  const paging = objectOf(body.paging);
  const after = textOf(paging?.next) === undefined ? undefined : textOf(objectOf(paging?.cursors)?.after);
  return { items: listOf(body.data), after };
}

/** What cannot be read is set aside; as far as it says which comment it is, that one is there. */
function unreadOf(values: readonly unknown[], { id: accountId }: ChannelAccount, detail = 'a comment without an id') {
  return {
    rejected: values.map((value) => {
      const element = { accountId, bytes: Buffer.from(JSON.stringify(value)) };
      return rejectElement('schema_invalid', detail, element);
    }),
    unreadIds: values.flatMap((value) => idOf(objectOf(value)?.id) ?? []),
  };
}

/** Posts whose comments are to be read next; the list of posts ends with a page whose last one is older than wanted: old ones may be put first. */
function readPosts(
  page: GraphPage,
  from: number,
  account: ChannelAccount,
  family: GraphFamily,
): ListStep<GraphComment> {
  const found = page.items.flatMap((item) => {
    const value = objectOf(item);
    const post = value && family.readPost(value, account.externalId);
    const time = instantOf(value?.created_time) ?? instantOf(value?.timestamp) ?? from;
    return post === undefined ? [] : [{ post, time }];
  });
  const unread = page.items.filter((item) => {
    const value = objectOf(item);
    return value === undefined || family.readPost(value, account.externalId) === undefined;
  });
  const recent = found.filter(({ time }) => time >= from);
  const place: GraphPlace = {
    posts: recent.map(({ post }) => post),
    ...present({ postsAfter: (found.at(-1)?.time ?? from) < from ? undefined : page.after }),
  };
  return { threads: [], ...unreadOf(unread, account, 'a post without an id'), ...present({ next: cursorOf(place) }) };
}

/** A page of comments under the first post. */
function readComments(
  { items, after }: GraphPage,
  place: GraphPlace,
  account: ChannelAccount,
  family: GraphFamily,
): ListStep<GraphComment> {
  const post = place.posts[0]!;
  const read = items.map((item) => readThread(item, post, account.externalId, family));
  const next = after === undefined ? cursorOf(afterPost(place)) : cursorOf({ ...place, commentsAfter: after });
  return {
    threads: read.flatMap(({ thread }) => thread ?? []),
    ...unreadOf(
      read.flatMap(({ unreadable }) => unreadable),
      account,
    ),
    ...present({ next, ended: after === undefined ? { listId: post.id, from: 0 } : undefined }),
  };
}

function readReplies(
  page: GraphPage,
  thread: { readonly id: string; readonly postId?: string },
  account: ChannelAccount,
  family: GraphFamily,
): RepliesStep<GraphComment> {
  const above = { accountId: account.externalId, parentId: thread.id };
  const read = page.items.map((item) => {
    const value = objectOf(item);
    return { item, comment: value && family.readComment(value, { id: thread.postId ?? thread.id }, above) };
  });
  return {
    comments: read.flatMap(({ comment }) => comment ?? []),
    ...unreadOf(
      read.flatMap(({ item, comment }) => (comment === undefined ? [item] : [])),
      account,
    ),
    ...present({ next: page.after }),
  };
}

/**
 * How the comments under the recent posts of an account are asked for, one post after the other. Webhooks tell of most of
 * them; this finds what they lost, and edits and deletions of which they do not tell.
 */
export const graphComments = (family: GraphFamily): CommentAccess<GraphComment> => ({
  hosts: GRAPH_HOSTS,
  paceOf: reconcilePace,
  usage: graphUsage,
  listRequest({ cursor, from }, account) {
    const { posts, postsAfter, commentsAfter } = placeOf(cursor);
    const [post] = posts;
    if (post === undefined) {
      const since = from > 0 ? String(Math.trunc(from / 1_000)) : undefined;
      const { edge, fields } = family.posts;
      return graphRequest(`${account.externalId}/${edge}`, { fields, limit: POSTS, since, after: postsAfter }, account);
    }
    const { parameters, inPrivate } = family.comments;
    const isAsked = inPrivate !== undefined && account.settings['private_replies'] === true;
    const fields = isAsked ? `${family.comments.fields},${inPrivate}` : family.comments.fields;
    const asked = { fields, ...parameters, limit: COMMENTS, after: commentsAfter };
    return graphRequest(`${post.id}/comments`, asked, account);
  },
  readList(answer, { cursor, from }, account) {
    const page = pageOf(answer);
    const place = placeOf(cursor);
    if (page === undefined) return undefined;
    return place.posts.length === 0
      ? readPosts(page, from, account, family)
      : readComments(page, place, account, family);
  },
  // A post that was taken away meanwhile: its comments went with it, and nobody tells of each.
  skip(cursor) {
    const place = placeOf(cursor);
    return place.posts.length === 0 ? undefined : cursorOf(afterPost(place));
  },
  repliesRequest({ id }, after, account) {
    const { edge, fields } = family.replies;
    return graphRequest(`${id}/${edge}`, { fields, limit: COMMENTS, after }, account);
  },
  readReplies(answer, thread, account) {
    const page = pageOf(answer);
    return page && readReplies(page, thread, account, family);
  },
  oneRequest: (id, account) => graphRequest(id, { fields: 'id' }, account),
  refusalOf: graphRefusal,
  received: (comment, account, receivedAt) => graphReceived(comment, family, account, receivedAt),
  edited: (comment, account, receivedAt, revision = '') =>
    graphEdited(comment, family, account, { receivedAt, revision }),
  vanished: (comment, change, account, receivedAt) =>
    graphVanished(comment, family, account, { ...change, receivedAt }),
});
