import { randomUUID } from 'node:crypto';
import {
  checkInvariants,
  UnifyRepository,
  type Database,
  type Decision,
  type IdentityWrite,
  type ProofWrite,
  type ResolvedIdentities,
} from '@app/persistence';

/** When everything of these tests happens unless they say otherwise. */
export const AT = '2026-11-20T05:00:00.000Z';

/** Names an identity of a test: `kind:scope:value`. */
export const anIdentity = (name: string): IdentityWrite => {
  const [kind = '', scope = '', value = ''] = name.split(':');
  return { key: keyOf(name), kind, scope, value, seenAt: AT, latestAt: AT, correlationId: randomUUID(), shared: false };
};

/** A key as the unifier would make one: 32 hexadecimal digits that only depend on the name. */
export const keyOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(32, '0').slice(-32);

/** Identities of a name each, born or found. */
export async function bear(database: Database, names: readonly string[]): Promise<ResolvedIdentities> {
  const writes = [...new Set(names)].map(anIdentity).sort((x, y) => (x.key < y.key ? -1 : 1));
  return await new UnifyRepository(database, database).resolveIdentities(writes);
}

/** Proof that two named identities are one person. */
export const aProof = (one: string, other: string, more: Partial<ProofWrite> = {}): ProofWrite => ({
  identityKey: keyOf(one),
  provenKey: keyOf(other),
  rule: 'zalo.user_id_by_app',
  trust: 4,
  evidenceAt: AT,
  sourceEntry: randomUUID(),
  correlationId: randomUUID(),
  ...more,
});

/** What an agent decides. */
export const aDecision = (more: Partial<Decision> = {}): Decision => ({
  actor: 'Lan',
  reason: 'cùng một người',
  batchId: randomUUID(),
  correlationId: randomUUID(),
  rule: 'agent.merge',
  trust: 5,
  ...more,
});

/** The whole pointer table: everything that says who is who. */
export async function pointerTable(database: Database): Promise<unknown> {
  return {
    identities: await database.query(
      'SELECT id::text, customer_id::text, home_customer_id::text, state FROM identity ORDER BY id',
    ),
    customers: await database.query(
      'SELECT id::text, ref, status, merged_into::text, pin, kind FROM customer ORDER BY id',
    ),
  };
}

/** Who is with whom, by name, whatever the ids. */
export async function people(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ members: string }>(
    `SELECT string_agg(concat_ws(':', kind, scope, value), ' ' ORDER BY kind, scope, value) AS members FROM identity GROUP BY customer_id`,
  );
  return rows.map((row) => row.members).sort();
}

/** Invariants that do not hold; empty when all is well. */
export async function brokenInvariants(database: Database): Promise<readonly string[]> {
  return (await checkInvariants(database))
    .filter(({ broken }) => broken > 0)
    .map(({ name, broken }) => `${name}: ${broken}`);
}

/** @throws Error naming each invariant that does not hold */
export async function assertInvariants(database: Database): Promise<void> {
  const broken = await brokenInvariants(database);
  if (broken.length > 0) throw new Error(`broken: ${broken.join('; ')}`);
}
