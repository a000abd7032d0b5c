import { createHash } from 'node:crypto';
import type { CommentAccess, ListedComment, ListedThread, ParsedEvent } from '@app/channels';
import type { ChannelAccount, Clock } from '@app/kernel';
import type {
  PolledComment,
  PolledCommentsRepository,
  PostsRepository,
  SeenComment,
  ShownComment,
  ShownCommentsRepository,
} from '@app/persistence';
import type { MissComments } from './miss-comments.js';
import type { TellComments } from './tell-comments.js';

/** What is needed to note comments. */
export interface NoteParts {
  readonly comments: PolledCommentsRepository;
  readonly shown: Pick<ShownCommentsRepository, 'shown'>;
  readonly posts: Pick<PostsRepository, 'keep'>;
  readonly clock: Clock;
}

/** Of what sort a look is. */
export interface NoteOptions {
  /** Comments published before are noted and not told, unless they are on a timeline: they were there before anybody asked. Milliseconds since 1970. */
  readonly since: number;
  /**
   * `new`: what is known and unchanged is passed over; `recent`: all answers are wanted; `full`: answers are wanted where their
   * number changed.
   */
  readonly look: 'new' | 'recent' | 'full';
  /** Posts that came along are as they were then, or as they became since: a place in a list remembers them. */
  readonly begunAt: Date;
}

const textOf = ({ event: { data } }: ParsedEvent): string | undefined =>
  'content' in data ? data.content.text : undefined;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Tells what is new or changed in comments as they are listed, then notes them. Events are durable before it is noted that
 * they were seen, and their ids follow from the comment, so that a look which dies is simply done again.
 */
export class NoteComments {
  constructor(
    private readonly account: ChannelAccount,
    private readonly access: CommentAccess,
    private readonly parts: NoteParts,
    private readonly teller: TellComments,
    private readonly missing: MissComments,
  ) {}

  /** @param threads newest first; told and noted in the order in which they were written. @returns how many events were told */
  async note(threads: readonly ListedThread[], options: NoteOptions): Promise<number> {
    const ordered = threads.toReversed();
    const all = ordered.flatMap(({ comment, replies }) => [comment, ...replies]);
    const ids = all.map(({ id }) => id);
    const known = await this.parts.comments.known(this.account.id, ids);
    const shown = await this.parts.shown.shown(
      this.account.id,
      all.flatMap(({ id, updatedAt }) => (updatedAt === undefined ? [id] : [])),
    );
    const now = this.parts.clock.now();
    const isTold = (comment: ListedComment): boolean =>
      known.get(comment.id)?.told ?? ((comment.publishedAt ?? now.getTime()) >= options.since || shown.has(comment.id));
    const events = all
      .filter(isTold)
      .flatMap((comment) =>
        this.eventsOf(comment, { before: known.get(comment.id), shown: shown.get(comment.id), now }),
      );
    await this.teller.tell(events);
    // A comment that a webhook told of is not told again; its entry shows how its post begins from now on.
    await this.parts.posts.keep(this.account.id, excerptsOf(all), options.begunAt);
    const seen = ordered.flatMap((thread) => {
      const before = known.get(thread.comment.id);
      const isDue = thread.hasMore && (options.look === 'recent' || before?.replies !== thread.replyCount);
      const counted = {
        replies: thread.hasMore ? undefined : thread.replyCount,
        dueReplies: isDue ? thread.replyCount : undefined,
      };
      return [
        ...thread.replies.map((reply) =>
          seenOf(reply, { now, told: isTold(reply), replies: 0, dueReplies: undefined }),
        ),
        seenOf(thread.comment, { now, told: isTold(thread.comment), ...counted }),
      ];
    });
    const noted = options.look === 'new' ? seen.filter((comment) => isNews(comment, known.get(comment.id))) : seen;
    await this.parts.comments.see(this.account.id, noted, now);
    return events.length + (await this.missAnswers(ordered, known, options, now));
  }

