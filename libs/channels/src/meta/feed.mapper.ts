import { INBOUND_TYPES, type Attachment, type Claim, type Content } from '@app/contracts';
import { claimOf } from '@app/identity';
import { cleanIdentifier, present, withPresent } from '@app/kernel';
import { excerptOf, filled, idOf, objectOf, sha256Hex, textOf } from '../shared/index.js';
import { feedAttachments, feedParties, readFeedValue, type FeedParties, type FeedValue } from './feed-value.js';
import {
  eventOf,
  messageText,
  namelessIdentity,
  unreadable,
  type Mapped,
  type Occurrence,
  type Subject,
} from './mapping.js';

/** A change with its author and the comment or post that it is about. */
interface Change {
  readonly subject: Subject;
  readonly value: FeedValue;
  readonly parties: FeedParties;
  /** Id of what the change is about. */
  readonly objectId: string;
  /** What it is about; also the begin of the kind in event ids. */
  readonly noun: 'comment' | 'post' | 'rating';
}

/** Reactions that have a character of their own; other names stay names. */
const EMOJI: Readonly<Record<string, string>> = {
  like: '👍',
  love: '❤️',
  wow: '😮',
  haha: '😆',
  sad: '😢',
  sorry: '😢',
  angry: '😡',
  anger: '😡',
  care: '🤗',
};

/** Items that are posts in all but name. */
const POSTS = new Set(['post', 'status', 'photo', 'video', 'share', 'link', 'album', 'note', 'event']);

/**
 * Maps one element of `changes[]`.
 *
 * @see docs/channels/facebook-comment.md for the event ids
 */
export function mapChange(subject: Subject): Mapped {
  const change = objectOf(subject.element.value);
  const field = textOf(change?.field);
  if (change === undefined || field === undefined) return unreadable('a change without a field');
  if (change.value === undefined || change.value === null) return { ignore: 'change_without_value' };
  if (field === 'leadgen') return mapLead(subject, change.value);
  const value = readFeedValue(change.value);
  if (value === undefined)
    return { reject: 'unsupported_content', detail: `a change of ${cleanIdentifier(field.slice(0, 64))}` };
  if (value.item === 'comment' && value.commentId !== undefined) return mapComment(subject, value, value.commentId);
  if (value.item === 'reaction' || value.item === 'like') return mapReaction(subject, value);
  if (value.item === 'rating') return mapRating(subject, value);
  if (POSTS.has(value.item)) return mapPost(subject, value);
  return mapUnsupported(subject, value);
}

/** When Meta sent it: the only time of an edit or a hiding, because `created_time` is that of the comment. */
const sentTime = ({ subject, value }: Change): number | undefined => subject.element.entryTime ?? value.createdTime;

function base(
  { value, parties, objectId, noun }: Change,
  key: Occurrence['key'],
  time: number | undefined,
): Occurrence {
  return {
    key,
    direction: parties.direction,
    identity: parties.identity,
    conversationId: value.postId ?? objectId,
    messageId: objectId,
    messageKind: noun === 'rating' ? 'event' : 'comment',
    time,
    timestamp: value.body.created_time,
  };
}

function contentOf(value: FeedValue, [first]: readonly Attachment[]): { content: Content; flags: readonly string[] } {
  const stars = idOf(value.body.rating) ?? textOf(value.body.recommendation_type);
  const rated = value.item === 'rating' ? { interactive: { kind: 'rating', ...(stars && { payload: stars }) } } : {};
  if (value.message !== undefined) {
    const { text, flags } = messageText(value.message);
    return { content: { type: 'text', text, ...rated }, flags };
  }
  if (value.item === 'rating') return { content: { type: 'interactive', ...rated }, flags: [] };
  if (first?.kind === 'image' || first?.kind === 'video') return { content: { type: first.kind }, flags: [] };
  if (first !== undefined) return { content: { type: 'text', text: first.locator }, flags: [] };
  return { content: { type: 'unsupported', provider_type: value.item }, flags: [] };
}

function mapComment(subject: Subject, value: FeedValue, commentId: string): Mapped {
  const isReply = value.parentId !== undefined && value.parentId !== value.postId;
  const label = isReply ? `comment:${value.parentId}` : `post:${value.postId ?? commentId}`;
  // An unknown author stands for himself, an unknown recipient for the comment that the page answers.
  const unknown = value.authorId === undefined ? `comment:${commentId}` : label;
  const parties = feedParties(value, subject, unknown);
  return mapVerb({ subject, value, parties, objectId: commentId, noun: 'comment' });
}

