import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '@app/channels';
import type { Channel } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';

/** Page of the accounts below and of the fixtures. */
export const META_PAGE_ID = '106000000000001';

const ACCOUNT_IDS = {
  messenger: 'fb-shop',
  facebook_comment: 'shop-comments',
  instagram: 'ig-shop',
  instagram_comment: 'ig-comments',
  whatsapp: 'wa-shop',
} as const;

/** An account of a Facebook page, complete unless overridden. */
export function aMetaAccount(
  channel: Extract<Channel, 'messenger' | 'facebook_comment' | 'instagram' | 'instagram_comment' | 'whatsapp'>,
  overrides: Partial<ChannelAccount> = {},
): ChannelAccount {
  return {
    id: ACCOUNT_IDS[channel],
    channel,
    provider: 'meta',
    externalId: META_PAGE_ID,
    settings: {},
    secrets: {
      app_secret: '5f0c3a1e9b7d4c2286aa41d09e6f7b38',
      verify_token: 'bi-mat-01',
      access_token: 'EAAB-made-up',
    },
    ...overrides,
  };
}

/** JSON as Meta writes it: nothing but ASCII, and a backslash before every slash. */
export function encodeMetaBody(body: unknown): Buffer {
  const text = JSON.stringify(body)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(text);
}

/** A delivery as Meta sends it. @param more replaces any part, for example the headers */
export function metaDelivery(
  body: Buffer,
  account: ChannelAccount,
  more: Partial<WebhookRequest> = {},
): WebhookRequest {
  const digest = createHmac('sha256', account.secrets.app_secret ?? '')
    .update(body)
    .digest('hex');
  return {
    method: 'POST',
    originalUrl: `/webhooks/${account.channel}/${account.id}`,
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${digest}` },
    body,
    remoteAddress: '192.0.2.10',
    ...more,
  };
}

/** The request by which Meta checks an address. */
export function metaHandshake(query: Readonly<Record<string, string>>): WebhookRequest {
  const parameters = new URLSearchParams(query);
  return {
    method: 'GET',
    originalUrl: `/webhooks/messenger/fb-shop?${parameters.toString()}`,
    query: parameters,
    headers: {},
    body: Buffer.alloc(0),
    remoteAddress: '192.0.2.10',
  };
}

/**
 * Elements in a body of the object `page`, counted by the letter of Meta's documentation: whatever cannot hold elements
 * counts as one itself.
 */
export function countMetaElements(body: unknown): number {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(body) || !Array.isArray(body.entry) || body.entry.length === 0) return 1;
  return (body.entry as unknown[]).reduce<number>((sum, entry) => {
    if (!isObject(entry)) return sum + 1;
    const lists = ['messaging', 'standby', 'changes'].filter((name) => name in entry).map((name) => entry[name]);
    const elements = lists.reduce<number>((count, list) => count + (Array.isArray(list) ? list.length : 1), 0);
    const flat = 'field' in entry ? 1 : 0;
    const names = Array.isArray(entry.changed_fields) ? entry.changed_fields.length : 0;
    return sum + Math.max(1, elements + flat + names);
  }, 0);
}
