import { INBOUND_TYPES, type Content, type InboundIdentity, type MessageReceived } from '@app/contracts';
import { cleanIdentifier, withPresent } from '@app/kernel';
import { excerptOf, idOf, objectOf, textOf, type JsonObject } from '../shared/index.js';
import { eventOf, messageText, namelessIdentity, shortText, unreadable, type Mapped, type Subject } from './mapping.js';

/** Fields that tell of a comment. */
const COMMENTS = new Set(['comments', 'live_comments']);

interface Author {
  readonly direction: 'inbound' | 'echo';
  readonly identity: InboundIdentity;
}

/** The account's own comments name nobody whom they answer: the comment or media above stands in. */
function authorOf(value: JsonObject, { account, pageId }: Subject, label: string): Author {
  const from = objectOf(value.from);
  const id = idOf(from?.id);
  const isOurs = id === pageId || from?.self_ig_scoped_id !== undefined;
  if (isOurs || id === undefined) {
    return { direction: isOurs ? 'echo' : 'inbound', identity: namelessIdentity(account, label) };
  }
  const username = textOf(from?.username);
  return {
    direction: 'inbound',
    identity: {
      kind: 'instagram_user',
      scope: pageId,
      value: id,
      authenticity: 'A2',
      ...(username === undefined ? {} : { username: shortText(username) }),
    },
  };
}

function contentOf(value: JsonObject): { readonly content: Content; readonly flags: readonly string[] } {
  const said = textOf(value.text);
  if (said === undefined) return { content: { type: 'unsupported', provider_type: 'comment' }, flags: [] };
  const { text, flags } = messageText(said);
  return { content: { type: 'text', text }, flags };
}

/** Webhooks name the media only; what is read besides says how it begins and where it is. */
function postOf(mediaId: string, media: JsonObject | undefined): NonNullable<MessageReceived['post']> {
  const permalink = textOf(media?.permalink);
  const excerpt = excerptOf(textOf(media?.caption));
  return {
    provider_id: mediaId,
    ...(permalink === undefined ? {} : { permalink: cleanIdentifier(permalink) }),
    ...(excerpt === undefined ? {} : { excerpt }),
  };
}

function mapComment(subject: Subject, value: JsonObject): Mapped {
  const id = idOf(value.id) ?? idOf(value.comment_id);
  if (id === undefined) return unreadable('a comment without an id');
  const media = objectOf(value.media);
  const mediaId = idOf(media?.id);
  const parentId = idOf(value.parent_id);
  const { direction, identity } = authorOf(
    value,
    subject,
    parentId === undefined ? `media:${mediaId ?? id}` : `comment:${parentId}`,
  );
  const { content, flags } = contentOf(value);
  const occurrence = {
    key: { eventKind: 'comment', messageId: id },
    direction,
    identity,
    conversationId: mediaId ?? id,
    messageId: id,
    messageKind: 'comment' as const,
    time: subject.element.entryTime,
    flags,
  };
  return eventOf(subject, occurrence, (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, {
      content,
      reply_to:
        parentId === undefined ? undefined : { message_kind: 'comment' as const, provider_message_id: parentId },
      post: mediaId === undefined ? undefined : postOf(mediaId, media),
    }),
  }));
}

/** Somebody named us under a post of theirs; the words and the author must be asked for. */
function mapMention(subject: Subject, value: JsonObject): Mapped {
  const mediaId = idOf(value.media_id);
  const id = idOf(value.comment_id) ?? mediaId;
  if (id === undefined) return unreadable('a mention without comment_id or media_id');
  const occurrence = {
    key: { eventKind: 'mention', messageId: `mention:${id}` },
    direction: 'inbound' as const,
    identity: namelessIdentity(subject.account, `mention:${id}`),
    conversationId: mediaId ?? id,
    messageId: `mention:${id}`,
    messageKind: 'event' as const,
    time: subject.element.entryTime,
  };
  return eventOf(subject, occurrence, (eventId, frame) => ({
    id: eventId,
    type: INBOUND_TYPES.received,
    data: withPresent(frame, {
      content: { type: 'unsupported', provider_type: 'mention' },
      ...(mediaId === undefined ? {} : { post: { provider_id: mediaId } }),
    }),
  }));
}

/**
 * Maps one change of an Instagram account. There is no verb: a comment is told of once, and its edits and deletions never.
 *
 * @see docs/channels/instagram-comment.md for the event ids
 */
export function mapInstagramChange(subject: Subject): Mapped {
  const change = objectOf(subject.element.value);
  const field = textOf(change?.field);
  if (change === undefined || field === undefined) return unreadable('a change without a field');
  const value = objectOf(change.value);
  if (value === undefined) return unreadable('a change without a value');
  if (COMMENTS.has(field)) return mapComment(subject, value);
  if (field === 'mentions') return mapMention(subject, value);
  return { reject: 'unsupported_content', detail: `a change of ${cleanIdentifier(field.slice(0, 64))}` };
}