/** A post of the page is no message to anybody; a post of a visitor is one to the page. */
function mapPost(subject: Subject, value: FeedValue): Mapped {
  const objectId = value.postId ?? idOf(value.body.share_id);
  if (value.authorId === undefined) return { ignore: 'post_without_author' };
  if (value.authorId === subject.pageId) return mapPagePost(subject, value, objectId);
  if (objectId === undefined) return unreadable(`${value.item} without an id`);
  return mapVerb({ subject, value, parties: feedParties(value, subject, ''), objectId, noun: 'post' });
}

/** Of what the page publishes the words matter, under which people comment; when it is gone its comments stay below them. */
function mapPagePost(subject: Subject, value: FeedValue, postId: string | undefined): Mapped {
  const { verb, message, body, createdTime, editedTime } = value;
  const excerpt = excerptOf(message);
  const isShown = (verb === 'add' || verb === 'edit') && body.published !== 0;
  if (!isShown || postId === undefined || excerpt === undefined) return { ignore: 'post_of_page' };
  const { entryTime } = subject.element;
  // Of an edit `created_time` is that of the post.
  const time = verb === 'add' ? (createdTime ?? entryTime) : (editedTime ?? entryTime);
  const key = { eventKind: 'page_post', messageId: postId, revision: `${sha256Hex(excerpt)}:${time ?? ''}` };
  const parties = feedParties(value, subject, `post:${postId}`);
  const change: Change = { subject, value, parties, objectId: postId, noun: 'post' };
  return eventOf(subject, base(change, key, time), (id, { identity: _nobody, ...frame }) => ({
    id,
    type: INBOUND_TYPES.post,
    data: withPresent(frame, { post: { provider_id: postId, excerpt } }),
  }));
}

function mapVerb(change: Change): Mapped {
  switch (change.value.verb) {
    case 'add':
      return mapAdd(change);
    case 'edit':
      return mapEdit(change);
    case 'remove':
      return mapDeletion(change, 'delete', {});
    case 'hide':
    case 'unhide':
      return mapDeletion(change, change.value.verb, { revision: String(change.subject.element.entryTime ?? '') });
    default:
      return mapUnsupported(change.subject, change.value);
  }
}

/**
 * Since 2018 the id of a commenter should be that of the same person in the chat of the page. Meta does not promise it,
 * so it joins nobody until the installation has checked its page and says so.
 */
function claimsOf({ subject, parties }: Change): readonly Claim[] {
  const { kind, value } = parties.identity;
  if (parties.direction !== 'inbound' || kind !== 'facebook_user') return [];
  return [claimOf('external_id', `messenger_psid:${subject.pageId}:${value}`, 'meta.page_scoped_id')];
}

function mapAdd(change: Change): Mapped {
  const { subject, value, objectId, noun } = change;
  const attachments = feedAttachments(value);
  const { content, flags } = contentOf(value, attachments);
  const { postId, parentId, permalink, excerpt } = value;
  const isReply = noun === 'comment' && parentId !== undefined && parentId !== postId;
  const shared = base(change, { eventKind: noun, messageId: objectId }, value.createdTime ?? subject.element.entryTime);
  return eventOf(subject, withPresent(shared, { flags, claims: claimsOf(change) }), (id, frame) => ({
    id,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, {
      content,
      attachments: filled(attachments),
      reply_to: isReply ? { message_kind: 'comment' as const, provider_message_id: parentId } : undefined,
      post:
        postId === undefined
          ? undefined
          : present({
              provider_id: postId,
              permalink: permalink === undefined ? undefined : cleanIdentifier(permalink),
              // A visitor's post is the message itself.
              excerpt: noun === 'comment' ? excerpt : undefined,
            }),
    }),
  }));
}

/** Meta numbers no edits: what was written and when stand for the number, and the later edit wins. */
function mapEdit(change: Change): Mapped {
  const { subject, value, objectId, noun } = change;
  const attachments = feedAttachments(value);
  const { content, flags } = contentOf(value, attachments);
  const time = value.editedTime ?? sentTime(change);
  const digest = sha256Hex(JSON.stringify([value.message, value.body.photo, value.body.video]));
  const key = { eventKind: `${noun}_edit`, messageId: objectId, revision: `${digest}:${time ?? ''}` };
  return eventOf(subject, { ...base(change, key, time), flags }, (id, frame) => ({
    id,
    type: INBOUND_TYPES.edited,
    data: withPresent(frame, {
      content,
      ...(attachments.length === 0 ? {} : { attachments }),
      edit_rank: Math.max(0, Math.trunc((time ?? 0) / 1000)),
    }),
  }));
}

