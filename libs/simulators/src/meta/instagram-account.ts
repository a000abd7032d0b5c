import type { ProviderRequest } from '../delivery/provider-request.js';
import { metaPost, type MetaAppOptions } from './meta-app.js';

/** What happens in the chat of a professional account. */
export type InstagramItem =
  | { readonly from: string; readonly id: string; readonly text: string; readonly at: Date }
  | { readonly from: string; readonly edited: string; readonly text: string; readonly edits: number; readonly at: Date }
  | { readonly from: string; readonly unsent: string; readonly at: Date };

/** A professional account of Instagram as its webhook sees it: signed POSTs that hold one or many updates. */
export class InstagramAccount {
  constructor(private readonly options: MetaAppOptions & { readonly accountId: string }) {}

  chat(items: readonly InstagramItem[], sentAt: Date): ProviderRequest {
    const { accountId } = this.options;
    const messaging = items.map((item) => ({
      sender: { id: item.from },
      recipient: { id: accountId },
      timestamp: item.at.getTime(),
      ...contentOf(item),
    }));
    return metaPost('instagram', [{ id: accountId, time: sentAt.getTime(), messaging }], this.options);
  }

  /** Comments under media; only the time of the delivery is told. */
  comments(
    values: readonly { readonly id: string; readonly from: string; readonly text: string; readonly mediaId: string }[],
    sentAt: Date,
  ): ProviderRequest {
    const changes = values.map(({ id, from, text, mediaId }) => ({
      field: 'comments',
      value: { id, text, from: { id: from, username: `nguoi.${from.slice(-4)}` }, media: { id: mediaId } },
    }));
    return metaPost(
      'instagram',
      [{ id: this.options.accountId, time: Math.floor(sentAt.getTime() / 1_000), changes }],
      this.options,
    );
  }
}

function contentOf(item: InstagramItem): object {
  if ('unsent' in item) return { message: { mid: item.unsent, is_deleted: true } };
  if ('edited' in item) return { message_edit: { mid: item.edited, text: item.text, num_edit: item.edits } };
  return { message: { mid: item.id, text: item.text } };
}
