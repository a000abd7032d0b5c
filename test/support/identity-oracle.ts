import { cutGraph, linkKey, orderedPair, type GraphLink } from '@app/identity';
import type { Database } from '@app/persistence';

/** Evidence as somebody sent it; names are `kind:scope:value`. */
export interface SentProof {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
  readonly trust: number;
  /** RFC 3339. */
  readonly at: string;
}

/** What the store holds of identities and evidence, beside what the messages and the agents' decisions say. */
export interface OracleReport {
  readonly names: { readonly stored: readonly string[] };
  /** A line for each piece of evidence. */
  readonly evidence: { readonly stored: readonly string[]; readonly sent: readonly string[] };
  /** Customer by identity. */
  readonly pointers: { readonly stored: ReadonlyMap<string, string>; readonly right: ReadonlyMap<string, string> };
  /** How many people the evidence makes. */
  readonly people: number;
}

interface IdentityRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly customer_id: string;
  readonly home_customer_id: string;
  readonly pin: string | null;
}
interface LinkRow {
  readonly a: string;
  readonly b: string;
  readonly rule: string;
  readonly trust: number;
  readonly state: string;
  readonly evidence_at: Date;
}

/** For each pair and rule its earliest sight, whatever the order in which it came. */
function earliestOf(proofs: readonly SentProof[], idOf: (name: string) => string): GraphLink[] {
  const links = new Map<string, GraphLink>();
  for (const { from, to, rule, trust, at } of proofs) {
    if (from === to) continue;
    const link = { ...orderedPair(idOf(from), idOf(to)), rule, trust, evidenceAt: Date.parse(at) };
    const held = links.get(linkKey(link));
    if (held === undefined || held.evidenceAt > link.evidenceAt) links.set(linkKey(link), link);
  }
  return [...links.values()];
}

const lines = (links: readonly GraphLink[]): string[] =>
  links.map((link) => `${linkKey(link)} ${link.trust} ${link.evidenceAt}`).sort();

/**
 * Works out from what was sent who must be who. Of the store it takes the ids, and what agents decided: their own
 * links, and which evidence they took back.
 *
 * @throws Error when somebody who was named is not in the store
 */
export async function askOracle(database: Database, proofs: readonly SentProof[]): Promise<OracleReport> {
  const identities = await database.query<IdentityRow>(
    `SELECT i.id::text, concat_ws(':', i.kind, i.scope, i.value) AS name, i.kind, i.scope, i.customer_id::text,
            i.home_customer_id::text, h.pin::text
       FROM identity i JOIN customer h ON h.id = i.home_customer_id`,
  );
  const ids = new Map(identities.map(({ id, name }) => [name, id]));
  const sent = earliestOf(proofs, (name) => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`Nobody is ${name}`);
    return id;
  });
  const stored = (
    await database.query<LinkRow>('SELECT a::text, b::text, rule, trust, state, evidence_at FROM link')
  ).map((link) => ({ ...link, evidenceAt: link.evidence_at.getTime() }));
  const machine = stored.filter(({ trust }) => trust < 5);
  const revoked = machine.filter(({ state }) => state === 'revoked');
  const gone = new Set(revoked.map(linkKey));
  const agents = stored.filter(({ trust, state }) => trust === 5 && state !== 'revoked');
  const { parts } = cutGraph({
    nodes: identities.map((one) => ({ ...one, homeCustomerId: one.home_customer_id, shared: false })),
    links: [...sent.filter((link) => !gone.has(linkKey(link))), ...agents],
    forbidden: [],
    parted: revoked.map(({ a, b }) => ({ a, b })),
  });
  return {
    names: { stored: identities.map(({ name }) => name) },
    evidence: { stored: lines(machine), sent: lines(sent) },
    pointers: {
      stored: new Map(identities.map(({ id, customer_id: customer }) => [id, customer])),
      right: new Map(
        parts.flatMap(({ rootCustomerId, members }) => members.map((id) => [id, rootCustomerId] as const)),
      ),
    },
    people: parts.length,
  };
}
