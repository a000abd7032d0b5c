import type { ProviderRequest } from '../delivery/provider-request.js';
import { metaJson } from './meta-json.js';
import { metaSignature } from './meta-signature.js';

/** An app of Meta and where it delivers for one of its objects. */
export interface MetaAppOptions {
  readonly appSecret: string;
  /** Path of the webhook, for example `/webhooks/messenger/fb-shop`. */
  readonly path: string;
}

/** One signed POST of an app, for whatever object. */
export function metaPost(
  object: string,
  entries: readonly object[],
  { appSecret, path }: MetaAppOptions,
): ProviderRequest {
  const body = metaJson({ object, entry: entries });
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': metaSignature(appSecret, body),
    },
    body,
  };
}
