import type { CommentAccess, CommentPace, ListPlace, ListStep, VanishedComment } from '@app/channels';
import { present, type ChannelAccount } from '@app/kernel';
import type { DueThread } from '@app/persistence';
import { AskComments, type CommentClient } from './ask-comments.js';
import { AskPosts, type AskPostsParts } from './ask-posts.js';
import { MissComments } from './miss-comments.js';
import { NoteComments, type NoteOptions, type NoteParts } from './note-comments.js';
import type { PollBudget } from './poll-budget.js';
import { PASSING, PollError } from './poll-error.js';
import type { PollState, Walk } from './poll-state.js';
import { BURST_AHEAD, STEADY_AHEAD } from './quota.js';
import { TellComments, type TellParts } from './tell-comments.js';

/** What a poller works with. */
export interface PollerParts extends NoteParts, AskPostsParts, TellParts {
  readonly client: CommentClient;
  readonly posts: NoteParts['posts'] & AskPostsParts['posts'];
}

/** Whom a poller asks about, and how. */
export interface PollerOf {
  readonly account: ChannelAccount;
  readonly access: CommentAccess;
  readonly pace: CommentPace;
  readonly budget: PollBudget;
}

/** More new comments than fit into so many pages wait for the reading of everything recent. */
const MAX_NEW_PAGES = 50;
/** A list that does not end is broken; of everything there is, so much is read. */
const MAX_WALK_PAGES = 2_000;
/** A list that changes this often while it is read is left alone until the next time. */
const MAX_BREAKS = 5;
const MAX_REPLY_PAGES = 50;
/** Threads of which answers are read in one look. */
const MAX_DUE = 500;
/** What is new waits at most so long because of what a look reads besides, in milliseconds; a little of it is always read. */
const ANSWERS_DELAY_MS = 300_000;
const FULL_DELAY_MS = 1_800_000;

/**
 * Looks at the comments of one account and tells what is new, changed or gone. Every way of looking may end at any moment: it
 * goes on where it was, or does again what changes nothing.
 */
export class CommentPoller {
  private readonly asker: AskComments;
  private readonly teller: TellComments;
  private readonly missing: MissComments;
  private readonly notes: NoteComments;
  private readonly posts: AskPosts | undefined;

  /**
   * @param state as saved last; the present one is in {@link state}
   * @param save called after each step that cost something
   * @param stopping ends a look early; the next one goes on
   */
  constructor(
    private readonly of: PollerOf,
    private readonly parts: PollerParts,
    public state: PollState,
    private readonly save: (state: PollState) => Promise<void>,
    private readonly stopping?: AbortSignal,
  ) {
    const { account, access, budget } = of;
    this.asker = new AskComments(access, parts.client, budget);
    this.teller = new TellComments(account, parts);
    this.missing = new MissComments(account, access, parts, this.asker, this.teller);
    this.notes = new NoteComments(account, access, parts, this.teller, this.missing);
    this.posts = access.posts && new AskPosts(account, access.posts, parts, this.asker);
  }

  /**
   * What is new: pages from the newest, until one holds nothing that is. They are told from the oldest on, so that whoever dies
   * between them leaves nothing behind a page that is known.
   *
   * @returns how many events were told
   * @throws PollError, StreamUnavailableError, StoreUnavailableError
   */
  async lookAtNew(): Promise<number> {
    const begunAt = this.parts.clock.now();
    const steps: ListStep[] = [];
    let isWhole = false;
    try {
      isWhole = await this.collectNew(steps);
    } finally {
      // What lies behind the last page must be found in another way: later looks stop where they know everything.
      if (!isWhole && steps.length > 0) this.state = { ...this.state, recentAt: 0 };
    }
    let events = 0;
    for (const step of steps.toReversed()) events += await this.note(step, 'new', begunAt);
    return events;
  }

