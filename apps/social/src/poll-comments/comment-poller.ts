import { CONNECTOR_OF_CHANNEL, uuidV7 } from '@app/contracts';
import {
  readReplies,
  readThreads,
  readYoutubeSettings,
  refusalOf,
  repliesRequest,
  threadsRequest,
  youtubeComment,
  youtubeDeletion,
  youtubeEdit,
  YOUTUBE_HOSTS,
  type MediaRequest,
  type ParsedEvent,
  type RejectedElement,
  type YoutubeComment,
  type YoutubePage,
  type YoutubeSettings,
  type YoutubeThread,
} from '@app/channels';
import { toDeadLetter, toRecord } from '@app/ingress';
import { AppError, type ChannelAccount, type Clock, type Metrics } from '@app/kernel';
import type { Download, DownloadRequest } from '@app/media';
import type { PolledComment, PolledCommentsRepository } from '@app/persistence';
import type { StreamProducer } from '@app/stream';
import { spentToday, type Spending } from './quota.js';

/** What asks the provider: the guarded client, or a test's own. */
export interface CommentClient {
  download(request: DownloadRequest): Promise<Download>;
}

/** What a poller works with. */
export interface PollerParts {
  readonly client: CommentClient;
  readonly comments: PolledCommentsRepository;
  readonly stream: StreamProducer;
  readonly senderHmacKey: Buffer;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** The provider is away or refuses. */
export class PollError extends AppError {
  readonly code = 'provider_unavailable';
  readonly retryable = true;

  /** @param reason the provider's word, or ours */
  constructor(
    readonly reason: string,
    readonly retryAfterMs: number | undefined = undefined,
  ) {
    super(`The provider gives no comments (${reason})`);
  }

  get isQuota(): boolean {
    return this.reason === 'quotaExceeded' || this.reason === 'dailyLimitExceeded';
  }
}

const APPEND_TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
/** No channel has so many pages of a hundred threads in some days; a list that does not end is broken. */
const MAX_PAGES = 500;

/** What a look found. */
export interface Look {
  /** How many events it made. */
  readonly events: number;
}

/**
 * Looks at the comments of one channel and tells what is new, changed or gone. Events are durable before it is noted that they
 * were seen, and their ids follow from the comment, so that a look which dies is simply done again.
 */
export class CommentPoller {
  private readonly settings: YoutubeSettings;

  constructor(
    private readonly account: ChannelAccount,
    private readonly parts: PollerParts,
    /** Mutable: what is spent counts also when a look fails. */
    public spending: Spending,
  ) {
    this.settings = readYoutubeSettings(account);
  }

  /**
   * What is new: pages from the newest, until one holds nothing that is.
   *
   * @throws PollError, StreamUnavailableError, StoreUnavailableError
   */
  async lookAtNew(): Promise<Look> {
    let events = 0;
    for await (const { items } of this.threads()) {
      const known = await this.known(items.map(({ comment }) => comment));
      events += await this.take(items, known, false);
      // A page may come empty with more behind it.
      if (items.length > 0 && items.every(({ comment }) => known.has(comment.id) || !this.isRecent(comment))) break;
    }
    return { events };
  }

  /** Everything recent, complete: what was missing twice in a row is gone. @throws as {@link lookAtNew} */
  async lookAtAll(): Promise<Look> {
    const begun = this.parts.clock.now();
    const seen: string[] = [];
    let events = 0;
    for await (const { items } of this.threads()) {
      const recent = items.filter(({ comment }) => this.isRecent(comment));
      seen.push(...recent.map(({ comment }) => comment.id));
      events += await this.take(recent, await this.known(recent.map(({ comment }) => comment)), true);
      if (recent.length < items.length) break;
    }
    events += await this.tellMissing({ parentId: undefined, seen, to: begun });
    await this.parts.comments.sweep(this.account.id, this.horizon());
    return { events };
  }

  private horizon(): Date {
    return new Date(this.parts.clock.now().getTime() - this.settings.rescanDays * DAY_MS);
  }

  private isRecent({ publishedAt }: YoutubeComment): boolean {
    return publishedAt === undefined || publishedAt >= this.horizon().getTime();
  }

  private async known(comments: readonly YoutubeComment[]): Promise<ReadonlyMap<string, PolledComment>> {
    return await this.parts.comments.known(
      this.account.id,
      comments.map(({ id }) => id),
    );
  }

  /** Threads with their answers: all of them where their number changed, or in a complete look; else those that came along. */
  private async take(
    threads: readonly YoutubeThread[],
    known: ReadonlyMap<string, PolledComment>,
    isComplete: boolean,
  ): Promise<number> {
    let events = 0;
    for (const { comment, replies, replyCount } of threads.filter((thread) => this.isRecent(thread.comment))) {
      const isWanted = isComplete || known.get(comment.id)?.replies !== replyCount;
      const all = isWanted && replies.length < replyCount ? await this.repliesOf(comment) : replies;
      events += await this.note([...all, { ...comment, replyCount }]);
      if (!isWanted || !known.has(comment.id)) continue;
      events += await this.tellMissing({
        parentId: comment.id,
        seen: all.map(({ id }) => id),
        to: this.parts.clock.now(),
      });
    }
    return events;
  }

