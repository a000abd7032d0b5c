import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { identityKey } from '@app/identity';
import { cleanText, deriveKey, INSTALLATION_SECRET } from '@app/kernel';
import { CustomersRepository, type CustomerDetailRow, type CustomerPlace } from '@app/persistence';
import { Cursors, type CursorScope } from '../http/cursor.js';
import { invalid, ProblemError } from '../http/problem.js';
import { toCustomer } from './customer.mapper.js';
import type { Customer, CustomerPage } from './customer.schema.js';
import { parseIdentityQuery } from './identity-query.js';
import { parseReference } from './reference.js';
import { toCustomerSearch } from './search-text.js';

const placeSchema: z.ZodType<CustomerPlace> = z.object({ rank: z.int(), at: z.string(), id: z.string() });

/** Finds and shows customers. */
@Injectable()
export class CustomersService {
  private readonly hmacKey: Buffer;

  constructor(
    @Inject(CustomersRepository) private readonly customers: CustomersRepository,
    @Inject(Cursors) private readonly cursors: Cursors,
    @Inject(INSTALLATION_SECRET) secret: string,
  ) {
    this.hmacKey = deriveKey(secret, 'identity-key');
  }

  /** Customers that match a text, best first; without a text the most recently active first. */
  async list(q: string | undefined, limit: number, cursor: string | undefined): Promise<CustomerPage> {
    const scope: CursorScope = { use: 'customers', filter: q ?? '' };
    const after = cursor === undefined ? undefined : this.cursors.open(scope, cursor, placeSchema, '/cursor');
    const places =
      q === undefined
        ? await this.customers.recent(limit + 1, after)
        : await this.customers.search(toCustomerSearch(q, this.hmacKey), limit + 1, after);
    const shown = places.slice(0, limit);
    const last = shown.at(-1);
    const rows = await this.customers.details(shown.map((place) => place.id));
    return {
      customers: rows.map(toCustomer),
      ...(places.length > limit && last !== undefined ? { next_cursor: this.cursors.seal(scope, last) } : {}),
    };
  }

  /**
   * The customer of an exact identity; for an address, the proven one first and then its unproven twin, marked.
   *
   * @throws ProblemError 422 for a text that names no identity
   */
  async byIdentity(identity: string): Promise<CustomerPage> {
    const name = parseIdentityQuery(cleanText(identity, { nul: 'remove' }).text);
    if ('fault' in name) throw invalid('/identity', name.fault, 'expected kind:value, for example phone:+84912345678');
    const kinds = name.kind === 'email' ? (['email', 'email_unverified'] as const) : [name.kind];
    const keys = kinds.map((kind) => identityKey(this.hmacKey, kind, name.scope, name.value));
    const matches = await this.customers.byIdentityKeys(keys);
    const kindOf = new Map([...matches].reverse().map((match) => [match.customer_id, match.kind]));
    const ids = [...new Set(matches.map((match) => match.customer_id))];
    const rows = await this.customers.details(ids);
    return {
      customers: rows.map((row) => {
        const kind = kindOf.get(row.id) ?? name.kind;
        return { ...toCustomer(row), match: { kind, verified: kind !== 'email_unverified' } };
      }),
    };
  }

  async one(publicCustomerId: string): Promise<Customer> {
    return toCustomer(await this.find(publicCustomerId));
  }

  /**
   * @param publicCustomerId `cus_…` or the `KH-…` reference
   * @param pointer of the part that names it, where it is not the address
   * @throws ProblemError 404 for an unknown one, 410 for an erased one
   */
  async find(publicCustomerId: string, pointer?: string): Promise<CustomerDetailRow> {
    const blame = (code: string) => (pointer === undefined ? {} : { errors: [{ pointer, code }] });
    const id = /^cus_(\d{1,18})$/.exec(publicCustomerId)?.[1] ?? (await this.idOfReference(publicCustomerId));
    const [row] = id === undefined ? [] : await this.customers.details([id]);
    if (row === undefined) throw new ProblemError('not-found', blame('unknown_customer'));
    if (row.status === 'erased') throw new ProblemError('customer-erased', blame('customer_erased'));
    return row;
  }

  private async idOfReference(text: string): Promise<string | undefined> {
    const ref = parseReference(text);
    return ref === undefined ? undefined : await this.customers.idOfRef(ref);
  }
}
