import type { ProviderRequest } from '../delivery/provider-request.js';
import type { ZaloEvent } from './zalo-events.js';
import { zaloSignature } from './zalo-signature.js';

/** An official account and the app that delivers for it. */
export interface ZaloOaOptions {
  readonly appId: string;
  readonly oaSecretKey: string;
  /** Path of the webhook, for example `/webhooks/zalo/oa-shop`. */
  readonly path: string;
}

/** A Zalo official account as its webhook sees it: one event in each signed POST, UTF-8 without escapes. */
export class ZaloOa {
  constructor(private readonly options: ZaloOaOptions) {}

  post(event: ZaloEvent): ProviderRequest {
    const { appId, oaSecretKey, path } = this.options;
    const body = Buffer.from(JSON.stringify({ app_id: appId, ...event }));
    const signature = zaloSignature({ appId, body, timestamp: event.timestamp, oaSecretKey });
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-zevent-signature': signature },
      body,
    };
  }
}