  /** @returns whether it came to what is known */
  private async collectNew(steps: ListStep[]): Promise<boolean> {
    const place = { from: this.now() - this.of.pace.recentForMs };
    let cursor: string | undefined;
    while (steps.length < MAX_NEW_PAGES && this.stopping?.aborted !== true) {
      const step = await this.list({ ...place, cursor });
      steps.push(step);
      const ids = step.threads.map(({ comment }) => comment.id);
      const known = await this.parts.comments.known(this.of.account.id, ids);
      // A page may come empty with more behind it.
      if (step.next === undefined || (ids.length > 0 && ids.every((id) => known.has(id)))) return true;
      cursor = step.next;
    }
    return false;
  }

  /**
   * Reads everything recent, or everything, from where it stopped, for as long as the budget allows. A list that was read to
   * its end shows what is missing.
   *
   * @returns how many events were told
   * @throws as {@link lookAtNew}
   */
  async walk(kind: 'recent' | 'full'): Promise<number> {
    const now = this.now();
    const from = kind === 'recent' ? now - this.of.pace.recentForMs : 0;
    let walk: Walk = this.state[kind] ?? { begunAt: now, from, pages: 0, breaks: 0 };
    let events = 0;
    // A place in a list is good for a while only: what is recent is read at one go, as long as there are units ahead.
    const delayMs = kind === 'recent' ? Infinity : FULL_DELAY_MS;
    for (let count = 0; this.mayGoOn(count, delayMs); count += 1) {
      const step = await this.stepOf(kind, walk);
      events += await this.note(step, kind, new Date(walk.begunAt));
      if (step.ended !== undefined)
        events += await this.missing.tell({ ...step.ended, begunAt: new Date(walk.begunAt) });
      const pages = walk.pages + 1;
      const { refusal = walk.refusal } = step;
      const hasRead = walk.hasRead === true || step.ended !== undefined;
      const isEndless = pages >= MAX_WALK_PAGES;
      if (step.next === undefined || isEndless) {
        await this.end(kind);
        if (isEndless && kind === 'recent') throw new PollError('endless', 'other');
        if (refusal !== undefined && !hasRead) throw new PollError(refusal, 'denied');
        return events;
      }
      walk = { ...walk, cursor: step.next, pages, hasRead, ...present({ refusal }) };
      this.state = { ...this.state, [kind]: walk };
      await this.save(this.state);
    }
    return events;
  }

  /** One step, or past what is refused; when its place is not good any more the next one begins anew. */
  private async stepOf(kind: 'recent' | 'full', walk: Walk): Promise<ListStep & { readonly refusal?: string }> {
    try {
      return await this.list({ cursor: walk.cursor, from: walk.from });
    } catch (error) {
      if (!(error instanceof PollError)) throw error;
      const { skip } = this.of.access;
      const isRefused = error.kind === 'gone' || error.kind === 'denied';
      if (isRefused && skip !== undefined && walk.cursor !== undefined)
        return {
          threads: [],
          rejected: [],
          unreadIds: [],
          refusal: error.reason,
          ...present({ next: skip(walk.cursor) }),
        };
      if (error.kind === 'stale') {
        const { cursor: _stale, ...begin } = walk;
        this.state = { ...this.state, [kind]: { ...begin, pages: 0, breaks: walk.breaks + 1 } };
        if (walk.breaks >= MAX_BREAKS) await this.end(kind);
      }
      throw error;
    }
  }

  private async end(kind: 'recent' | 'full'): Promise<void> {
    const { recent, full, ...rest } = this.state;
    this.state =
      kind === 'recent'
        ? { ...rest, ...present({ full }), recentAt: this.now() }
        : { ...rest, ...present({ recent }), fullAt: this.now() };
    const { fullMs, recentMs, recentForMs, asksForNew } = this.of.pace;
    // What is read whole is known for as long as it could be missed twice; else only what is recent.
    const isByAge = asksForNew && fullMs === undefined;
    if (kind === (fullMs === undefined ? 'recent' : 'full')) {
      const now = this.now();
      const seen = isByAge ? now : now - recentForMs - 3 * (fullMs ?? recentMs);
      const published = isByAge ? now - recentForMs : now;
      await this.parts.comments.sweep(this.of.account.id, { published: new Date(published), seen: new Date(seen) });
    }
    await this.save(this.state);
  }

