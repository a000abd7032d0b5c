import type { InboundIdentity } from '@app/contracts';
import { idOf, objectOf, type JsonObject } from '../shared/index.js';
import { namelessIdentity, type Subject } from './mapping.js';

/** Who took part in an item. */
export interface Parties {
  readonly direction: 'inbound' | 'echo';
  /** The customer, whichever way the message went. */
  readonly identity: InboundIdentity;
  /** Who did it: the customer, or the page. */
  readonly senderId: string;
  readonly flags: readonly string[];
}

/**
 * Tells the customer from the page. What the page wrote, whether by us, by another app or by hand in the Page Inbox,
 * names the page as its sender; the customer is then its recipient.
 *
 * @returns undefined when the item does not name the customer. The checkbox plugin names only a `user_ref`: its person is
 *   not known yet, and a label stands in
 */
export function partiesOf(item: JsonObject, { pageId, account }: Subject): Parties | undefined {
  const sender = idOf(objectOf(item.sender)?.id);
  const recipient = idOf(objectOf(item.recipient)?.id);
  const echo = sender === pageId || objectOf(item.message)?.is_echo === true;
  const customer = echo ? recipient : sender;
  const page = echo ? sender : recipient;
  const flags = page === undefined || page === pageId ? [] : ['page_mismatch'];
  if (customer !== undefined && customer !== pageId) {
    const kind = account.channel === 'instagram' ? 'instagram_user' : 'messenger_psid';
    const identity = { kind, scope: pageId, value: customer, authenticity: 'A2' } as const;
    return { direction: echo ? 'echo' : 'inbound', identity, senderId: echo ? pageId : customer, flags };
  }
  const reference = idOf(objectOf(item.optin)?.user_ref);
  if (reference === undefined) return undefined;
  const identity = namelessIdentity(account, `user_ref:${reference}`);
  return { direction: 'inbound', identity, senderId: identity.value, flags };
}
