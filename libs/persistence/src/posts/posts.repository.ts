import type { Database } from '../database.js';
import { KEEP_POSTS, valuesOfPosts } from './keep-posts.js';

/** How posts of ours begin, for whoever reads them besides their comments. Entries show it wherever it came from. */
export class PostsRepository {
  constructor(private readonly database: Database) {}

  /** @param excerpts by the provider's id of the post */
  async keep(accountId: string, excerpts: ReadonlyMap<string, string>): Promise<void> {
    if (excerpts.size === 0) return;
    const posts = [...excerpts].map(([providerId, excerpt]) => ({ accountId, providerId, excerpt }));
    await this.database.query(KEEP_POSTS, valuesOfPosts(posts));
  }
}
