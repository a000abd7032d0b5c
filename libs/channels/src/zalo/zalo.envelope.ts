import { toE164 } from '@app/identity';
import type { IdentityKind } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type { ParseContext } from '../channel-adapter.js';
import { idOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';

/** The customer's side of an event. */
export interface ZaloPerson {
  readonly kind: Extract<IdentityKind, 'zalo_user' | 'zalo_anonymous' | 'phone'>;
  /** The official account; empty for a phone number. */
  readonly scope: string;
  readonly value: string;
  readonly authenticity: 'A1' | 'A2';
}

/** What every event states, read from the places where the various kinds put it. */
export interface ZaloEnvelope {
  readonly name: string;
  /** Milliseconds since 1970 as text, as sent; empty when missing. */
  readonly timestamp: string;
  readonly body: JsonObject;
  /** `message`; empty when the event has none. */
  readonly message: JsonObject;
  readonly senderId: string | undefined;
  /** Undefined when the event names no connected official account. */
  readonly account: ChannelAccount | undefined;
  /** Undefined for operational events. */
  readonly person: ZaloPerson | undefined;
}

/** `{id}`, or the id itself as some template receipts have it. */
const partyOf = (value: unknown): string | undefined => idOf(objectOf(value)?.['id']) ?? idOf(value);

/** Official accounts that deliver through the same app: its webhook address is one for all of them. */
function accountsOfApp({ account, accounts }: ParseContext): readonly ChannelAccount[] {
  const siblings = accounts.filter(
    (other) =>
      other.channel === account.channel &&
      other.provider === account.provider &&
      other.settings['app_id'] === account.settings['app_id'],
  );
  return [account, ...siblings];
}

const ANONYMOUS = /^(?:oa_send_)?anonymous_/;

/** Zalo ids have 19 digits; template receipts name the customer by a telephone number instead. */
function phoneOf(id: string): string | undefined {
  return /^\+?\d{9,15}$/.test(id) ? toE164(id) : undefined;
}

function personOf(name: string, id: string, account: ChannelAccount): ZaloPerson {
  const scope = account.externalId;
  if (ANONYMOUS.test(name)) return { kind: 'zalo_anonymous', scope, value: id, authenticity: 'A1' };
  const phone = name === 'user_received_message' ? phoneOf(id) : undefined;
  if (phone === undefined) return { kind: 'zalo_user', scope, value: id, authenticity: 'A2' };
  return { kind: 'phone', scope: '', value: phone, authenticity: 'A2' };
}

/** Who the customer is: named outright in data events, else the party of a chat event that is not one of ours. */
function personId(body: JsonObject, parties: readonly (string | undefined)[], isOurs: (id: string) => boolean) {
  return (
    partyOf(body['follower']) ??
    idOf(body['user_id']) ??
    idOf(objectOf(body['data'])?.['user_id']) ??
    parties.find((id) => id !== undefined && !isOurs(id))
  );
}

/**
 * Reads what all events have in common. Chat events have no `oa_id`: of sender and recipient, the one that is a connected
 * official account is ours, the other is the person.
 *
 * @returns undefined when the body is no event of Zalo
 */
export function readEnvelope(value: unknown, context: ParseContext): ZaloEnvelope | undefined {
  const body = objectOf(value);
  const name = textOf(body?.['event_name']);
  if (body === undefined || name === undefined) return undefined;
  const accounts = accountsOfApp(context);
  const isOurs = (id: string): boolean => accounts.some(({ externalId }) => externalId === id);
  const [sender, recipient, oaId] = [partyOf(body['sender']), partyOf(body['recipient']), idOf(body['oa_id'])];
  const ours = oaId ?? [sender, recipient].find((id) => id !== undefined && isOurs(id));
  const account = accounts.find(({ externalId }) => externalId === ours);
  const isGroup = /_group(?:_|$)/.test(name);
  const person = personId(body, isGroup ? [sender] : [sender, recipient], isOurs);
  return {
    name,
    timestamp: idOf(body['timestamp']) ?? '',
    body,
    message: objectOf(body['message']) ?? {},
    senderId: sender,
    account,
    person: account === undefined || person === undefined ? undefined : personOf(name, person, account),
  };
}
