/** `value` of a change of the field `feed`. */
export type FeedValue = Readonly<Record<string, unknown>>;

/** A comment and where it stands. */
export interface PageComment {
  /** `<object>_<comment>` */
  readonly commentId: string;
  /** `<page>_<post>` */
  readonly postId: string;
  /** The comment answered; absent for a comment on the post itself. */
  readonly parentId?: string;
  readonly from: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
  readonly text?: string;
  readonly photoUrl?: string;
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

function commentValue(verb: string, comment: PageComment): Record<string, unknown> {
  return {
    item: 'comment',
    verb,
    from: comment.from,
    post_id: comment.postId,
    comment_id: comment.commentId,
    parent_id: comment.parentId ?? comment.postId,
    created_time: seconds(comment.createdAt),
  };
}

function contentOf(comment: PageComment): Record<string, unknown> {
  return {
    ...(comment.text === undefined ? {} : { message: comment.text }),
    ...(comment.photoUrl === undefined ? {} : { photo: comment.photoUrl }),
  };
}

/** Somebody commented; the page itself when `from.id` is the page. */
export const commentAdded = (comment: PageComment): FeedValue => ({
  ...commentValue('add', comment),
  ...contentOf(comment),
  post: {
    id: comment.postId,
    status_type: 'added_photos',
    is_published: true,
    permalink_url: `https://www.facebook.example/${comment.postId.replace('_', '/posts/')}`,
  },
});

/** The author changed a comment; `comment` holds the new text, and still the time at which it was written first. */
export const commentEdited = (comment: PageComment): FeedValue => ({
  ...commentValue('edited', comment),
  ...contentOf(comment),
});

/** A comment is gone; Meta does not say who removed it, and sends no text. */
export const commentRemoved = (comment: PageComment): FeedValue => commentValue('remove', comment);
