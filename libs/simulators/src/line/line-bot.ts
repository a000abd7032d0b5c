import { createHmac } from 'node:crypto';
import type { ProviderRequest } from '../delivery/provider-request.js';

/** What happens in the chat of a bot. */
export type LineItem =
  | { readonly from: string; readonly eventId: string; readonly id: string; readonly text: string; readonly at: Date }
  | { readonly from: string; readonly eventId: string; readonly unsent: string; readonly at: Date };

/** A bot of LINE as its webhook sees it: signed POSTs with many events, raw UTF-8; what comes again says so. */
export class LineBot {
  constructor(
    private readonly options: { readonly botId: string; readonly channelSecret: string; readonly path: string },
  ) {}

  /** @param isRedelivery as LINE marks what was not answered, when redelivery is switched on */
  post(items: readonly LineItem[], isRedelivery = false): ProviderRequest {
    const { botId, channelSecret, path } = this.options;
    const events = items.map((item) => ({
      ...contentOf(item),
      mode: 'active',
      timestamp: item.at.getTime(),
      source: { type: 'user', userId: item.from },
      webhookEventId: item.eventId,
      deliveryContext: { isRedelivery },
    }));
    const body = Buffer.from(JSON.stringify({ destination: botId, events }));
    const signature = createHmac('sha256', channelSecret).update(body).digest('base64');
    return {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-line-signature': signature },
      body,
    };
  }
}

function contentOf(item: LineItem): object {
  if ('unsent' in item) return { type: 'unsend', unsend: { messageId: item.unsent } };
  return {
    type: 'message',
    replyToken: '0'.repeat(32),
    message: { id: item.id, type: 'text', text: item.text, quoteToken: 'q' },
  };
}
