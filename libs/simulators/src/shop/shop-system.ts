import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '../delivery/provider-request.js';

/** A system of a shop and the secret that signs what it tells. */
export interface ShopSystemOptions {
  /** `whsec_` and base64. */
  readonly signingSecret: string;
  /** Path of the webhook, for example `/webhooks/events/cua-hang`. */
  readonly path: string;
  readonly signedAt: Date;
}

/** Something that happened in the shop. */
export interface ShopEvent {
  /** For example `omni.order.paid`. */
  readonly type: string;
  readonly id: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

const SOURCE = '/ban-hang';

/** A point of sale or an online shop that tells what happens as CloudEvents, signed as Standard Webhooks prescribes. */
export class ShopSystem {
  constructor(private readonly options: ShopSystemOptions) {}

  /** One POST: a batch, even of one. */
  post(events: readonly ShopEvent[]): ProviderRequest {
    const { signingSecret, path, signedAt } = this.options;
    const batch = events.map(({ type, id, at, data }) => ({
      specversion: '1.0',
      type,
      source: SOURCE,
      id,
      time: at.toISOString(),
      data,
    }));
    const body = Buffer.from(JSON.stringify(batch));
    const id = `msg_${events[0]?.id ?? 'none'}`;
    const timestamp = String(Math.floor(signedAt.getTime() / 1_000));
    const key = Buffer.from(signingSecret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const headers = {
      'content-type': 'application/cloudevents-batch+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    return { method: 'POST', path, headers, body };
  }
}