  /** Tells what is new or changed, then notes it. */
  private async note(comments: readonly (YoutubeComment & { readonly replyCount?: number })[]): Promise<number> {
    const known = await this.known(comments);
    const now = this.parts.clock.now();
    const events = comments.flatMap((comment) => {
      const before = known.get(comment.id);
      // It may have been told with other words before a process died, and the same id is told once: its edit has its own.
      const since = before?.updatedAt.getTime() ?? comment.publishedAt;
      const isEdited = since !== undefined && comment.updatedAt !== undefined && comment.updatedAt > since;
      return [
        ...(before === undefined ? [youtubeComment(comment, this.account, now)] : []),
        ...(isEdited ? [youtubeEdit(comment, this.account, now)] : []),
      ];
    });
    await this.tell(events);
    await this.parts.comments.see(
      this.account.id,
      comments.map((comment) => {
        const published = new Date(comment.publishedAt ?? now);
        return {
          id: comment.id,
          parentId: comment.parentId,
          author: comment.authorId,
          publishedAt: published,
          updatedAt: new Date(comment.updatedAt ?? published),
          replies: comment.replyCount ?? 0,
        };
      }),
    );
    return events.length;
  }

  private async tellMissing(look: {
    readonly parentId: string | undefined;
    readonly seen: readonly string[];
    readonly to: Date;
  }): Promise<number> {
    const gone = await this.parts.comments.miss(this.account.id, { ...look, from: this.horizon() });
    // Nobody is left to tell of one whose author was erased.
    const named = gone.filter(({ author }) => author !== undefined);
    const now = this.parts.clock.now();
    await this.tell(
      named.map(({ id, parentId, author }) =>
        youtubeDeletion(
          {
            id,
            ...(parentId === undefined ? {} : { parentId }),
            ...(author === undefined ? {} : { authorId: author }),
          },
          this.account,
          now,
        ),
      ),
    );
    if (gone.length > 0)
      await this.parts.comments.forget(
        this.account.id,
        gone.map(({ id }) => id),
      );
    return named.length;
  }

  private async tell(events: readonly ParsedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { senderHmacKey, clock, metrics, stream } = this.parts;
    const correlationId = uuidV7(clock.now());
    await stream.append(
      events.map(({ event, account, senderId }) =>
        toRecord(event, account, senderId, { senderHmacKey, correlationId }),
      ),
      { timeoutMs: APPEND_TIMEOUT_MS },
    );
    metrics.eventsAccepted.inc({ channel: this.account.channel, account: this.account.id }, events.length);
  }

  private async setAside(rejected: readonly RejectedElement[]): Promise<void> {
    if (rejected.length === 0) return;
    const service = CONNECTOR_OF_CHANNEL[this.account.channel];
    const frame = { service, account: this.account, mediaType: 'application/json', failedAt: this.parts.clock.now() };
    await this.parts.stream.append(
      rejected.map((element) => toDeadLetter(element, frame)),
      { timeoutMs: APPEND_TIMEOUT_MS },
    );
    for (const { code } of rejected) this.parts.metrics.deadLetters.inc({ service, account: this.account.id, code });
  }

  private async *threads(): AsyncGenerator<YoutubePage<YoutubeThread>> {
    yield* this.pages((token) => threadsRequest(this.account, token), readThreads);
  }

  private async repliesOf({ id }: YoutubeComment): Promise<readonly YoutubeComment[]> {
    const replies: YoutubeComment[] = [];
    for await (const { items } of this.pages((token) => repliesRequest(this.account, id, token), readReplies))
      replies.push(...items);
    return replies;
  }

  /** Pages to the end. @throws PollError */
  private async *pages<Item>(
    requestFor: (token: string | undefined) => MediaRequest,
    read: (answer: Buffer, account: ChannelAccount) => YoutubePage<Item> | undefined,
  ): AsyncGenerator<YoutubePage<Item>> {
    let token: string | undefined;
    for (let count = 0; count < MAX_PAGES; count += 1) {
      const page = read(await this.ask(requestFor(token)), this.account);
      if (page === undefined) throw new PollError('no page');
      await this.setAside(page.rejected);
      yield page;
      token = page.nextPageToken;
      if (token === undefined) return;
    }
    throw new PollError('endless');
  }

  /** Every call costs a unit, refused ones too. */
  private async ask({ url, headers }: MediaRequest): Promise<Buffer> {
    const today = spentToday(this.spending, this.parts.clock.now());
    if (today.used >= this.settings.quotaPerDay) throw new PollError('quotaExceeded');
    this.spending = { ...today, used: today.used + 1 };
    const answer = await this.parts.client.download({
      url,
      hosts: YOUTUBE_HOSTS,
      refusals: true,
      ...(headers === undefined ? {} : { headers }),
    });
    if (answer.ok) return answer.bytes;
    const said = answer.outcome === 'gone' && answer.refusal !== undefined ? refusalOf(answer.refusal) : undefined;
    throw new PollError(said ?? answer.reason, answer.outcome === 'retry' ? answer.retryAfterMs : undefined);
  }
}
