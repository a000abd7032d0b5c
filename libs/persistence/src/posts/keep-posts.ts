import { arrayOf } from '../array-literal.js';
import type { NamedStatement } from '../database.js';

/** How a post of ours begins, under which comments stand. */
export interface PostWrite {
  readonly accountId: string;
  readonly providerId: string;
  /** Empty: it is known to have no words. */
  readonly excerpt: string;
  /** When it said so, or a time before that; RFC 3339. */
  readonly saidAt: string;
}

/**
 * Keeps how posts begin: of all that is told the words that were said last, whatever comes first; of two at one instant the
 * greater ones. Nothing is written, and no row locked, of what is known already: many comments come below one post at once.
 * Values: {@link valuesOfPosts}.
 */
export const KEEP_POSTS: NamedStatement = {
  name: 'keep-posts',
  text: `INSERT INTO post (account_id, provider_id, excerpt, said_at)
   SELECT account_id, provider_id, excerpt, said_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS k(account_id, provider_id, excerpt, said_at)
    WHERE NOT EXISTS (SELECT FROM post p
            WHERE p.account_id = k.account_id AND p.provider_id = k.provider_id
              AND (p.said_at, p.excerpt COLLATE "C") >= (k.said_at, k.excerpt COLLATE "C"))
    ORDER BY 1, 2
   ON CONFLICT (account_id, provider_id) DO UPDATE SET excerpt = excluded.excerpt, said_at = excluded.said_at
    WHERE (post.said_at, post.excerpt COLLATE "C") < (excluded.said_at, excluded.excerpt COLLATE "C")`,
};

/** Which of two words on one post stands, as {@link KEEP_POSTS} decides. */
export function laterWord(a: PostWrite, b: PostWrite): PostWrite {
  const [atA, atB] = [Date.parse(a.saidAt), Date.parse(b.saidAt)];
  if (atA !== atB) return atA > atB ? a : b;
  return Buffer.compare(Buffer.from(a.excerpt), Buffer.from(b.excerpt)) >= 0 ? a : b;
}

/** @param posts each once */
export const valuesOfPosts = (posts: readonly PostWrite[]): readonly unknown[] => [
  arrayOf.text(posts.map(({ accountId }) => accountId)),
  arrayOf.text(posts.map(({ providerId }) => providerId)),
  arrayOf.text(posts.map(({ excerpt }) => excerpt)),
  arrayOf.plain(posts.map(({ saidAt }) => saidAt)),
];