  /** Threads whose answers came along, all of them: what was known of besides is missing. */
  private async missAnswers(
    threads: readonly ListedThread[],
    known: ReadonlyMap<string, PolledComment>,
    { look }: NoteOptions,
    begunAt: Date,
  ): Promise<number> {
    let events = 0;
    for (const { comment, hasMore, replyCount } of threads) {
      const before = known.get(comment.id);
      const hadAnswers = before !== undefined && before.replies !== 0;
      if (hasMore || !hadAnswers || !(look === 'recent' || before.replies !== replyCount)) continue;
      events += await this.missing.tell({ listId: comment.id, from: 0, begunAt });
    }
    return events;
  }

  private eventsOf(
    comment: ListedComment,
    {
      before,
      shown,
      now,
    }: { readonly before: PolledComment | undefined; readonly shown: ShownComment | undefined; readonly now: Date },
  ): readonly ParsedEvent[] {
    const { access, account } = this;
    const isBack = before?.hidden === true && !before.gone;
    const again = isBack
      ? [access.vanished(comment, { action: 'unhide', revision: String(before.seenAt.getTime()) }, account, now)]
      : [];
    const received = access.received(comment, account, now);
    // What is told a second time is a repeat under its id; but its claims count.
    const hasLateClaims = (comment.lateClaims ?? 0) > (before?.lateClaims ?? 0);
    const first = (before === undefined && shown === undefined) || hasLateClaims ? [received] : [];
    const edit = this.editOf(comment, { before, shown, text: textOf(received), now });
    return [...again, ...first, ...(edit === undefined ? [] : [edit])];
  }

  /** By its time, where the provider gives one; else by comparing what it says with what its timeline shows. */
  private editOf(
    comment: ListedComment,
    now: {
      readonly before: PolledComment | undefined;
      readonly shown: ShownComment | undefined;
      readonly text: string | undefined;
      readonly now: Date;
    },
  ): ParsedEvent | undefined {
    const { before, shown, text } = now;
    if (comment.updatedAt !== undefined) {
      // It may have been told with other words before a process died, and the same id is told once: its edit has its own.
      const since = before?.updatedAt.getTime() ?? comment.publishedAt;
      const isEdited = since !== undefined && comment.updatedAt > since;
      return isEdited ? this.access.edited(comment, this.account, now.now, undefined) : undefined;
    }
    if (comment.hasWords !== true || shown?.text === undefined || shown.isDeleted) return undefined;
    if (text === undefined || text === shown.text) return undefined;
    // The revision keeps the edit the same until its timeline shows it, and another when the words come back.
    return this.access.edited(comment, this.account, now.now, `${digestOf(text)}:${shown.revision}`);
  }
}

function excerptsOf(comments: readonly ListedComment[]): ReadonlyMap<string, string> {
  return new Map(
    comments.flatMap(({ postId, postExcerpt }): [string, string][] =>
      postId === undefined || postExcerpt === undefined ? [] : [[postId, postExcerpt]],
    ),
  );
}

/** Whether there is anything to note, besides that it is still there. */
function isNews(comment: SeenComment, before: PolledComment | undefined): boolean {
  if (before === undefined || before.hidden || before.gone) return true;
  const hasOtherCount = comment.replies !== undefined && comment.replies !== before.replies;
  return hasOtherCount || comment.dueReplies !== undefined || comment.updatedAt > before.updatedAt;
}

function seenOf(
  comment: ListedComment,
  more: Pick<SeenComment, 'told' | 'replies' | 'dueReplies'> & { readonly now: Date },
): SeenComment {
  const { now, ...rest } = more;
  const publishedAt = new Date(comment.publishedAt ?? now);
  return {
    id: comment.id,
    parentId: comment.parentId,
    listId: comment.listId,
    postId: comment.postId,
    author: comment.authorId,
    publishedAt,
    updatedAt: new Date(comment.updatedAt ?? publishedAt),
    lateClaims: comment.lateClaims ?? 0,
    ...rest,
  };
}
