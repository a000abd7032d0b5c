import { foldText } from '@app/kernel';
import type { Database, NamedStatement } from '../database.js';

/** A person whom a provider is to be asked about. */
export interface ProfileLookup {
  readonly identity_id: string;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  /** This one included. */
  readonly attempts: number;
}

/** What a provider says of a person. */
export interface ProfileFacts {
  readonly name?: string;
  readonly username?: string;
  readonly locale?: string;
  readonly avatar?: string;
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });

/** Ids are given before their rows are committed: so many are looked at again, and those that are known fall away. */
const LOOK_BACK = 10_000;
const LOOK_AHEAD = 10_000;

const FIND = statement(
  'profile-find',
  `WITH s AS (SELECT last_identity FROM profile_scan FOR UPDATE),
   seen AS (
     SELECT i.id, i.kind, i.scope, i.state FROM identity i, s
      WHERE i.id > s.last_identity - ${LOOK_BACK} ORDER BY i.id LIMIT ${LOOK_BACK + LOOK_AHEAD}),
   q AS (
     INSERT INTO profile_lookup (identity_id)
     SELECT seen.id FROM seen JOIN unnest($1::text[], $2::text[]) AS k(kind, scope) USING (kind, scope) WHERE seen.state = 'active'
     ON CONFLICT DO NOTHING)
   UPDATE profile_scan SET last_identity = greatest(last_identity, coalesce((SELECT max(id) FROM seen), 0))`,
);
const CLAIM = statement(
  'profile-claim',
  `WITH k AS (
     SELECT p.identity_id FROM profile_lookup p WHERE p.due_at <= clock_timestamp()
      ORDER BY p.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE profile_lookup p SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2)
     FROM k JOIN identity i ON i.id = k.identity_id
    WHERE p.identity_id = k.identity_id AND i.state = 'active'
   RETURNING p.identity_id::text, i.kind, i.scope, i.value, p.attempts`,
);
const FORGET = statement(
  'profile-forget',
  `DELETE FROM profile_lookup p USING identity i WHERE i.id = p.identity_id AND i.state <> 'active' AND p.due_at <= clock_timestamp()`,
);
/** What a person wrote themselves, for example in a form, has a higher trust and stays. */
const KEEP = statement(
  'profile-keep',
  `INSERT INTO fact (identity_id, key, value, folded, trust, observed_at)
   SELECT i.id, k.key, k.value, k.folded, 1, clock_timestamp()
     FROM identity i, unnest($2::text[], $3::text[], $4::text[]) AS k(key, value, folded)
    WHERE i.id = $1::bigint AND i.state = 'active'
   ON CONFLICT (identity_id, key) DO UPDATE SET
     value = excluded.value, folded = excluded.folded, observed_at = excluded.observed_at
   WHERE fact.trust <= excluded.trust AND fact.value <> excluded.value`,
);

/**
 * Whom to ask providers about. Asking twice changes nothing; the lease of a lookup only keeps others from doing the same
 * work.
 */
export class ProfileRepository {
  constructor(private readonly database: Database) {}

  /** Notes new identities of these kinds and scopes, pair by pair. */
  async findNew(sources: readonly { readonly kind: string; readonly scope: string }[]): Promise<void> {
    await this.database.query(FIND, [sources.map(({ kind }) => kind), sources.map(({ scope }) => scope)]);
  }

  /** Takes lookups that are due; nobody else gets them until the lease ends. Those of people who were erased go. */
  async claim(limit: number, leaseMs: number): Promise<readonly ProfileLookup[]> {
    await this.database.query(FORGET);
    return await this.database.query<ProfileLookup>(CLAIM, [limit, leaseMs / 1_000]);
  }

  /** Keeps what a provider says, unless something better is known or the person was erased meanwhile. */
  async keep(identityId: string, facts: ProfileFacts): Promise<void> {
    const known = Object.entries(facts).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
    if (known.length === 0) return;
    await this.database.query(KEEP, [
      identityId,
      known.map(([key]) => key),
      known.map(([, value]) => value),
      known.map(([, value]) => foldText(value)),
    ]);
  }

  async askAgain(identityId: string, delayMs: number): Promise<void> {
    await this.database.query(
      `UPDATE profile_lookup SET due_at = clock_timestamp() + make_interval(secs => $2) WHERE identity_id = $1::bigint`,
      [identityId, delayMs / 1_000],
    );
  }
}
