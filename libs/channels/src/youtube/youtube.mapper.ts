import { inboundEventId, INBOUND_TYPES, MAX_TEXT_CHARS, type InboundIdentity } from '@app/contracts';
import { cleanIdentifier, cleanText, type ChannelAccount } from '@app/kernel';
import type { ParsedEvent } from '../channel-adapter.js';
import type { CommentAccess, VanishedComment } from '../comment-access.js';
import { rawElement } from '../shared/element.js';
import { eventFrame } from '../shared/event-frame.js';
import type { YoutubeComment } from './youtube.page.js';

/** YouTube began in 2005. */
const EARLIEST_MS = Date.UTC(2005, 3, 23);
const MAX_NAME_CHARS = 200;

const VERIFICATION = { ok: true, method: 'pull' } as const;

/** Who wrote; our own comments name nobody whom they answer, so that the thread stands in. */
function partiesOf(
  comment: Pick<YoutubeComment, 'id' | 'parentId' | 'authorId' | 'authorName' | 'avatar'>,
  account: ChannelAccount,
) {
  const { authorId, authorName, avatar } = comment;
  const isOurs = authorId === account.externalId;
  if (isOurs || authorId === undefined) {
    const value = `comment:${isOurs ? (comment.parentId ?? comment.id) : comment.id}`;
    const identity: InboundIdentity = { kind: 'sender_label', scope: account.id, value, authenticity: 'A0' };
    return { direction: isOurs ? ('echo' as const) : ('inbound' as const), identity };
  }
  const name = cleanText(authorName ?? '', { nul: 'remove', maxChars: MAX_NAME_CHARS }).text;
  const identity: InboundIdentity = {
    kind: 'youtube_channel',
    scope: '',
    value: authorId,
    authenticity: 'A2',
    ...(name === '' ? {} : { display_name: name }),
    ...(avatar === undefined ? {} : { avatar_ref: cleanIdentifier(avatar) }),
  };
  return { direction: 'inbound' as const, identity };
}

interface When {
  readonly receivedAt: Date;
  readonly timeMs: number | undefined;
  readonly timestamp?: string | undefined;
  readonly revision?: string;
  readonly flags?: readonly string[];
}

function frameOf(comment: Omit<YoutubeComment, 'listId'>, account: ChannelAccount, { receivedAt, ...when }: When) {
  return eventFrame({
    context: { account, accounts: [account], receivedAt, verification: VERIFICATION },
    ...partiesOf(comment, account),
    messageKind: 'comment',
    messageId: comment.id,
    conversationId: comment.parentId ?? comment.id,
    earliestMs: EARLIEST_MS,
    raw: rawElement(comment.bytes),
    ...when,
  });
}

const parsed = (event: ParsedEvent['event'], account: ChannelAccount): ParsedEvent => ({
  event,
  account,
  senderId: event.data.identity?.value ?? account.id,
});

function contentOf({ text = '' }: YoutubeComment) {
  const clean = cleanText(text, { nul: 'remove', maxChars: MAX_TEXT_CHARS });
  return { content: { type: 'text' as const, text: clean.text }, flags: clean.truncated ? ['truncated'] : [] };
}

/** A comment that is seen for the first time, as it is now. */
export function youtubeComment(comment: YoutubeComment, account: ChannelAccount, receivedAt: Date): ParsedEvent {
  const { content, flags } = contentOf(comment);
  const { publishedAt, publishedText, parentId, postId: videoId } = comment;
  const id = inboundEventId({ accountId: account.id, eventKind: 'comment', messageId: comment.id });
  const data = {
    ...frameOf(comment, account, { receivedAt, timeMs: publishedAt, timestamp: publishedText, flags }),
    content,
    ...(parentId === undefined
      ? {}
      : { reply_to: { message_kind: 'comment' as const, provider_message_id: parentId } }),
    ...(videoId === undefined
      ? {}
      : {
          post: {
            provider_id: videoId,
            permalink: `https://www.youtube.com/watch?v=${encodeURIComponent(videoId)}&lc=${encodeURIComponent(comment.id)}`,
          },
        }),
  };
  return parsed({ id, type: INBOUND_TYPES.received, data }, account);
}

/** The same comment after its author changed it. */
export function youtubeEdit(comment: YoutubeComment, account: ChannelAccount, receivedAt: Date): ParsedEvent {
  const { content, flags } = contentOf(comment);
  const timeMs = comment.updatedAt ?? receivedAt.getTime();
  const revision = String(timeMs);
  const id = inboundEventId({ accountId: account.id, eventKind: 'comment_edit', messageId: comment.id, revision });
  const data = {
    ...frameOf(comment, account, { receivedAt, timeMs, revision, flags }),
    content,
    edit_rank: Math.trunc(timeMs / 1_000),
  };
  return parsed({ id, type: INBOUND_TYPES.edited, data }, account);
}

const KINDS = { delete: 'comment_remove', hide: 'comment_hide', unhide: 'comment_unhide' } as const;

/** A comment that is not listed any more, or listed again; nobody says when it went. */
export function youtubeVanished(
  comment: VanishedComment,
  { action, revision }: Parameters<CommentAccess['vanished']>[1],
  account: ChannelAccount,
  receivedAt: Date,
): ParsedEvent {
  const revised = revision === undefined ? {} : { revision };
  const id = inboundEventId({
    accountId: account.id,
    eventKind: KINDS[action],
    messageId: comment.id,
    ...revised,
  });
  const bytes = Buffer.from(JSON.stringify({ id: comment.id, absent: action !== 'unhide' }));
  const data = {
    ...frameOf({ ...comment, bytes }, account, { receivedAt, timeMs: receivedAt.getTime(), ...revised }),
    action,
  };
  return parsed({ id, type: INBOUND_TYPES.deleted, data }, account);
}
