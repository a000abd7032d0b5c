/** What every row of the outbox has. */
interface OutboxColumns {
  readonly id: string;
  /** Number of the transaction that wrote it. */
  readonly xid: string;
  readonly identity_id: string;
  readonly identity_kind: string;
  readonly identity_state: string;
  /** Who owns the identity in the public stream so far, and since which version. */
  readonly owner_customer_id: string;
  readonly owner_version: number;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly at: Date;
}

/** An entry is new, or changed. */
export interface EntryOutboxRow extends OutboxColumns {
  readonly kind: 'entry.appended' | 'entry.changed';
  readonly entry_id: string;
  readonly reasons: readonly string[] | null;
}

/** An identity was born (no payload), or it moved or was erased. */
export interface IdentityOutboxRow extends OutboxColumns {
  readonly kind: 'identity.state';
  readonly payload: {
    readonly customer_id: string;
    readonly version: number;
    readonly status: 'active' | 'erased';
  } | null;
}

/** Identities went from one customer to another. */
export interface MoveOutboxRow extends OutboxColumns {
  readonly kind: 'customer.merged' | 'customer.unmerged';
  readonly payload: {
    /** Number of the row of the graph log, and of the one that it takes back. */
    readonly merge_id: string;
    readonly undoes: string | null;
    /** Merged: absorbed, has no identities left. Unmerged: the source. */
    readonly from: string;
    /** Merged: survives. Unmerged: restored. */
    readonly to: string;
    readonly identities: readonly { readonly id: string; readonly version: number }[];
    readonly rule: string;
    readonly trust: number | null;
    /** `system`, or the name of an agent. */
    readonly actor: string;
    /** What the agent wrote. Never published: it may say anything about anybody. */
    readonly reason: string | null;
  };
}

/** A customer was erased. */
export interface ErasureOutboxRow extends OutboxColumns {
  readonly kind: 'customer.erased';
  readonly payload: {
    readonly erasure_id: string;
    readonly customer_id: string;
    readonly identities: readonly string[];
    /** RFC 3339 or as PostgreSQL writes an instant into JSON. */
    readonly effective_at: string;
    readonly requested_at: string;
  };
}

/** A row of the outbox. */
export type OutboxRow = EntryOutboxRow | IdentityOutboxRow | MoveOutboxRow | ErasureOutboxRow;

/** Identities that a move or an erasure names, besides the one that every row has. */
export function namedIdentities(row: OutboxRow): readonly string[] {
  switch (row.kind) {
    case 'customer.merged':
    case 'customer.unmerged':
      return row.payload.identities.map(({ id }) => id);
    case 'customer.erased':
      return row.payload.identities;
    default:
      return [];
  }
}

/** Tells whether the row is about an entry. */
export const isEntry = (row: OutboxRow): row is EntryOutboxRow =>
  row.kind === 'entry.appended' || row.kind === 'entry.changed';