function mapDeletion(change: Change, action: 'delete' | 'hide' | 'unhide', more: { revision?: string }): Mapped {
  const verb = action === 'delete' ? 'remove' : action;
  const key = { eventKind: `${change.noun}_${verb}`, messageId: change.objectId, ...more };
  return eventOf(change.subject, base(change, key, sentTime(change)), (id, frame) => ({
    id,
    type: INBOUND_TYPES.deleted,
    data: withPresent(frame, { action }),
  }));
}

/** Reactions on posts are most of the traffic and concern no entry of ours. */
function mapReaction(subject: Subject, value: FeedValue): Mapped {
  const { commentId, authorId, verb } = value;
  if (commentId === undefined) return { ignore: 'reaction_on_post' };
  if (authorId === undefined) return { ignore: 'reaction_without_author' };
  if (verb !== 'add' && verb !== 'edit' && verb !== 'remove') return mapUnsupported(subject, value);
  const reaction = textOf(value.body.reaction_type) ?? value.item;
  const parties = feedParties(value, subject, `comment:${commentId}`);
  const time = value.createdTime ?? subject.element.entryTime;
  const key = {
    eventKind: 'comment_reaction',
    messageId: commentId,
    revision: [authorId, verb, reaction, time ?? ''].join(':'),
  };
  const change: Change = { subject, value, parties, objectId: commentId, noun: 'comment' };
  return eventOf(subject, base(change, key, time), (id, frame) => ({
    id,
    type: INBOUND_TYPES.reacted,
    data: withPresent(frame, {
      actor: authorId,
      action: verb === 'remove' ? 'unreact' : 'react',
      reaction: cleanIdentifier(reaction.slice(0, 64)),
      ...(Object.hasOwn(EMOJI, reaction) ? { emoji: EMOJI[reaction]! } : {}),
    }),
  }));
}

/** A review of the page: one for each person and story. */
function mapRating(subject: Subject, value: FeedValue): Mapped {
  const { authorId, createdTime } = value;
  if (authorId === undefined) return { ignore: 'rating_without_author' };
  const story = idOf(value.body.open_graph_story_id) ?? `${authorId}:${createdTime ?? ''}`;
  const parties = feedParties(value, subject, `rating:${story}`);
  return mapVerb({ subject, value, parties, objectId: `rating:${story}`, noun: 'rating' });
}

/** A filled-in form: what it says must be fetched, so the entry holds its number only. */
function mapLead(subject: Subject, value: unknown): Mapped {
  const leadId = idOf(objectOf(value)?.leadgen_id);
  if (leadId === undefined) return unreadable('leadgen without leadgen_id');
  const identity = namelessIdentity(subject.account, `lead:${leadId}`);
  return unsupported(subject, { direction: 'inbound', identity }, 'leadgen', `lead:${leadId}`);
}

/** An authentic change of a kind that we do not know. */
function mapUnsupported(subject: Subject, value: FeedValue): Mapped {
  const name = cleanIdentifier(`${value.item.slice(0, 32)}.${value.verb.slice(0, 32)}`);
  const { commentId, postId, authorId } = value;
  if (authorId === subject.pageId && commentId === undefined) return { ignore: 'activity_of_page' };
  const label = commentId === undefined ? postId && `post:${postId}` : `comment:${commentId}`;
  if (authorId === undefined && label === undefined) return { reject: 'unsupported_content', detail: name };
  return unsupported(
    subject,
    feedParties(value, subject, label ?? ''),
    name,
    `${name}:${sha256Hex(subject.element.bytes)}`,
  );
}

function unsupported(subject: Subject, parties: FeedParties, name: string, messageId: string): Mapped {
  const occurrence: Occurrence = {
    key: { eventKind: name, messageId },
    ...parties,
    conversationId: messageId,
    messageId,
    messageKind: 'event',
    time: subject.element.entryTime,
  };
  return eventOf(subject, occurrence, (id, frame) => ({
    id,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, { content: { type: 'unsupported', provider_type: name } }),
  }));
}
