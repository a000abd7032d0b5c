import type { Claim, InboundIdentity } from '@app/contracts';
import { claimOf, normaliseMailAddress, normalisePhone, phoneIdentity, type ClaimSourceName } from '@app/identity';
import type { ChannelAccount } from '@app/kernel';
import type { CustomerData } from './customer-data.js';

/** Who an event is about, and what it says about them. */
export interface NamedCustomer {
  readonly identity: InboundIdentity;
  readonly claims: readonly Claim[];
}

/** Whether the person filled it in, unseen, or the shop recorded it. */
export type Recorder = 'visitor' | 'shop';

/** Source of the claims: what a system of record states joins people, because the account is set up to say so. */
function sourceOf({ settings }: ChannelAccount, recorder: Recorder): ClaimSourceName {
  if (recorder === 'visitor') return 'webform.fields';
  return settings['system_of_record'] === true ? 'crm.import' : 'order_feed';
}

/** A system whose ids its customers have, such as `haravan`. */
export const SYSTEM_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Scope of what a visitor of a web site typed, apart from the customers of its system. */
const typedScope = (system: string): string => `${system}.typed`;

/**
 * The identity of an event and its claims. In this order: the customer's id in the sender's system, the number, the address.
 *
 * What a visitor types into a form can be anybody's: it makes an identity of its own (a twin, as of an unproven mail), so
 * that nobody's timeline shows what a stranger sent in their name, and claims the number and the address.
 *
 * @returns undefined when the event names nobody
 */
export function customerOf(
  { id, name, phone, email }: CustomerData,
  account: ChannelAccount,
  recorder: Recorder,
): NamedCustomer | undefined {
  const system = String(account.settings['system']);
  const number = phone === undefined ? undefined : normalisePhone(phone);
  const e164 = number?.kind === 'number' ? number.e164 : undefined;
  const address = email === undefined ? undefined : normaliseMailAddress(email);
  const source = sourceOf(account, recorder);
  const claims = [
    ...(e164 === undefined ? [] : [claimOf('phone', e164, source)]),
    ...(address === undefined ? [] : [claimOf('email', address, source)]),
  ];
  const named = name === undefined ? {} : { display_name: name };
  if (id !== undefined) {
    const authenticity = recorder === 'shop' ? ('A2' as const) : ('A1' as const);
    return { identity: { kind: 'external', scope: system, value: id, authenticity, ...named }, claims };
  }
  if (recorder === 'shop' && phone !== undefined && e164 !== undefined) {
    const { claims: _claims, ...identity } = phoneIdentity(phone, { accountId: account.id, authenticity: 'A1' });
    return { identity: { ...identity, ...named }, claims: claims.filter(({ kind }) => kind !== 'phone') };
  }
  const typed = e164 ?? address;
  if (typed === undefined) return undefined;
  const twin = { kind: 'external' as const, scope: typedScope(system), value: typed, authenticity: 'A1' as const };
  return { identity: { ...twin, ...named }, claims };
}
