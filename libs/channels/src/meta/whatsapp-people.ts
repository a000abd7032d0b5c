import type { Claim, InboundIdentity } from '@app/contracts';
import { claimOf, phoneIdentity } from '@app/identity';
import { withPresent, type ChannelAccount } from '@app/kernel';
import { idOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/index.js';
import { shortText } from './mapping.js';
import type { WhatsAppElement } from './whatsapp-body.js';

/** A person as an element names them, by number, by the id that the business knows them by, or by both. */
export interface WhatsAppNames {
  readonly number: string | undefined;
  readonly userId: string | undefined;
}

/** The customer of an element. */
export interface WhatsAppPerson {
  readonly identity: InboundIdentity;
  readonly claims: readonly Claim[];
}

/** `VN.7031…`: an id of the business's own. It may stand where a number is expected. */
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9.]{1,140}$/;

/** Names from the members that hold them; one that is in the other's place is put right. */
export function namesOf(number: unknown, userId: unknown): WhatsAppNames {
  const [first, second] = [idOf(number), idOf(userId)];
  const isId = first !== undefined && USER_ID.test(first);
  return { number: isId ? undefined : first, userId: second ?? (isId ? first : undefined) };
}

/** What `contacts` says of a person; matched by id, never by position. */
function contactOf(change: JsonObject, { number, userId }: WhatsAppNames): JsonObject | undefined {
  return objectsOf(change['contacts']).find((contact) => {
    const names = namesOf(contact['wa_id'], contact['user_id']);
    return (number !== undefined && names.number === number) || (userId !== undefined && names.userId === userId);
  });
}

/** Business-scoped ids hold within a portfolio; without its number within the business account. */
export function scopeOf({ settings }: ChannelAccount, businessId: string | undefined): string {
  return textOf(settings['portfolio_id']) ?? businessId ?? '';
}

const plus = (number: string): string => (number.startsWith('+') ? number : `+${number}`);

/**
 * Who a person is. The business's own id comes first, because numbers change hands; a number beside it is bound to it by
 * the same signed body, which joins the two.
 *
 * @returns undefined when nobody is named
 */
export function personOf(
  names: WhatsAppNames,
  { change, businessId }: WhatsAppElement,
  account: ChannelAccount,
): WhatsAppPerson | undefined {
  const contact = contactOf(change, names);
  const more = namesOf(contact?.['wa_id'], contact?.['user_id']);
  const [number, userId] = [names.number ?? more.number, names.userId ?? more.userId];
  const profile = objectOf(contact?.['profile']);
  const [name, username] = [textOf(profile?.['name']), textOf(profile?.['username'])];
  const shown = {
    display_name: name === undefined ? undefined : shortText(name),
    username: username === undefined ? undefined : shortText(username.replace(/^@/, '')),
  };
  if (userId !== undefined) {
    const scope = scopeOf(account, businessId);
    const claims = number === undefined ? [] : [claimOf('phone', plus(number), 'whatsapp.user_id')];
    const identity: InboundIdentity = { kind: 'whatsapp_user', scope, value: userId, authenticity: 'A2' };
    return { identity: withPresent(identity, shown), claims };
  }
  if (number === undefined) return undefined;
  const { claims, ...identity } = phoneIdentity(plus(number), { accountId: account.id, authenticity: 'A2' });
  return { identity: withPresent(identity, shown), claims };
}
