import { publicId, type CustomerDetailRow, type CustomerIdentityRow } from '@app/persistence';
import type { Customer } from './customer.schema.js';

const iso = (time: string): string => new Date(time).toISOString();

const avatarPath = (id: string): string => `/v1/identities/${publicId.identity(id)}/avatar`;

/** The picture by which somebody is known: of the identity that was seen last. */
function avatarOf(identities: readonly CustomerIdentityRow[]): string | undefined {
  const [best] = identities
    .filter((row) => row.has_avatar)
    .sort((left, right) => (right.last_seen ?? '').localeCompare(left.last_seen ?? ''));
  return best === undefined ? undefined : avatarPath(best.id);
}

function toIdentity(row: CustomerIdentityRow): Customer['identities'][number] {
  return {
    identity_id: publicId.identity(row.id),
    kind: row.kind,
    scope: row.scope,
    ...(row.value === null ? {} : { value: row.value }),
    state: row.state,
    ...(row.has_avatar ? { avatar: avatarPath(row.id) } : {}),
    first_seen: iso(row.first_seen),
    ...(row.last_seen === null ? {} : { last_seen: iso(row.last_seen) }),
  };
}

/** The customer as the API shows it. */
export function toCustomer(row: CustomerDetailRow): Customer {
  const avatar = avatarOf(row.identities);
  return {
    customer_id: publicId.customer(row.id),
    ref: row.ref,
    kind: row.kind,
    status: row.status,
    canonical_id: publicId.customer(row.canonical_id),
    ...(row.display_name === null ? {} : { display_name: row.display_name }),
    ...(avatar === undefined ? {} : { avatar }),
    identities: row.identities.map(toIdentity),
    channels: [...row.channels],
    counts: { entries: row.entry_count, conversations: row.conversation_count, identities: row.identities.length },
    ...(row.last_entry_at === null ? {} : { last_entry_at: row.last_entry_at.toISOString() }),
  };
}
