import { arrayOf } from '../array-literal.js';
import type { NamedStatement } from '../database.js';

/** How a post of ours begins, under which comments stand. */
export interface PostWrite {
  readonly accountId: string;
  readonly providerId: string;
  readonly excerpt: string;
}

/**
 * Keeps how posts begin; the latest word counts. Nothing is written, and no row locked, of what is known already: many comments
 * come below one post at once. Values: {@link valuesOfPosts}.
 */
export const KEEP_POSTS: NamedStatement = {
  name: 'keep-posts',
  text: `INSERT INTO post (account_id, provider_id, excerpt)
   SELECT account_id, provider_id, excerpt FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, provider_id, excerpt)
    WHERE NOT EXISTS (SELECT FROM post p
            WHERE p.account_id = k.account_id AND p.provider_id = k.provider_id AND p.excerpt = k.excerpt)
    ORDER BY 1, 2
   ON CONFLICT (account_id, provider_id) DO UPDATE SET excerpt = excluded.excerpt`,
};

/** @param posts each once */
export const valuesOfPosts = (posts: readonly PostWrite[]): readonly unknown[] => [
  arrayOf.text(posts.map(({ accountId }) => accountId)),
  arrayOf.text(posts.map(({ providerId }) => providerId)),
  arrayOf.text(posts.map(({ excerpt }) => excerpt)),
];
