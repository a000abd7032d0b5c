/** A comment as the Graph API keeps it. */
export interface GraphApiComment {
  readonly id: string;
  readonly from: { readonly id: string; readonly name: string };
  text: string;
  readonly at: Date;
  /** The comment answered. */
  readonly parent?: string;
  /** Id of its author in the chat, once the page has answered there. */
  chatId?: string;
}

/** A post, or a picture or video. */
export interface GraphApiPost {
  readonly id: string;
  text: string;
  readonly at: Date;
  readonly from: string;
  /** Oldest first. */
  readonly comments: GraphApiComment[];
}

/** What the API answers. */
export interface GraphApiAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GraphApiOptions {
  readonly product: 'page' | 'instagram';
  /** Id of the page, or of the professional account. */
  readonly accountId: string;
  readonly token: string;
}

/** Times in the API, which have no milliseconds and no colon in their offset. */
const timeOf = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, '+0000');

/**
 * Posts and comments of one account in the Graph API: pages with cursors, the newest first; answers among the comments of a page's
 * post and within those of Instagram; refusals by number, and shares of use in headers.
 */
export class GraphCommentApi {
  /** Oldest first. */
  readonly posts: GraphApiPost[] = [];
  /** Refusals and failures that come next, in order. */
  readonly moods: GraphApiAnswer[] = [];
  /** Addresses asked, without their host. */
  readonly asked: string[] = [];
  /** Elements that stand before the comments of a post. */
  readonly strange: unknown[] = [];
  /** Comments that no list shows, and that are there when they are asked for. */
  readonly unlisted = new Set<string>();
  /** Posts and comments that are not for us, with the number of the refusal. */
  readonly denied = new Map<string, number>();
  /** Sent with each answer. */
  usage: Readonly<Record<string, string>> = {};
  /** Most elements of a page, whatever is asked for. */
  pageSize = 25;

  constructor(private readonly options: GraphApiOptions) {}

  static refusal(code: number, subcode?: number): GraphApiAnswer {
    const more = subcode === undefined ? {} : { error_subcode: subcode };
    return { status: 400, body: { error: { message: `(#${code})`, type: 'OAuthException', code, ...more } } };
  }

  post(id: string, text: string, at: Date, from = this.options.accountId): GraphApiPost {
    const post = { id, text, at, from, comments: [] };
    this.posts.push(post);
    return post;
  }

  comment(post: GraphApiPost, comment: GraphApiComment): GraphApiComment {
    post.comments.push(comment);
    return comment;
  }

  /** Takes a comment away, with its answers. */
  remove(id: string): void {
    for (const { comments } of this.posts)
      comments.splice(0, Infinity, ...comments.filter((comment) => comment.id !== id && comment.parent !== id));
  }

  answer(url: URL, headers: Readonly<Record<string, string>>): GraphApiAnswer {
    this.asked.push(`${url.pathname}${url.search}`);
    const mood = this.moods.shift();
    if (mood !== undefined) return mood;
    if (headers['authorization'] !== `Bearer ${this.options.token}`) return GraphCommentApi.refusal(190);
    return { headers: this.usage, ...this.resource(url) };
  }

  private resource({ pathname, searchParams }: URL): GraphApiAnswer {
    const [, , id = '', edge] = pathname.split('/');
    const denied = this.denied.get(id);
    if (denied !== undefined) return GraphCommentApi.refusal(denied);
    const post = this.posts.find((one) => one.id === id);
    const comment = this.posts.flatMap(({ comments }) => comments).find((one) => one.id === id);
    const isPage = this.options.product === 'page';
    if (id === this.options.accountId && edge === (isPage ? 'feed' : 'media')) return this.postsPage(searchParams);
    if (post !== undefined && edge === 'comments') return this.commentsPage(post, searchParams);
    if (comment !== undefined && edge === 'replies') return this.page(this.answersTo(comment), searchParams);
    if (comment !== undefined && edge === undefined) return { status: 200, body: { id } };
    return GraphCommentApi.refusal(100, 33);
  }

  private postsPage(parameters: URLSearchParams): GraphApiAnswer {
    const since = Number(parameters.get('since') ?? 0) * 1_000;
    const isPage = this.options.product === 'page';
    const posts = this.posts
      .filter(({ at }) => !isPage || at.getTime() >= since)
      .toSorted((a, b) => b.at.getTime() - a.at.getTime())
      .map(({ id, text, at, from }) =>
        isPage
          ? {
              id,
              message: text,
              created_time: timeOf(at),
              from: { id: from },
              permalink_url: `https://www.facebook.example/${id}`,
            }
          : { id, caption: text, timestamp: timeOf(at), permalink: `https://www.instagram.example/p/${id}` },
      );
    return this.page(posts, parameters);
  }

  private commentsPage({ comments }: GraphApiPost, parameters: URLSearchParams): GraphApiAnswer {
    const newest = comments.toSorted((a, b) => b.at.getTime() - a.at.getTime());
    const isFlat = parameters.get('filter') === 'stream';
    const listed = newest
      .filter(({ id, parent }) => !this.unlisted.has(id) && (isFlat || parent === undefined))
      .map((comment) =>
        this.options.product === 'page' ? this.pageComment(comment, parameters) : this.instagramComment(comment),
      );
    return this.page([...this.strange, ...listed], parameters);
  }

  private pageComment({ id, from, text, at, parent, chatId }: GraphApiComment, parameters: URLSearchParams): object {
    const isAsked = chatId !== undefined && parameters.get('fields')?.includes('private_reply_conversation') === true;
    const participants = { data: [{ id: chatId, name: from.name }, { id: this.options.accountId }] };
    return {
      id,
      from,
      message: text,
      created_time: timeOf(at),
      ...(parent === undefined ? {} : { parent: { id: parent } }),
      ...(isAsked ? { private_reply_conversation: { participants, id: `t_${chatId}` } } : {}),
    };
  }

  private instagramComment(comment: GraphApiComment): object {
    const answers = this.answersTo(comment);
    return answers.length === 0
      ? instagramComment(comment)
      : { ...instagramComment(comment), replies: this.page(answers, new URLSearchParams()).body };
  }

  private answersTo({ id }: GraphApiComment): object[] {
    const all = this.posts.flatMap(({ comments }) => comments);
    return all.filter(({ parent }) => parent === id).map(instagramComment);
  }

  /** A place is the number of elements before it; the address of the next page holds the token, as it really does. */
  private page(elements: readonly unknown[], parameters: URLSearchParams): GraphApiAnswer {
    const after = Buffer.from(parameters.get('after') ?? '', 'base64url').toString();
    const start = Number(after);
    if (!Number.isInteger(start) || start < 0) return GraphCommentApi.refusal(100);
    const end = start + Math.min(this.pageSize, Number(parameters.get('limit') ?? this.pageSize));
    const cursors = { before: 'x', after: Buffer.from(String(end)).toString('base64url') };
    const next = `https://graph.facebook.com/next?access_token=${this.options.token}`;
    const paging = end < elements.length ? { cursors, next } : { cursors };
    return { status: 200, body: { data: elements.slice(start, end), paging } };
  }
}

const instagramComment = ({ id, from, text, at, parent }: GraphApiComment): object => ({
  id,
  text,
  timestamp: timeOf(at),
  from: { id: from.id, username: from.name },
  ...(parent === undefined ? {} : { parent_id: parent }),
});
