import { present } from '@app/kernel';
import type { ListedComment, ListedThread } from '../../comment-access.js';
import { excerptOf, idOf, instantOf, listOf, objectOf, textOf, type JsonObject } from '../../shared/index.js';
import { isGraphId } from './graph-api.js';
import type { GraphPost } from './list-place.js';

/** A comment of the Graph API, in the words in which a webhook tells of it. */
export interface GraphComment extends ListedComment {
  /** `value` of the change. */
  readonly value: JsonObject;
  /** Id of its author in the chat of the page, which answered the comment there. */
  readonly chatId?: string;
  readonly bytes: Buffer;
}

/** How a product of Meta lists posts and comments. */
export interface GraphFamily {
  /** What a body of its webhook is about. */
  readonly object: 'page' | 'instagram';
  /** Field of the change that tells of a comment. */
  readonly field: 'feed' | 'comments';
  /** Posts of the account, and their fields. */
  readonly posts: { readonly edge: string; readonly fields: string };
  /** `inPrivate`: asked for besides where the account says so, because it takes another permission. */
  readonly comments: {
    readonly fields: string;
    readonly inPrivate?: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  /** Answers to a comment, as far as they are a list of their own. */
  readonly replies: { readonly edge: string; readonly fields: string };
  readPost(post: JsonObject, accountId: string): GraphPost | undefined;
  /** @returns undefined without an id */
  readComment(
    comment: JsonObject,
    post: GraphPost,
    above: { readonly accountId: string; readonly parentId?: string | undefined },
  ): GraphComment | undefined;
}

const PAGE_COMMENT =
  'id,message,from{id,name},created_time,parent{id},permalink_url,attachment{type,url,media{source,image{src}}}';

/** Photos and stickers have a picture, videos and GIFs a source; everything else is an address. */
function attachmentOf(comment: JsonObject): JsonObject {
  const attachment = objectOf(comment.attachment);
  const media = objectOf(attachment?.media);
  const type = textOf(attachment?.type) ?? '';
  if (/photo|sticker/.test(type)) return present({ photo: textOf(objectOf(media?.image)?.src) });
  if (/video|animated/.test(type)) return present({ video: textOf(media?.source) });
  return present({ link: textOf(attachment?.url) });
}

/** The one who speaks with the page where it answered the comment in private; undefined when that is not one. */
function chatIdOf(comment: JsonObject, accountId: string): string | undefined {
  const { participants } = objectOf(comment.private_reply_conversation) ?? {};
  const ids = listOf(objectOf(participants)?.data).map((person) => idOf(objectOf(person)?.id));
  const others = ids.filter((id) => id !== accountId);
  return others.length === 1 && others[0] !== undefined && /^\d+$/.test(others[0]) ? others[0] : undefined;
}

/** Pages: all comments of a post are one list, whatever they answer. @see Graph API, "Post Comments"; read 2026-11 */
export const PAGE_FAMILY: GraphFamily = {
  object: 'page',
  field: 'feed',
  posts: { edge: 'feed', fields: 'id,message,permalink_url,created_time,from{id}' },
  comments: {
    fields: PAGE_COMMENT,
    inPrivate: 'private_reply_conversation{participants}',
    parameters: { filter: 'stream', order: 'reverse_chronological' },
  },
  replies: { edge: 'comments', fields: PAGE_COMMENT },
  readPost(post, accountId) {
    const id = idOf(post.id);
    const isOurs = idOf(objectOf(post.from)?.id) === accountId;
    const said = {
      excerpt: isOurs ? excerptOf(textOf(post.message)) : undefined,
      permalink: textOf(post.permalink_url),
    };
    return id === undefined || !isGraphId(id) ? undefined : { id, ...present(said) };
  },
  readComment(comment, post, { accountId }) {
    const id = idOf(comment.id);
    if (id === undefined || !isGraphId(id)) return undefined;
    const parentId = idOf(objectOf(comment.parent)?.id);
    const { from, message, created_time: createdTime } = comment;
    const chatId = chatIdOf(comment, accountId);
    const about = { id: post.id, ...present({ message: post.excerpt, permalink_url: post.permalink }) };
    const value = {
      item: 'comment',
      verb: 'add',
      comment_id: id,
      post_id: post.id,
      parent_id: parentId ?? post.id,
      ...present({ from, message, created_time: createdTime }),
      ...attachmentOf(comment),
      post: about,
    };
    const ids = {
      parentId,
      postId: post.id,
      postExcerpt: post.excerpt,
      authorId: idOf(objectOf(from)?.id),
      publishedAt: instantOf(createdTime),
      hasWords: textOf(message) !== undefined,
      chatId,
      lateClaims: chatId === undefined ? 0 : 1,
    };
    return { id, listId: post.id, ...present(ids), value, bytes: Buffer.from(JSON.stringify(comment)) };
  },
};

const INSTAGRAM_COMMENT = 'id,text,timestamp,from{id,username},parent_id';
/** As many answers come along with their comment. */
const REPLIES = 50;

/** Instagram: comments of a picture or video, each with its answers. @see Instagram Platform, "IG Media comments"; read 2026-11 */
export const INSTAGRAM_FAMILY: GraphFamily = {
  object: 'instagram',
  field: 'comments',
  posts: { edge: 'media', fields: 'id,caption,permalink,timestamp' },
  comments: { fields: `${INSTAGRAM_COMMENT},replies.limit(${REPLIES}){${INSTAGRAM_COMMENT}}`, parameters: {} },
  replies: { edge: 'replies', fields: INSTAGRAM_COMMENT },
  readPost(post) {
    const id = idOf(post.id);
    if (id === undefined || !isGraphId(id)) return undefined;
    return { id, ...present({ excerpt: excerptOf(textOf(post.caption)), permalink: textOf(post.permalink) }) };
  },
  readComment(comment, post, { parentId: above }) {
    const id = idOf(comment.id);
    if (id === undefined || !isGraphId(id)) return undefined;
    const parentId = above ?? idOf(comment.parent_id);
    const { from, text } = comment;
    const media = { id: post.id, ...present({ caption: post.excerpt, permalink: post.permalink }) };
    const ids = {
      parentId,
      postId: post.id,
      postExcerpt: post.excerpt,
      authorId: idOf(objectOf(from)?.id),
      publishedAt: instantOf(comment.timestamp),
      hasWords: textOf(text) !== undefined,
    };
    return {
      id,
      listId: parentId ?? post.id,
      ...present(ids),
      value: { id, media, ...present({ from, text, parent_id: parentId }) },
      bytes: Buffer.from(JSON.stringify({ ...comment, replies: undefined })),
    };
  },
};

/** A thread, and what stood in it and cannot be read. */
export interface ReadThread {
  readonly thread: ListedThread<GraphComment> | undefined;
  readonly unreadable: readonly unknown[];
}

/** Reads a comment with the answers that came along. */
export function readThread(value: unknown, post: GraphPost, accountId: string, family: GraphFamily): ReadThread {
  const item = objectOf(value);
  const comment = item && family.readComment(item, post, { accountId });
  if (item === undefined || comment === undefined) return { thread: undefined, unreadable: [value] };
  const edge = objectOf(item.replies);
  const answers = listOf(edge?.data).map((answer) => {
    const reply = objectOf(answer);
    return { answer, reply: reply && family.readComment(reply, post, { accountId, parentId: comment.id }) };
  });
  const replies = answers.flatMap(({ reply }) => reply ?? []).toReversed();
  const hasMore = textOf(objectOf(edge?.paging)?.next) !== undefined;
  return {
    thread: { comment, replies, replyCount: answers.length, hasMore },
    unreadable: answers.flatMap(({ answer, reply }) => (reply === undefined ? [answer] : [])),
  };
}
