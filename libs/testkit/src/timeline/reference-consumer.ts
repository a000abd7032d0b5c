import type { CustomerErased, CustomerMerged, CustomerUnmerged, EntryAppended } from '@app/contracts';

/** A record of the topic `timeline`, as far as a projection needs it. */
export interface TimelineRecord {
  readonly type: string;
  readonly data: unknown;
}

/** Who an identity belongs to, and the version of that. */
interface Mapping {
  readonly customerId: string;
  readonly version: number;
}

interface HeldEntry {
  readonly identityId: string;
  readonly mapping: Mapping;
  readonly revision: number;
  readonly text: string | undefined;
}

/** An entry where a consumer shows it. */
export interface ShownEntry {
  readonly entry_id: string;
  readonly customer_id: string;
  readonly revision: number;
  readonly text: string | undefined;
}

/**
 * The smallest consumer of the topic `timeline` that the contract allows (stream contract, section 7): it keeps entries
 * and shows each with its customer. It may read partitions in any order and records more than once.
 *
 * Its three rules are methods, so that a test can take one away and see what it was for.
 */
export class ReferenceConsumer {
  private readonly owners = new Map<string, Mapping>();
  private readonly erased = new Set<string>();
  private readonly entries = new Map<string, HeldEntry>();

  /** Takes a record; one of a type that it does not know changes nothing. */
  read({ type, data }: TimelineRecord): void {
    switch (type) {
      case 'omni.timeline.entry.appended':
      case 'omni.timeline.entry.changed':
        this.keep(data as EntryAppended);
        break;
      case 'omni.customer.merged':
        this.move((data as CustomerMerged).survivor_customer_id, data as CustomerMerged);
        break;
      case 'omni.customer.unmerged':
        this.move((data as CustomerUnmerged).restored_customer_id, data as CustomerUnmerged);
        break;
      case 'omni.customer.erased':
        this.forget((data as CustomerErased).identities);
        break;
    }
  }

  /** Every entry with the customer it belongs to now, in the order of their ids. */
  shown(): readonly ShownEntry[] {
    return [...this.entries]
      .map(([entry_id, { identityId, mapping, revision, text }]) => ({
        entry_id,
        customer_id: this.ownerOf(identityId, mapping).customerId,
        revision,
        text,
      }))
      .toSorted((a, b) => (a.entry_id < b.entry_id ? -1 : 1));
  }

  /** Rule 1: a mapping is applied only when its version is higher than that of the one held. */
  protected supersedes(offered: Mapping, held: Mapping | undefined): boolean {
    return held === undefined || offered.version > held.version;
  }

  /** Rule 2: an entry belongs to whom the newer of its own mapping and the one held says. */
  protected ownerOf(identityId: string, mapping: Mapping): Mapping {
    const held = this.owners.get(identityId);
    return held !== undefined && held.version > mapping.version ? held : mapping;
  }

  /** Rule 3: entries of an erased identity are dropped, also those that come later. */
  protected isErased(identityId: string): boolean {
    return this.erased.has(identityId);
  }

  private keep({ identity_id, customer_id, identity_version, entry }: EntryAppended): void {
    if (this.isErased(identity_id)) return;
    const held = this.entries.get(entry.entry_id);
    if (held !== undefined && held.revision >= entry.revision) return;
    this.entries.set(entry.entry_id, {
      identityId: identity_id,
      mapping: { customerId: customer_id, version: identity_version },
      revision: entry.revision,
      text: entry.content?.text,
    });
  }

  private move(customerId: string, { identities }: Pick<CustomerMerged, 'identities'>): void {
    for (const { identity_id, version } of identities) {
      const offered = { customerId, version };
      if (this.supersedes(offered, this.owners.get(identity_id))) this.owners.set(identity_id, offered);
    }
  }

  private forget(identities: readonly string[]): void {
    for (const id of identities) this.erased.add(id);
    for (const [id, { identityId }] of this.entries) if (identities.includes(identityId)) this.entries.delete(id);
  }
}
