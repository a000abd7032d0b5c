import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '../delivery/provider-request.js';

/** What happens in the chat of a bot; tokens are 64-bit numbers, written as digits. */
export type ViberItem =
  | { readonly token: string; readonly from: string; readonly name: string; readonly text: string; readonly at: Date }
  | { readonly token: string; readonly to: string; readonly event: 'delivered' | 'seen' | 'failed'; readonly at: Date };

/** A bot of Viber as its webhook sees it: one event in each signed POST, with a number that JSON libraries round. */
export class ViberBot {
  constructor(private readonly options: { readonly authToken: string; readonly path: string }) {}

  post(item: ViberItem): ProviderRequest {
    const { authToken, path } = this.options;
    const text = JSON.stringify({ ...contentOf(item), timestamp: item.at.getTime(), message_token: TOKEN });
    const body = Buffer.from(text.replace(`"${TOKEN}"`, item.token));
    const signature = createHmac('sha256', authToken).update(body).digest('hex');
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-viber-content-signature': signature },
      body,
    };
  }
}

/** Stands for the number until the text is written. */
const TOKEN = '\u2063';

function contentOf(item: ViberItem): object {
  if ('event' in item)
    return { event: item.event, user_id: item.to, ...(item.event === 'failed' ? { desc: 'failure' } : {}) };
  const { from, name, text } = item;
  return {
    event: 'message',
    sender: { id: from, name, country: 'VN', language: 'vi', api_version: 10 },
    message: { type: 'text', text },
    silent: false,
  };
}
