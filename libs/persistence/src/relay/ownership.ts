/** The customer that an identity belongs to, and the version of that mapping. */
export interface Owner {
  readonly customerId: string;
  readonly version: number;
}

/** An identity as the public stream knows it. */
export interface OwnedIdentity extends Owner {
  readonly identityId: string;
}

/**
 * Who owns which identity in the public stream, at one place of it.
 *
 * Only an announced move changes it. An entry that is published belongs to the owner of this view, never to the one in
 * the tables: those may already know of a move that no reader was told of.
 */
export class Ownership {
  private readonly owners = new Map<string, Owner>();
  private readonly moved = new Set<string>();

  /** @param identities every identity that will be asked for or moved */
  constructor(identities: Iterable<OwnedIdentity>) {
    for (const { identityId, customerId, version } of identities) this.owners.set(identityId, { customerId, version });
  }

  /** @throws Error for an identity that the view was not given, which only a broken store can cause */
  of(identityId: string): Owner {
    const owner = this.owners.get(identityId);
    if (owner === undefined) throw new Error(`the outbox names identity ${identityId}, which does not exist`);
    return owner;
  }

  /** Applies a move, unless a later one of this identity was applied already. */
  move(identityId: string, owner: Owner): void {
    if (owner.version <= this.of(identityId).version) return;
    this.owners.set(identityId, owner);
    this.moved.add(identityId);
  }

  /** Identities that moved, as they stand now. */
  changed(): readonly OwnedIdentity[] {
    return [...this.moved].map((identityId) => ({ identityId, ...this.of(identityId) }));
  }
}