  /**
   * Reads answers that did not come along with their comments, of one thread at least: new ones first.
   *
   * @returns how many events were told
   * @throws as {@link lookAtNew}
   */
  async lookAtAnswers(): Promise<number> {
    const tried: string[] = [];
    let events = 0;
    while (tried.length < MAX_DUE && this.mayGoOn(tried.length, ANSWERS_DELAY_MS)) {
      const thread = await this.parts.comments.due(this.of.account.id, tried);
      if (thread === undefined) break;
      tried.push(thread.id);
      events += await this.answersTo(thread);
    }
    return events;
  }

  /** Asks how the posts begin whose comments were seen in this look, when nobody said so. @throws PollError, StoreUnavailableError */
  async lookAtPosts(): Promise<void> {
    await this.posts?.ask((calls) => this.mayGoOn(calls, ANSWERS_DELAY_MS));
  }

  private async answersTo(thread: DueThread): Promise<number> {
    const { id, parentId, postId, author } = thread;
    const asked: VanishedComment = { id, ...present({ parentId, postId, authorId: author }) };
    const { account, access } = this.of;
    const begunAt = this.parts.clock.now();
    let events = 0;
    let cursor: string | undefined;
    try {
      for (let count = 0; count < MAX_REPLY_PAGES; count += 1) {
        const answer = await this.asker.ask(access.repliesRequest(asked, cursor, account));
        const step = access.readReplies(answer, asked, account);
        if (step === undefined) throw new PollError('no page', 'other');
        const threads = step.comments.map((comment) => ({ comment, replies: [], replyCount: 0, hasMore: false }));
        events += await this.note({ ...step, threads }, 'full', begunAt);
        cursor = step.next;
        if (cursor !== undefined) continue;
        events += await this.missing.tell({ listId: id, from: 0, begunAt });
        break;
      }
    } catch (error) {
      if (!(error instanceof PollError)) throw error;
      // The list changed: another look begins anew.
      if (error.kind === 'stale') return events;
      if (PASSING.has(error.kind)) throw error;
      // Of one thread nothing can be read; that says nothing of others, nor of what became of its answers.
    }
    await this.parts.comments.answered(account.id, thread, this.parts.clock.now());
    return events;
  }

  private async note(
    step: Pick<ListStep, 'threads' | 'rejected' | 'unreadIds'>,
    look: NoteOptions['look'],
    begunAt: Date,
  ): Promise<number> {
    const aside = await this.teller.setAside(step.rejected, this.state.aside);
    if (aside !== this.state.aside) {
      this.state = { ...this.state, aside };
      await this.save(this.state);
    }
    this.posts?.saw(step.threads.flatMap(({ comment: { postId } }) => postId ?? []));
    const events = await this.notes.note(step.threads, { since: this.state.since, look, begunAt });
    await this.parts.comments.touch(this.of.account.id, step.unreadIds, this.parts.clock.now());
    return events;
  }

  private async list(place: ListPlace): Promise<ListStep> {
    const { account, access } = this.of;
    const answer = await this.asker.ask(access.listRequest(place, account));
    const step = access.readList(answer, place, account);
    if (step === undefined) throw new PollError('no page', 'other');
    return step;
  }

  /** @param count what was done so far in this look: one is always possible */
  private mayGoOn(count: number, delayMs: number): boolean {
    const { budget } = this.of;
    if (this.stopping?.aborted === true) return false;
    return budget.waitMs(BURST_AHEAD) === 0 && (count === 0 || budget.waitMs(STEADY_AHEAD) <= delayMs);
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
