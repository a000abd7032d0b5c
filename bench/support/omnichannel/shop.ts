import type { IdentityKind } from '@app/contracts';

/** Facebook pages of the shop. */
export const PAGES = { shop: '106000000000001', outlet: '106000000000002' } as const;
/** Its Zalo official account, and the app that the account belongs to. */
export const OA = '579745863508352884';
export const ZALO_APP = '4310000000000000001';
/** Its site: the chat widget, and the customer numbers that the site's own server signs. */
export const WIDGET = 'web';
export const SITE = 'site';
/** Its customer register, which exports signed imports. */
export const CRM = 'crm';
/** Its number and mailbox, which people quote and which are nobody's. */
export const HOTLINE = '+842871000001';
export const MAILBOX = 'hotro@shop.example.vn';

/** Where a kind of identity writes. */
export interface Place {
  readonly channel: string;
  readonly account: string;
  readonly provider: string;
}

const PLACES: Partial<Record<IdentityKind, Place>> = {
  messenger_psid: { channel: 'messenger', account: 'fb-shop', provider: 'meta' },
  facebook_user: { channel: 'facebook_comment', account: 'shop-comments', provider: 'meta' },
  zalo_user: { channel: 'zalo', account: 'oa-shop', provider: 'zalo' },
  phone: { channel: 'sms', account: 'hotline-sms', provider: 'twilio' },
  email: { channel: 'email', account: 'hotro', provider: 'imap' },
  email_unverified: { channel: 'email', account: 'hotro', provider: 'imap' },
  livechat_visitor: { channel: 'livechat', account: 'web-chat', provider: 'site' },
  external: { channel: 'crm', account: 'register', provider: 'crm' },
};

/** Where somebody of this kind writes; a second page has an account of its own. */
export function placeOf(kind: IdentityKind, scope: string): Place {
  if (kind === 'messenger_psid' && scope === PAGES.outlet) return { ...PLACES[kind]!, account: 'fb-outlet' };
  return PLACES[kind]!;
}
