import type { Attachment, InboundIdentity } from '@app/contracts';
import { cleanIdentifier } from '@app/kernel';
import { excerptOf, idOf, instantOf, listOf, objectOf, textOf, type JsonObject } from '../shared/index.js';
import { namelessIdentity, shortText, type Subject } from './mapping.js';

/** `value` of a change of the fields `feed`, `mention` or `ratings`, with the spellings of all versions made one. */
export interface FeedValue {
  /** Kind of object, for example `comment`. */
  readonly item: string;
  /** `edited` is `edit`, `delete` is `remove`. */
  readonly verb: string;
  readonly authorId: string | undefined;
  readonly authorName: string | undefined;
  readonly postId: string | undefined;
  readonly commentId: string | undefined;
  readonly parentId: string | undefined;
  readonly message: string | undefined;
  readonly createdTime: number | undefined;
  readonly editedTime: number | undefined;
  readonly permalink: string | undefined;
  /** How the page's own post begins; Meta keeps it back mostly. */
  readonly excerpt: string | undefined;
  /** As sent. */
  readonly body: JsonObject;
}

const VERBS: Readonly<Record<string, string>> = { edited: 'edit', update: 'edit', delete: 'remove' };

/** @returns undefined when it says neither what nor how */
export function readFeedValue(value: unknown): FeedValue | undefined {
  const body = objectOf(value);
  const item = textOf(body?.item);
  const verb = textOf(body?.verb);
  if (body === undefined || item === undefined || verb === undefined) return undefined;
  const from = objectOf(body.from);
  const post = objectOf(body.post);
  return {
    item,
    verb: Object.hasOwn(VERBS, verb) ? VERBS[verb]! : verb,
    authorId: idOf(from?.id) ?? idOf(body.sender_id) ?? idOf(body.reviewer_id),
    authorName: textOf(from?.name) ?? textOf(body.sender_name) ?? textOf(body.reviewer_name),
    postId: idOf(body.post_id) ?? idOf(post?.id),
    commentId: idOf(body.comment_id),
    parentId: idOf(body.parent_id),
    message: textOf(body.message) ?? textOf(body.review_text),
    createdTime: instantOf(body.created_time),
    editedTime: instantOf(body.edited_time),
    permalink: textOf(post?.permalink_url),
    // Of a post that somebody else wrote the words would stay behind when that person is erased.
    excerpt: post?.from === undefined ? excerptOf(textOf(post?.message)) : undefined,
    body,
  };
}

const attachment = (kind: 'image' | 'video' | 'link', url: string): Attachment => ({
  kind,
  state: 'pending',
  source: 'url',
  locator: cleanIdentifier(url),
});

/** Photos, videos and the shared address. GIFs may come with no attachment at all: the comment must be fetched then. */
export function feedAttachments({ item, body }: FeedValue): Attachment[] {
  const photos = [body.photo, ...listOf(body.photos)].flatMap((url) => textOf(url) ?? []);
  const video = textOf(body.video);
  const link = textOf(body.link);
  const linkKind = item === 'photo' ? 'image' : item === 'video' ? 'video' : 'link';
  return [
    ...photos.map((url) => attachment('image', url)),
    ...(video === undefined ? [] : [attachment('video', video)]),
    ...(link === undefined ? [] : [attachment(linkKind, link)]),
  ];
}

/** Who wrote, and the customer's side of it. */
export interface FeedParties {
  readonly direction: 'inbound' | 'echo';
  readonly identity: InboundIdentity;
}

/**
 * Tells the customer from the page. Meta may keep back who wrote, and never says whom the page answers: then a label
 * named after the comment stands in for a person who is not known.
 *
 * @param label the comment or post that stands for the unknown person
 */
export function feedParties({ authorId, authorName }: FeedValue, subject: Subject, label: string): FeedParties {
  const { account, pageId } = subject;
  const direction = authorId === pageId ? 'echo' : 'inbound';
  if (authorId === undefined || direction === 'echo') return { direction, identity: namelessIdentity(account, label) };
  const named = authorName === undefined ? {} : { display_name: shortText(authorName) };
  return {
    direction,
    identity: { kind: 'facebook_user', scope: pageId, value: authorId, authenticity: 'A2', ...named },
  };
}
