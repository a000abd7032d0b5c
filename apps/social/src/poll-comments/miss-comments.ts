import type { CommentAccess, ParsedEvent } from '@app/channels';
import { present, type ChannelAccount, type Clock } from '@app/kernel';
import type { PolledComment, PolledCommentsRepository } from '@app/persistence';
import type { AskComments } from './ask-comments.js';
import { PASSING, PollError } from './poll-error.js';
import { BURST_AHEAD } from './quota.js';
import type { TellComments } from './tell-comments.js';

/** A list that was read to its end. */
export interface Reading {
  readonly listId: string;
  /** Nothing older was read, milliseconds since 1970. */
  readonly from: number;
  readonly begunAt: Date;
}

/** So many vanished comments are told of at a time; the others are found by the next reading. */
const AT_ONCE = 200;
/** A comment that nobody can be asked about may come back, for example when it was held for review: so long it only counts as hidden. */
const HIDDEN_FOR_MS = 86_400_000;

/**
 * Tells of comments that two complete readings in a row missed. Where one can be asked for by its id, and is refused, it was
 * taken back. Where not, it is hidden first, and taken back when it stays away.
 */
export class MissComments {
  constructor(
    private readonly account: ChannelAccount,
    private readonly access: CommentAccess,
    private readonly parts: { readonly comments: PolledCommentsRepository; readonly clock: Clock },
    private readonly asker: AskComments,
    private readonly teller: TellComments,
  ) {}

  /** @returns how many events were told @throws PollError, StreamUnavailableError, StoreUnavailableError */
  async tell({ listId, from, begunAt }: Reading): Promise<number> {
    const hiddenUntil = new Date(this.parts.clock.now().getTime() - HIDDEN_FOR_MS);
    const reading = { listId, from: new Date(from), begunAt, hiddenUntil };
    const missed = await this.parts.comments.miss(this.account.id, reading, AT_ONCE);
    if (missed.length === 0) return 0;
    if (this.access.oneRequest !== undefined) return await this.vanish(await this.confirmed(missed), 'gone');
    const hidden = await this.vanish(
      missed.filter((comment) => !comment.hidden || comment.hideDue),
      'hidden',
    );
    return (
      hidden +
      (await this.vanish(
        missed.filter((comment) => comment.hidden && !comment.hideDue),
        'gone',
      ))
    );
  }

  /** Those that are not there either when they are asked for by their ids. What nobody says counts as there. */
  private async confirmed(missed: readonly PolledComment[]): Promise<readonly PolledComment[]> {
    const gone: PolledComment[] = [];
    for (const comment of missed) {
      if (this.asker.budget.waitMs(BURST_AHEAD) > 0) break;
      if (await this.isThere(comment)) {
        await this.parts.comments.touch(this.account.id, [comment.id], this.parts.clock.now());
      } else gone.push(comment);
    }
    return gone;
  }

  private async isThere({ id }: PolledComment): Promise<boolean> {
    try {
      await this.asker.ask(this.access.oneRequest!(id, this.account));
      return true;
    } catch (error) {
      if (!(error instanceof PollError) || PASSING.has(error.kind)) throw error;
      return error.kind !== 'gone';
    }
  }

  /** With their answers, which go with them. */
  private async vanish(comments: readonly PolledComment[], as: 'hidden' | 'gone'): Promise<number> {
    if (comments.length === 0) return 0;
    const answers = await this.parts.comments.answersTo(
      this.account.id,
      comments.map(({ id }) => id),
    );
    const all = [...new Map([...comments, ...answers].map((comment) => [comment.id, comment])).values()];
    const changed = all.filter(({ hidden, hideDue }) => as === 'gone' || !hidden || hideDue);
    const ids = changed.map(({ id }) => id);
    if (as === 'hidden') await this.parts.comments.vanish(this.account.id, ids, 'hiding');
    // Nobody is left to tell of one whose author was erased.
    const events = changed.filter(({ told }) => told).map((comment) => this.eventOf(comment, as));
    await this.teller.tell(events);
    await this.parts.comments.vanish(this.account.id, ids, as);
    return events.length;
  }

  private eventOf({ id, parentId, postId, author, seenAt }: PolledComment, as: 'hidden' | 'gone'): ParsedEvent {
    const comment = { id, ...present({ parentId, postId, authorId: author }) };
    const change =
      as === 'gone' ? { action: 'delete' as const } : { action: 'hide' as const, revision: String(seenAt.getTime()) };
    return this.access.vanished(comment, change, this.account, this.parts.clock.now());
  }
}
