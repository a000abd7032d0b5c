import type { CustomerRow, OutboxRow, RelayedEntryRow } from '@app/persistence';
import type { ShownEntry } from './reference-consumer.js';

interface ModelIdentity {
  readonly id: string;
  readonly home: string;
  customer: string;
  version: number;
  erased: boolean;
}
interface ModelEntry {
  readonly id: string;
  readonly identity: ModelIdentity;
  revision: number;
}

/** Columns that the relay looks up when it reads the outbox. */
type LookedUp = 'owner_customer_id' | 'owner_version' | 'identity_state';
/** A row as it was written. */
export type WrittenRow = OutboxRow extends infer Row ? (Row extends OutboxRow ? Omit<Row, LookedUp> : never) : never;
/** What is peculiar to a kind of row. */
type Said = WrittenRow extends infer Row
  ? Row extends WrittenRow
    ? Omit<Row, 'id' | 'xid' | 'identity_id' | 'identity_kind' | 'correlation_id' | 'causation_id' | 'at'>
    : never
  : never;

const AT = new Date('2026-11-20T05:00:00.000Z');
const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/**
 * What the tables hold and what the outbox gets while people write, are joined, parted and erased; small enough to be
 * believed. Numbers that choose somebody count modulo those there are, so that every number is a valid choice.
 */
export class OutboxModel {
  /** Rows that nobody took yet, oldest first. */
  readonly outbox: WrittenRow[] = [];
  private readonly identities: ModelIdentity[] = [];
  private readonly entries: ModelEntry[] = [];
  private rows = 0;
  private decisions = 0;

  /** A person writes for the first time. */
  bear(): ModelIdentity {
    const number = this.identities.length + 1;
    const home = String(100 + number);
    const identity = { id: String(number), home, customer: home, version: 1, erased: false };
    this.identities.push(identity);
    this.put(identity.id, { kind: 'identity.state', payload: null });
    return identity;
  }

  /** Somebody writes; an erased person who writes again is a new one. */
  write(who: number): void {
    const known = this.identities[who % this.identities.length];
    const identity = known === undefined || known.erased ? this.bear() : known;
    const entry = { id: uuid(this.entries.length + 1), identity, revision: 1 };
    this.entries.push(entry);
    this.put(identity.id, { kind: 'entry.appended', entry_id: entry.id, reasons: null });
  }

  /** An entry is edited, or redacted when its person was erased. */
  change(which: number): void {
    const entry = this.entries[which % this.entries.length];
    if (entry === undefined) return;
    entry.revision += 1;
    this.put(entry.identity.id, { kind: 'entry.changed', entry_id: entry.id, reasons: ['edited'] });
  }

  /** One customer becomes part of another. */
  merge(who: number, into: number): void {
    const customers = this.customersInUse();
    const from = customers[who % customers.length];
    const others = customers.filter((id) => id !== from);
    const to = others[into % others.length];
    if (from === undefined || to === undefined) return;
    this.move('customer.merged', this.identitiesOf(from), from, to);
  }

  /** Some identities leave a customer for the home of the first of them. */
  unmerge(who: number, howMany: number): void {
    const customers = this.customersInUse().filter((id) => this.guestsOf(id).length > 0);
    const from = customers[who % customers.length];
    if (from === undefined) return;
    const guests = this.guestsOf(from);
    const moved = guests.slice(0, 1 + (howMany % guests.length));
    this.move('customer.unmerged', moved, from, moved[0]!.home);
  }

  /** @param order whether the rows about its identities come before the one about the customer, or after it */
  erase(who: number, order: number): void {
    const customers = this.customersInUse();
    const customer = customers[who % customers.length];
    if (customer === undefined) return;
    const identities = this.identitiesOf(customer);
    const writes = identities.map((identity) => () => this.eraseIdentity(identity));
    const payload = {
      erasure_id: uuid((this.decisions += 1)),
      customer_id: customer,
      identities: identities.map(({ id }) => id),
      effective_at: AT.toISOString(),
      requested_at: AT.toISOString(),
    };
    writes.push(() => this.put(identities[0]!.id, { kind: 'customer.erased', payload }));
    for (const write of order % 2 === 0 ? writes : writes.toReversed()) write();
  }

