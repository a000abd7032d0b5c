import type { Claim } from '@app/contracts';
import { claimOf, type ClaimKind, type ClaimSourceName } from '@app/identity';
import { listOf, idOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { readJson } from '../shared/read-json.js';
import type { ZaloEnvelope } from './zalo.envelope.js';

const found = (kind: ClaimKind, value: string | undefined, source: ClaimSourceName): Claim[] =>
  value === undefined ? [] : [claimOf(kind, value, source)];

/** The card of a `user_send_business_card`: JSON within a text. */
export function businessCardOf(message: JsonObject): { readonly phone?: string | undefined } {
  const payload = objectOf(objectOf(listOf(message['attachments'])[0])?.['payload']);
  const reading = readJson(Buffer.from(textOf(payload?.['description']) ?? ''));
  return { phone: reading.ok ? idOf(objectOf(reading.value)?.['phone']) : undefined };
}

/** Names somebody within a scope; undefined when either is missing. */
const named = (kind: string, scope: string | undefined, id: string | undefined): string | undefined =>
  scope === undefined || id === undefined ? undefined : `${kind}:${scope}:${id}`;

/** Everything that an event says about its person besides the id. */
export function claimsOf({ name, body, message, person, account }: ZaloEnvelope): Claim[] {
  const byApp = named('zalo_app_user', idOf(body['app_id']), idOf(body['user_id_by_app']));
  // The number that our own site knows a visitor by means something on that site only.
  const bySite = named('external', account?.id, idOf(objectOf(body['data'])?.['user_external_id']));
  const phone = idOf(objectOf(body['info'])?.['phone']);
  return [
    ...(person?.kind === 'zalo_user' ? found('external_id', byApp, 'zalo.user_id_by_app') : []),
    ...(name === 'user_submit_info' ? found('phone', phone, 'zalo.user_submit_info') : []),
    ...(name === 'widget_interaction_accepted' ? found('external_id', bySite, 'zalo.user_external_id') : []),
    ...(name === 'user_send_business_card' ? found('phone', businessCardOf(message).phone, 'zalo.business_card') : []),
  ];
}
