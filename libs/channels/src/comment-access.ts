import type { ChannelAccount } from '@app/kernel';
import type { MediaRequest } from './media-request.js';
import type { ParsedEvent, RejectedElement } from './parsed-event.js';

/** A comment as its provider lists it. */
export interface ListedComment {
  readonly id: string;
  /** The comment that it answers. */
  readonly parentId?: string;
  /** The post, picture or video that it stands under. */
  readonly postId?: string;
  /** How that begins, where it is ours and its provider says so. */
  readonly postExcerpt?: string;
  /**
   * The list that holds it when that list is read to its end: a comment that such a reading misses may be gone. For example
   * the comment answered, the post, or empty for all comments of the account.
   */
  readonly listId: string;
  /** Undefined when its provider does not say, or that author is gone. */
  readonly authorId?: string;
  /** Milliseconds since 1970. */
  readonly publishedAt?: number;
  /** When it was changed last; undefined: its provider does not say, and words are compared instead. */
  readonly updatedAt?: number;
  /** Whether its author wrote words that can be compared; only where there is no time of the last change. */
  readonly hasWords?: boolean;
  /** How many claims it makes that may come after it, such as who its author is in the chat. */
  readonly lateClaims?: number;
}

/** A comment with the answers that came along. */
export interface ListedThread<Comment extends ListedComment = ListedComment> {
  readonly comment: Comment;
  readonly replies: readonly Comment[];
  /** As its provider counts them, which may be more than it ever lists. */
  readonly replyCount: number;
  /** There are answers that did not come along. */
  readonly hasMore: boolean;
}

/** What one request for comments brought. */
export interface ListStep<Comment extends ListedComment = ListedComment> {
  /** Newest first. */
  readonly threads: readonly ListedThread<Comment>[];
  readonly rejected: readonly RejectedElement[];
  /** Ids of comments that are there and cannot be read. */
  readonly unreadIds: readonly string[];
  /** Where to go on; undefined at the end. Text of the provider's own shape, good for a while only. */
  readonly next?: string;
  /** A list that was read to its end, or back to `from` (milliseconds since 1970). */
  readonly ended?: { readonly listId: string; readonly from: number };
}

/** The same of answers to one comment. */
export interface RepliesStep<Comment extends ListedComment = ListedComment> {
  readonly comments: readonly Comment[];
  readonly rejected: readonly RejectedElement[];
  readonly unreadIds: readonly string[];
  readonly next?: string;
}

/** What a refusal means for the one who asks. */
export interface CommentRefusal {
  /** The provider's word or number, for operators. */
  readonly reason: string;
  /**
   * `gone`: what was asked about is not there; `denied`: it is not for us, whether it is there or not; `stale`: the place in a list is not good any more; `quota`: no
   * calls are left; `limited`: too many calls for now.
   */
  readonly kind: 'gone' | 'denied' | 'stale' | 'quota' | 'limited' | 'other';
}

/** How often an account is asked about. All in milliseconds. */
export interface CommentPace {
  /** Least time between two looks of any kind, while something is going on. */
  readonly lookMs: number;
  /** Whether each look asks for what is new; else there is only what `recentMs` says. */
  readonly asksForNew: boolean;
  /** Between two readings of everything recent. */
  readonly recentMs: number;
  /** How far back that goes. */
  readonly recentForMs: number;
  /** Between two readings of everything, however old; undefined: never. */
  readonly fullMs: number | undefined;
}

/** Calls that an account may make. */
export interface CommentQuota {
  /** Accounts of the same name share one count; a secret is part of it, so it is to be kept as a digest only. */
  readonly sharedBy: string;
  /** Between two midnights, Pacific time. */
  readonly perDay: number;
}

/** How far the calls of an account are used up, as the answers say. */
export interface CommentUsage {
  /** Of what is allowed; 100 and more: nothing is left. */
  readonly percent: number;
  /** When calls are possible again, in milliseconds from now; 0 when nobody says. */
  readonly regainMs: number;
}

/** A comment that is not listed any more, as far as it is still known. */
export type VanishedComment = Pick<ListedComment, 'id' | 'parentId' | 'postId' | 'authorId'>;

/** Which part of a list is asked for. */
export interface ListPlace {
  /** As the step before said; undefined at the begin. */
  readonly cursor: string | undefined;
  /** Nothing older is wanted, milliseconds since 1970; 0: everything. */
  readonly from: number;
}

/** How posts are asked for whose comments do not say how they begin. */
export interface PostAccess {
  /** As many may be asked for in one call. */
  readonly atOnce: number;
  request(ids: readonly string[], account: ChannelAccount): MediaRequest;
  /** @returns how they begin, by id, as far as the answer says so; undefined for an answer that is none */
  read(answer: Buffer): ReadonlyMap<string, string> | undefined;
}

/**
 * How a provider is asked for comments of which it tells nobody, or not all. Pure: requests, readers and events; asking and
 * remembering belong to the caller.
 *
 * The events of a comment have the ids that a webhook gives them, where there is one.
 */
export interface CommentAccess<Comment extends ListedComment = ListedComment> {
  readonly hosts: readonly string[];
  /** @returns undefined for an account that is not asked about */
  paceOf(account: ChannelAccount): CommentPace | undefined;
  /** Absent: calls are not counted. */
  quotaOf?(account: ChannelAccount): CommentQuota;
  /** Absent: answers say nothing about it. */
  readonly usage?: {
    /** Names of the headers that say so, in lower case. */
    readonly headers: readonly string[];
    read(headers: Readonly<Record<string, string>>): CommentUsage | undefined;
  };
  listRequest(place: ListPlace, account: ChannelAccount): MediaRequest;
  /** @returns undefined for an answer that is no page */
  readList(answer: Buffer, place: ListPlace, account: ChannelAccount): ListStep<Comment> | undefined;
  /** Where to go on when the list at this place is refused as `gone` or `denied`; absent, or undefined: nowhere. */
  skip?(cursor: string | undefined): string | undefined;
  repliesRequest(thread: VanishedComment, cursor: string | undefined, account: ChannelAccount): MediaRequest;
  /** @returns undefined for an answer that is no page */
  readReplies(answer: Buffer, thread: VanishedComment, account: ChannelAccount): RepliesStep<Comment> | undefined;
  /**
   * Asks for one comment by its id: refused as `gone` when it is not there any more. Absent: nobody can be asked, so that a
   * comment which is not listed may come back.
   */
  oneRequest?(id: string, account: ChannelAccount): MediaRequest;
  /** Absent: comments say how their posts begin, or nobody can be asked. */
  readonly posts?: PostAccess;
  /** @returns undefined for a refusal that cannot be read */
  refusalOf(answer: Buffer): CommentRefusal | undefined;
  /** A comment that is seen for the first time, as it is now. */
  received(comment: Comment, account: ChannelAccount, receivedAt: Date): ParsedEvent;
  /** The same comment after its author changed it. @param revision tells the change apart where the provider gives it no time */
  edited(comment: Comment, account: ChannelAccount, receivedAt: Date, revision: string | undefined): ParsedEvent;
  /**
   * A comment that is not there any more, or there again.
   *
   * @param revision of a hiding, and of the showing that ends it: the same
   */
  vanished(
    comment: VanishedComment,
    change: { readonly action: 'delete' | 'hide' | 'unhide'; readonly revision?: string },
    account: ChannelAccount,
    receivedAt: Date,
  ): ParsedEvent;
}
