import type { Claim } from '@app/contracts';
import { listOf, idOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';
import type { ZaloEnvelope } from './zalo.envelope.js';

/**
 * Trust level of each source, never taken from the wire (identity design, section 3.2).
 *
 * `user_submit_info` is a form that the person fills in: a number in it may be anybody's, so it is self-claimed. Raise it
 * only when Zalo is known to vouch for the number.
 */
const LEVELS = {
  'zalo.user_id_by_app': 4, // one authenticated payload holds both ids
  'zalo.user_submit_info': 1,
  'zalo.user_external_id': 1, // our own page states it, unsigned
  'zalo.business_card': 0, // the card may be somebody else's
} as const;

const claim = (kind: Claim['kind'], value: string | undefined, source: keyof typeof LEVELS): Claim[] =>
  value === undefined ? [] : [{ kind, value, level: LEVELS[source], source }];

/** The card of a `user_send_business_card`: JSON within a text. */
export function businessCardOf(message: JsonObject): { readonly phone?: string | undefined } {
  const payload = objectOf(objectOf(listOf(message['attachments'])[0])?.['payload']);
  const reading = readJson(Buffer.from(textOf(payload?.['description']) ?? ''));
  return { phone: reading.ok ? idOf(objectOf(reading.value)?.['phone']) : undefined };
}

/** Everything that an event says about its person besides the id. */
export function claimsOf({ name, body, message, person }: ZaloEnvelope): Claim[] {
  const [appId, byApp] = [idOf(body['app_id']), idOf(body['user_id_by_app'])];
  const joined = appId === undefined || byApp === undefined ? undefined : `zalo_app_user:${appId}:${byApp}`;
  return [
    ...(person?.kind === 'zalo_user' ? claim('external_id', joined, 'zalo.user_id_by_app') : []),
    ...(name === 'user_submit_info'
      ? claim('phone', idOf(objectOf(body['info'])?.['phone']), 'zalo.user_submit_info')
      : []),
    ...(name === 'widget_interaction_accepted'
      ? claim('external_id', idOf(objectOf(body['data'])?.['user_external_id']), 'zalo.user_external_id')
      : []),
    ...(name === 'user_send_business_card' ? claim('phone', businessCardOf(message).phone, 'zalo.business_card') : []),
  ];
}
