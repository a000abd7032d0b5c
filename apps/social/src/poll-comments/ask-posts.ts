import type { PostAccess } from '@app/channels';
import type { ChannelAccount, Clock } from '@app/kernel';
import type { PostsRepository } from '@app/persistence';
import type { AskComments } from './ask-comments.js';
import { PollError } from './poll-error.js';

/** What is needed to ask how posts begin. */
export interface AskPostsParts {
  readonly posts: Pick<PostsRepository, 'keep' | 'unknown'>;
  readonly clock: Clock;
}

/** Asks how posts begin under which comments were seen, each until somebody answered; whoever dies asks when they are seen again. */
export class AskPosts {
  private readonly seen = new Set<string>();

  constructor(
    private readonly account: ChannelAccount,
    private readonly access: PostAccess,
    private readonly parts: AskPostsParts,
    private readonly asker: AskComments,
  ) {}

  saw(postIds: Iterable<string>): void {
    for (const id of postIds) this.seen.add(id);
  }

  /**
   * @param mayGoOn whether another call is affordable, after so many
   * @throws PollError, StoreUnavailableError; what was not answered is asked for again when it is seen again
   */
  async ask(mayGoOn: (calls: number) => boolean): Promise<void> {
    const seen = [...this.seen];
    this.seen.clear();
    const unknown = await this.parts.posts.unknown(this.account.id, seen);
    const { atOnce } = this.access;
    for (let calls = 0; calls * atOnce < unknown.length && mayGoOn(calls); calls += 1) {
      const ids = unknown.slice(calls * atOnce, (calls + 1) * atOnce);
      const begunAt = this.parts.clock.now();
      const found = this.access.read(await this.asker.ask(this.access.request(ids, this.account)));
      if (found === undefined) throw new PollError('no posts', 'other');
      // What the answer leaves out has no words for us, and is not asked for at every look.
      await this.parts.posts.keep(this.account.id, new Map(ids.map((id) => [id, found.get(id) ?? ''])), begunAt);
    }
  }
}
