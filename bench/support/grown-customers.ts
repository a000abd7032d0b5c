import { randomUUID } from 'node:crypto';
import { identityKey } from '@app/identity';
import { deriveKey } from '@app/kernel';
import {
  EvidenceRepository,
  UnifyRepository,
  type Database,
  type Decision,
  type IdentityWrite,
  type ProofWrite,
} from '@app/persistence';
import { BENCH_SECRET } from './fill.js';
import { knownVisitor, WIDGET } from './unifier-load.js';

const AT = '2025-01-01T00:00:00.000Z';

const writeOf = (value: string, hmacKey: Buffer): IdentityWrite => ({
  key: identityKey(hmacKey, 'livechat_visitor', WIDGET, value),
  kind: 'livechat_visitor',
  scope: WIDGET,
  value,
  seenAt: AT,
  latestAt: AT,
  correlationId: randomUUID(),
  shared: false,
});

/** A customer with several identities. */
export interface GrownCustomer {
  readonly customerId: string;
  /** Identity ids. */
  readonly identities: readonly string[];
}

/** Makes customers of visitors that were filled in before; each visitor is used once. */
export class CustomerGrower {
  private used = 0;
  private readonly hmacKey = deriveKey(BENCH_SECRET, 'identity-key');

  constructor(private readonly database: Database) {}

  /** A customer of so many identities, each joined to the first as an agent would, whom the limits of proof do not bind. */
  async grow(size: number): Promise<GrownCustomer> {
    const values = Array.from({ length: size }, (_, n) => knownVisitor(this.used + n));
    this.used += size;
    const writes = values.map((value) => writeOf(value, this.hmacKey)).sort((x, y) => (x.key < y.key ? -1 : 1));
    const resolved = await new UnifyRepository(this.database, this.database).resolveIdentities(writes);
    const [hub, ...others] = writes;
    const proofs = others.map((other): ProofWrite => ({
      identityKey: other.key,
      provenKey: hub!.key,
      rule: 'agent.merge',
      trust: 5,
      evidenceAt: AT,
      sourceEntry: randomUUID(),
      correlationId: randomUUID(),
    }));
    await new EvidenceRepository(this.database).prove(proofs, resolved);
    const identities = writes.map((write) => resolved.idAt(write.key, AT)!);
    const rows = await this.database.query<{ customer_id: string }>(
      'SELECT DISTINCT customer_id::text FROM identity WHERE id = ANY($1::bigint[])',
      [identities],
    );
    if (rows.length !== 1) throw new Error(`${size} identities make ${rows.length} customers`);
    return { customerId: rows[0]!.customer_id, identities };
  }
}

/** An agent of the benchmark decides. */
export const aDecision = (): Decision => ({
  actor: 'bench',
  reason: null,
  batchId: randomUUID(),
  correlationId: randomUUID(),
  rule: 'agent.merge',
  trust: 5,
});
