import type { Database } from '../database.js';
import { KEEP_POSTS, valuesOfPosts } from './keep-posts.js';

/** How posts of ours begin, for whoever reads them besides their comments. Entries show it wherever it came from. */
export class PostsRepository {
  constructor(private readonly database: Database) {}

  /**
   * @param excerpts by the provider's id of the post; empty: it is known to have no words
   * @param saidAt when they all began so, or before: what is known to be said later stays
   */
  async keep(accountId: string, excerpts: ReadonlyMap<string, string>, saidAt: Date): Promise<void> {
    if (excerpts.size === 0) return;
    const at = saidAt.toISOString();
    const posts = [...excerpts].map(([providerId, excerpt]) => ({ accountId, providerId, excerpt, saidAt: at }));
    await this.database.query(KEEP_POSTS, valuesOfPosts(posts));
  }

  /** @returns those of the posts of which nobody said how they begin, in the same order */
  async unknown(accountId: string, providerIds: readonly string[]): Promise<readonly string[]> {
    if (providerIds.length === 0) return [];
    const known = await this.database.query<{ provider_id: string }>(
      'SELECT provider_id FROM post WHERE account_id = $1 AND provider_id = ANY($2::text[])',
      [accountId, providerIds],
    );
    const ids = new Set(known.map(({ provider_id: id }) => id));
    return providerIds.filter((id) => !ids.has(id));
  }
}
