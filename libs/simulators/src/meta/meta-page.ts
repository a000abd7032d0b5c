import type { ProviderRequest } from '../delivery/provider-request.js';
import type { FeedValue } from './page-feed.js';
import { metaPost, type MetaAppOptions } from './meta-app.js';
import type { MessagingItem } from './messenger-items.js';

/** One element of `entry`; chat times are in milliseconds, times of changes in seconds. */
export type MetaEntry =
  | { readonly id: string; readonly time: number; readonly messaging: readonly MessagingItem[] }
  | { readonly id: string; readonly time: number; readonly changes: readonly FeedChange[] };

/** One element of `changes`. */
export interface FeedChange {
  readonly field: 'feed';
  readonly value: FeedValue;
}

/** A page and the app that delivers for it. */
export interface MetaPageOptions extends MetaAppOptions {
  readonly pageId: string;
}

/** A Facebook page as its webhook sees it: signed POSTs that hold one or many updates. */
export class MetaPage {
  constructor(private readonly options: MetaPageOptions) {}

  /** One POST with these chat items in one entry. */
  chat(items: readonly MessagingItem[], sentAt: Date): ProviderRequest {
    return this.post([{ id: this.options.pageId, time: sentAt.getTime(), messaging: items }]);
  }

  /** One POST with these comments in one entry. */
  feed(values: readonly FeedValue[], sentAt: Date): ProviderRequest {
    const changes = values.map((value): FeedChange => ({ field: 'feed', value }));
    return this.post([{ id: this.options.pageId, time: Math.floor(sentAt.getTime() / 1000), changes }]);
  }

  /** One POST with any entries, signed. */
  post(entries: readonly MetaEntry[]): ProviderRequest {
    return metaPost('page', entries, this.options);
  }

  /** The GET with which Meta checks a webhook before it uses it. */
  handshake(verifyToken: string, challenge: string): ProviderRequest {
    const query = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.challenge': challenge,
      'hub.verify_token': verifyToken,
    });
    return { method: 'GET', path: `${this.options.path}?${query}`, headers: {}, body: Buffer.alloc(0) };
  }
}