  /** Home customer of an identity, its customer now, and whether it was erased. */
  identity(id: string): Readonly<Pick<ModelIdentity, 'home' | 'customer' | 'erased'>> {
    return this.identities.find((identity) => identity.id === id)!;
  }

  /** Entries as their table holds them now, by id. */
  storedEntries(): ReadonlyMap<string, RelayedEntryRow> {
    return new Map(this.entries.map((entry) => [entry.id, storedEntry(entry)]));
  }

  /** A customer as the tables show it now. */
  storedCustomer(id: string): CustomerRow {
    const identities = this.identitiesOf(id);
    const moved = this.identities.find(({ home, customer }) => home === id && customer !== id);
    const erased = this.identities.some(({ home, customer, ...it }) => it.erased && (home === id || customer === id));
    return {
      id,
      ref: `KH-${id}`,
      status: erased ? 'erased' : identities.length === 0 ? 'merged' : 'active',
      canonical_id: moved?.customer ?? id,
      display_name: null,
      identities: identities.map((identity) => ({ id: identity.id, kind: 'phone' })),
      last_entry_at: null,
      entry_count: 0,
    };
  }

  /** What every consumer has to show in the end. */
  shown(): readonly ShownEntry[] {
    return this.entries
      .filter(({ identity }) => !identity.erased)
      .map(({ id, identity, revision }) => ({
        entry_id: `ent_${id}`,
        customer_id: `cus_${identity.customer}`,
        revision,
        text: textOf(id, revision),
      }));
  }

  private eraseIdentity(identity: ModelIdentity): void {
    identity.erased = true;
    identity.version += 1;
    const { id, customer, version } = identity;
    this.put(id, { kind: 'identity.state', payload: { customer_id: customer, version, status: 'erased' } });
  }

  private customersInUse(): readonly string[] {
    const inUse = this.identities.filter((identity) => !identity.erased).map((identity) => identity.customer);
    return [...new Set(inUse)].toSorted();
  }

  private identitiesOf(customer: string): readonly ModelIdentity[] {
    return this.identities.filter((identity) => identity.customer === customer && !identity.erased);
  }

  private guestsOf(customer: string): readonly ModelIdentity[] {
    return this.identitiesOf(customer).filter((identity) => identity.home !== customer);
  }

  private move(
    kind: 'customer.merged' | 'customer.unmerged',
    moved: readonly ModelIdentity[],
    from: string,
    to: string,
  ): void {
    for (const identity of moved) {
      identity.customer = to;
      identity.version += 1;
      const { version } = identity;
      this.put(identity.id, { kind: 'identity.state', payload: { customer_id: to, version, status: 'active' } });
    }
    const payload = {
      merge_id: String((this.decisions += 1)),
      undoes: null,
      from,
      to,
      identities: moved.map(({ id, version }) => ({ id, version })),
      rule: 'zalo.user_id_by_app',
      trust: 4,
      actor: 'system',
      reason: null,
    };
    this.put(moved[0]!.id, { kind, payload });
  }

  private put(identityId: string, said: Said): void {
    const id = String((this.rows += 1));
    const row = { id, xid: id, identity_id: identityId, identity_kind: 'phone', correlation_id: `c-${id}` };
    this.outbox.push({ ...row, causation_id: null, at: AT, ...said });
  }
}

const textOf = (entryId: string, revision: number): string => `Lời nhắn ${entryId}, bản ${revision}`;

function storedEntry({ id, identity, revision }: ModelEntry): RelayedEntryRow {
  return {
    id,
    identity_id: identity.id,
    conversation_id: uuid(0),
    account_id: 'oa-shop',
    channel: 'zalo',
    kind: 'message',
    direction: 'inbound',
    occurred_at: AT,
    received_at: AT,
    stored_at: AT,
    late: false,
    revision,
    body: { content: { type: 'text', text: textOf(id, revision) }, provider: { name: 'zalo', message_id: id } },
    changes: null,
    delivered_until: null,
    read_until: null,
    speaker_identity_id: null,
    answered_entry_id: null,
    post_excerpt: null,
    erased: identity.erased,
  };
}
