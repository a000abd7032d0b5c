/** A comment as the API keeps it. */
export interface ApiComment {
  readonly id: string;
  readonly author: string;
  text: string;
  readonly publishedAt: Date;
  updatedAt: Date;
  readonly replies: ApiComment[];
  readonly videoId: string;
}

/** What the API answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: object;
}

const PAGE_SIZE = 100;
const MAX_VIDEOS = 50;
/** As many answers come along with their comment. */
const SAMPLE = 5;

const refusal = (status: number, reason: string): ApiAnswer => ({
  status,
  body: { error: { code: status, errors: [{ reason, domain: 'youtube.quota' }] } },
});

/**
 * The comments of a channel in the Data API, and the titles of its videos: pages with the newest first, few answers of each thread, tokens that break when
 * the list changes, and units that run out.
 */
export class CommentApi {
  /** Newest last. */
  readonly threads: ApiComment[] = [];
  units = 0;
  unitsPerDay = 10_000;
  /** Refusals and failures that come next, in order. */
  readonly moods: ApiAnswer[] = [];
  /** Threads whose answers nobody may read, with the reason. */
  readonly closed = new Map<string, string>();
  /** Elements that stand on the first page besides its threads. */
  readonly strange: unknown[] = [];
  /** What was asked for: the parameters of each call. */
  readonly asked: URLSearchParams[] = [];
  /** The video under which comments are written next. */
  video = 'vid00000001';
  /** By video; one without a title is not there, or private. */
  readonly titles = new Map<string, string>();
  /** Videos whose titles were asked for, in each call. */
  readonly askedVideos: (readonly string[])[] = [];
  /** Answers that come next instead of titles, in order. */
  readonly videoMoods: ApiAnswer[] = [];
  private changes = 0;

  constructor(private readonly key: string) {}

  static refusal = refusal;

  comment(id: string, author: string, text: string, at: Date, of?: ApiComment): ApiComment {
    const comment: ApiComment = {
      id: of === undefined ? id : `${of.id}.${id}`,
      author,
      text,
      publishedAt: at,
      updatedAt: at,
      replies: [],
      videoId: of?.videoId ?? this.video,
    };
    (of?.replies ?? this.threads).push(comment);
    this.changes += 1;
    return comment;
  }

  edit(comment: ApiComment, text: string, at: Date): void {
    comment.text = text;
    comment.updatedAt = at;
  }

  /** Takes a comment away. @returns what puts it back */
  remove(id: string): () => void {
    const before = this.threads.map((comment) => ({ comment, replies: [...comment.replies] }));
    const within = [this.threads, ...this.threads.map(({ replies }) => replies)];
    for (const list of within) {
      const at = list.findIndex((comment) => comment.id === id);
      if (at >= 0) list.splice(at, 1);
    }
    this.changes += 1;
    return () => {
      this.threads.splice(0, Infinity, ...before.map(({ comment }) => comment));
      for (const { comment, replies } of before) comment.replies.splice(0, Infinity, ...replies);
      this.changes += 1;
    };
  }

  /** The token of the page that begins there, good until the list changes. */
  tokenOf(start: number): string {
    return `${this.changes}:${start}`;
  }

  answer(url: URL, headers: Readonly<Record<string, string>>): ApiAnswer {
    this.units += 1;
    this.asked.push(url.searchParams);
    const mood = this.moods.shift();
    if (mood !== undefined) return mood;
    if (headers['x-goog-api-key'] !== this.key) return refusal(400, 'keyInvalid');
    if (this.units > this.unitsPerDay) return refusal(403, 'quotaExceeded');
    const { pathname, searchParams } = url;
    if (pathname.endsWith('/videos')) return this.videos((searchParams.get('id') ?? '').split(','));
    const closed = this.closed.get(searchParams.get('parentId') ?? '');
    if (closed !== undefined) return refusal(403, closed);
    const isReplies = pathname.endsWith('/comments');
    const list = isReplies ? this.repliesTo(searchParams.get('parentId')) : this.newestFirst();
    const start = this.startOf(searchParams.get('pageToken'));
    if (start === undefined) return refusal(400, 'processingFailure');
    const page = list.slice(start, start + PAGE_SIZE);
    const items = page.map((comment) => (isReplies ? written(comment) : thread(comment)));
    const next = start + PAGE_SIZE;
    const more = next < list.length ? { nextPageToken: this.tokenOf(next) } : {};
    return {
      status: 200,
      body: { kind: 'youtube#list', items: [...(isReplies || start > 0 ? [] : this.strange), ...items], ...more },
    };
  }

  private videos(ids: readonly string[]): ApiAnswer {
    this.askedVideos.push(ids);
    const mood = this.videoMoods.shift();
    if (mood !== undefined) return mood;
    if (ids.length > MAX_VIDEOS) return refusal(400, 'invalidFilters');
    const items = ids.flatMap((id) => {
      const title = this.titles.get(id);
      return title === undefined ? [] : [{ kind: 'youtube#video', id, snippet: { title } }];
    });
    return { status: 200, body: { kind: 'youtube#videoListResponse', items } };
  }

  private startOf(token: string | null): number | undefined {
    if (token === null) return 0;
    const [changes, start] = token.split(':');
    return Number(changes) === this.changes ? Number(start) : undefined;
  }

  private newestFirst(): readonly ApiComment[] {
    return this.threads.toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime());
  }

  private repliesTo(id: string | null): readonly ApiComment[] {
    return this.threads.find((comment) => comment.id === id)?.replies ?? [];
  }
}

const written = ({ id, author, text, publishedAt, updatedAt, videoId }: ApiComment): object => ({
  kind: 'youtube#comment',
  id,
  snippet: {
    ...(id.includes('.') ? { parentId: id.split('.')[0] } : {}),
    videoId,
    authorDisplayName: `@${author}`,
    authorChannelId: { value: author },
    textDisplay: text,
    publishedAt: publishedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  },
});

const thread = (comment: ApiComment): object => ({
  kind: 'youtube#commentThread',
  id: comment.id,
  snippet: { videoId: comment.videoId, topLevelComment: written(comment), totalReplyCount: comment.replies.length },
  ...(comment.replies.length === 0 ? {} : { replies: { comments: comment.replies.slice(0, SAMPLE).map(written) } }),
});
