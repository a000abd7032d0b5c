import { z } from 'zod';

const postSchema = z.object({
  id: z.string(),
  /** How it begins, when it is ours. */
  excerpt: z.string().optional(),
  permalink: z.string().optional(),
});

const placeSchema = z.object({
  /** Posts whose comments are to be read; the first one is being read. */
  posts: z.array(postSchema),
  /** Where its comments go on. */
  commentsAfter: z.string().optional(),
  /** Where the list of posts goes on when these are done; absent: nowhere. */
  postsAfter: z.string().optional(),
});

/** A post, or a picture or video, with what its comments say of it. */
export type GraphPost = z.output<typeof postSchema>;

/** Where a reading of all comments under recent posts stands. */
export type GraphPlace = z.output<typeof placeSchema>;

/** The begin: no posts are known yet. */
const BEGIN: GraphPlace = { posts: [] };

/** @param cursor as {@link cursorOf} made it; undefined at the begin */
export function placeOf(cursor: string | undefined): GraphPlace {
  return cursor === undefined ? BEGIN : placeSchema.parse(JSON.parse(cursor));
}

/** @returns undefined when there is nothing left to read */
export function cursorOf(place: GraphPlace): string | undefined {
  return place.posts.length === 0 && place.postsAfter === undefined ? undefined : JSON.stringify(place);
}

/** The next post. */
export function afterPost({ posts, postsAfter }: GraphPlace): GraphPlace {
  return { posts: posts.slice(1), ...(postsAfter === undefined ? {} : { postsAfter }) };
}
