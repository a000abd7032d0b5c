import { namesOnePerson, type CustomerRecord } from '@app/identity';
import { publicId, SuggestionsRepository, type Database } from '@app/persistence';
import { toSuggestions } from '../../apps/timeline/src/graph/suggestions.mapper.js';
import type { PlacedIdentity, PrecisionRecall } from './partition-quality.js';
import { identityText, type LogTruth } from './omnichannel/truth.js';

/** Two customers, the smaller id first, as one text. */
type PairText = string;

const pairText = (one: string, other: string): PairText =>
  BigInt(one) < BigInt(other) ? `${one} ${other}` : `${other} ${one}`;

/** A suggestion of a program. */
export interface SuggestedPair {
  readonly one: string;
  readonly other: string;
  /** `strong`, `medium`, `weak`, or a probability from 0 to 1. */
  readonly strength: string | number;
}

/** Which customers are one person, as far as customers are one person's at all. */
export class CustomerTruth {
  private readonly personOf = new Map<string, number>();
  private readonly customersOf = new Map<number, string[]>();
  private readonly customerOf = new Map<string, string>();

  constructor(
    identities: readonly PlacedIdentity[],
    private readonly truth: LogTruth,
  ) {
    for (const one of identities) {
      const text = identityText(one, one.epoch);
      this.customerOf.set(text, one.customer_id);
      const owners = truth.ownersOf.get(text);
      if (owners?.size !== 1 || this.personOf.has(one.customer_id)) continue;
      const [person] = owners;
      this.personOf.set(one.customer_id, person!);
      this.customersOf.set(person!, [...(this.customersOf.get(person!) ?? []), one.customer_id]);
    }
  }

  /** Every pair of customers that are one person. */
  pairs(): ReadonlySet<PairText> {
    return new Set(
      [...this.customersOf.values()].flatMap((list) =>
        list.flatMap((one, at) => list.slice(at + 1).map((other) => pairText(one, other))),
      ),
    );
  }

  /** Those of which one said, without proof, to be the other, or both said to be the same. */
  saidPairs(): ReadonlySet<PairText> {
    const sayers = new Map<string, string[]>();
    for (const [one, other] of this.truth.sayings) {
      sayers.set(other, [...(sayers.get(other) ?? [other]), one]);
    }
    const pairs = this.pairs();
    const said = [...sayers.values()].flatMap((texts) => {
      const customers = [...new Set(texts.flatMap((text) => this.customerOf.get(text) ?? []))];
      return customers.flatMap((one, at) => customers.slice(at + 1).map((other) => pairText(one, other)));
    });
    return new Set(said.filter((pair) => pairs.has(pair)));
  }

  /** @param among the pairs that should be found */
  judge(
    suggested: readonly SuggestedPair[],
    among: ReadonlySet<PairText>,
  ): PrecisionRecall & { readonly count: number } {
    const right = new Set<PairText>();
    const wrong = new Set<PairText>();
    for (const { one, other } of suggested) {
      const [person, another] = [this.personOf.get(one), this.personOf.get(other)];
      // A number of several people is neither right nor wrong.
      if (person === undefined || another === undefined) continue;
      (person === another ? right : wrong).add(pairText(one, other));
    }
    const found = [...right].filter((pair) => among.has(pair)).length;
    const count = right.size + wrong.size;
    return {
      count,
      precision: count === 0 ? 1 : right.size / count,
      recall: among.size === 0 ? 1 : found / among.size,
    };
  }
}

/** What the API would suggest of every customer. @param workers questions at once */
export async function storedSuggestions(
  database: Database,
  customers: readonly string[],
  workers: number,
): Promise<SuggestedPair[]> {
  const repository = new SuggestionsRepository(database);
  const internal = new Map(customers.map((id) => [publicId.customer(id), id]));
  const queue = [...customers];
  const suggested: SuggestedPair[] = [];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
        for (const { customer, strength } of toSuggestions(await repository.find(one), one)) {
          suggested.push({ one, other: internal.get(customer.customer_id)!, strength });
        }
      }
    }),
  );
  return suggested;
}

interface RecordRow {
  readonly id: string;
  readonly names: readonly string[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly accounts: readonly { readonly kind: string; readonly scope: string }[];
}

/** What is known of each customer, for a score: names, own and claimed numbers and addresses, accounts. */
export async function customerRecords(database: Database): Promise<CustomerRecord[]> {
  const rows = await database.query<RecordRow>(
    `WITH said AS (
       SELECT customer_id, kind, value FROM identity WHERE kind IN ('phone', 'email', 'email_unverified') AND state = 'active'
       UNION
       SELECT i.customer_id, c.kind, c.value FROM claim c JOIN identity i ON i.id = c.identity_id WHERE c.trust > 0)
     SELECT c.id::text,
            ARRAY(SELECT DISTINCT f.value FROM identity i JOIN fact f ON f.identity_id = i.id AND f.key = 'name'
                   WHERE i.customer_id = c.id ORDER BY 1) AS names,
            ARRAY(SELECT value FROM said s WHERE s.customer_id = c.id AND s.kind = 'phone' ORDER BY 1) AS phones,
            ARRAY(SELECT DISTINCT value FROM said s WHERE s.customer_id = c.id AND s.kind LIKE 'email%' ORDER BY 1) AS emails,
            coalesce((SELECT jsonb_agg(DISTINCT jsonb_build_object('kind', i.kind, 'scope', i.scope)) FROM identity i
                       WHERE i.customer_id = c.id), '[]') AS accounts
       FROM customer c WHERE c.status = 'active' AND c.kind = 'person' ORDER BY c.id`,
  );
  return rows.map(({ accounts, ...row }) => ({
    ...row,
    addresses: [],
    orderNumbers: [],
    accountScopes: accounts.filter(({ kind }) => namesOnePerson(kind)).map(({ kind, scope }) => `${kind} ${scope}`),
  }));
}
