import { inboundEventId, INBOUND_TYPES, type Claim, type MessageReceived } from '@app/contracts';
import { claimOf } from '@app/identity';
import { present, type ChannelAccount } from '@app/kernel';
import type { CommentAccess, VanishedComment } from '../../comment-access.js';
import type { ParsedEvent } from '../../parsed-event.js';
import { mapChange } from '../feed.mapper.js';
import { mapInstagramChange } from '../instagram-comment.mapper.js';
import type { Subject } from '../mapping.js';
import type { GraphComment, GraphFamily } from './graph-comment.js';

/** Pulled, and read as if a webhook had told of it: so it has the id, the person and the claims that it would have then. */
function subjectOf(comment: GraphComment, family: GraphFamily, account: ChannelAccount, receivedAt: Date): Subject {
  const { externalId: pageId } = account;
  const context = JSON.stringify({ object: family.object, entry: { id: pageId }, graph: `${comment.postId}/comments` });
  return {
    element: {
      pageId,
      list: 'changes',
      value: { field: family.field, value: comment.value },
      bytes: comment.bytes,
      entryTime: comment.publishedAt,
      context,
    },
    account,
    pageId,
    receivedAt,
    receivedText: receivedAt.toISOString(),
    verification: { method: 'pull' },
  };
}

/** A comment of the Graph API as it is now. */
export function graphReceived(
  comment: GraphComment,
  family: GraphFamily,
  account: ChannelAccount,
  receivedAt: Date,
): ParsedEvent & { readonly event: { readonly data: MessageReceived } } {
  const subject = subjectOf(comment, family, account, receivedAt);
  const mapped = family.object === 'page' ? mapChange(subject) : mapInstagramChange(subject);
  if (!('event' in mapped) || mapped.event.type !== INBOUND_TYPES.received)
    throw new TypeError('A comment with an id always makes a message');
  const { event, senderId } = mapped;
  const { claims = [] } = event.data;
  const proven = event.data.direction === 'inbound' ? chatClaims(comment, account) : [];
  if (proven.length === 0) return { event, account, senderId };
  return { event: { ...event, data: { ...event.data, claims: [...claims, ...proven] } }, account, senderId };
}

/** The page answered the comment in private, and the author of the comment is who got the answer. */
function chatClaims({ chatId, authorId }: GraphComment, { externalId }: ChannelAccount): readonly Claim[] {
  if (chatId === undefined || authorId === undefined) return [];
  return [claimOf('external_id', `messenger_psid:${externalId}:${chatId}`, 'comment.private_reply')];
}

/** What an event about a comment shares with the comment itself. */
function frameOf({ event: { data } }: ReturnType<typeof graphReceived>, receivedAt: Date) {
  const {
    content: _content,
    attachments: _attachments,
    reply_to: _answers,
    post: _post,
    claims: _claims,
    ...frame
  } = data;
  const { timestamp: _written, ...provider } = frame.provider;
  return { ...frame, provider, occurred_at: receivedAt.toISOString() };
}

/**
 * The same comment with other words. Nobody says when they were changed: it counts from when they were seen.
 *
 * @param revision tells this change of words from others
 */
export function graphEdited(
  comment: GraphComment,
  family: GraphFamily,
  account: ChannelAccount,
  { receivedAt, revision }: { readonly receivedAt: Date; readonly revision: string },
): ParsedEvent {
  const received = graphReceived(comment, family, account, receivedAt);
  const frame = frameOf(received, receivedAt);
  const id = inboundEventId({ accountId: account.id, eventKind: 'comment_edit', messageId: comment.id, revision });
  const data = {
    ...frame,
    provider: { ...frame.provider, revision },
    content: received.event.data.content,
    edit_rank: Math.trunc(receivedAt.getTime() / 1_000),
  };
  return { event: { id, type: INBOUND_TYPES.edited, data }, account, senderId: received.senderId };
}

const KINDS = { delete: 'comment_remove', hide: 'comment_hide', unhide: 'comment_unhide' } as const;

/** A comment that is not there any more: the id is that of the webhook's, where there is one. */
export function graphVanished(
  comment: VanishedComment,
  family: GraphFamily,
  account: ChannelAccount,
  { receivedAt, action, revision }: Parameters<CommentAccess['vanished']>[1] & { readonly receivedAt: Date },
): ParsedEvent {
  const { id: messageId, postId = messageId, parentId, authorId } = comment;
  const item = { id: messageId, ...present({ from: authorId === undefined ? undefined : { id: authorId } }) };
  const above = family.object === 'page' ? { parent: parentId === undefined ? undefined : { id: parentId } } : {};
  const of = { accountId: account.externalId, parentId };
  const known = family.readComment({ ...item, ...above }, { id: postId }, of);
  if (known === undefined) throw new TypeError('The id of a comment that was listed is one');
  const received = graphReceived(
    { ...known, bytes: Buffer.from(JSON.stringify({ id: messageId, absent: action !== 'unhide' })) },
    family,
    account,
    receivedAt,
  );
  const revised = revision === undefined ? {} : { revision };
  const id = inboundEventId({ accountId: account.id, eventKind: KINDS[action], messageId, ...revised });
  const frame = frameOf(received, receivedAt);
  const data = { ...frame, provider: { ...frame.provider, ...revised }, action };
  return { event: { id, type: INBOUND_TYPES.deleted, data }, account, senderId: received.senderId };
}
