/** An identity that a batch speaks of; born with a customer of its own when it is new. */
export interface IdentityWrite {
  /** 32 hexadecimal digits: the first 128 bits of the HMAC over kind, scope and value. */
  readonly key: string;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  /** When the batch first speaks of it, in its own order; RFC 3339. */
  readonly seenAt: string;
  /** The latest instant at which the batch speaks of it. */
  readonly latestAt: string;
  readonly correlationId: string;
  /** Used by several people from the start, for example a desk's mailbox: it never joins anybody. */
  readonly shared: boolean;
}

/** A new entry. Times are RFC 3339; `body` is JSON. */
export interface EntryWrite {
  readonly id: string;
  /** By what others may name it besides its id, for example the Message-ID of a mail; several entries may share one. */
  readonly alias?: string;
  /** Bytes that were kept for it, `sha256:<hexadecimal>`; what nobody refers to is removed some day. */
  readonly keptBytes: readonly string[];
  readonly identityKey: string;
  readonly conversationId: string;
  /** The provider's own thread. */
  readonly threadId: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly accountId: string;
  readonly channel: string;
  readonly kind: string;
  readonly direction: 'inbound' | 'outbound';
  readonly occurredAt: string;
  readonly receivedAt: string;
  /** Something that happened later in its conversation stands earlier in the batch. */
  readonly lateInBatch: boolean;
  readonly body: string;
  readonly raw: Buffer | null;
}

/** An edit, deletion, reaction, receipt or report of the entry that it names, which may not exist yet. */
export interface ChangeWrite {
  readonly id: string;
  /** Id of the entry, or with `byAlias` what all entries that it means are called. */
  readonly entryId: string;
  readonly byAlias: boolean;
  readonly type: string;
  readonly occurredAt: string;
  readonly body: string;
  /** Absent in a report that names nobody. */
  readonly identityKey: string | undefined;
  readonly accountId: string;
  readonly channel: string;
  readonly correlationId: string;
}

/** An attachment whose bytes are to be fetched from its provider. */
export interface MediaWrite {
  readonly entryId: string;
  readonly locator: string;
  /** How the locator is to be read, as in the attachment. */
  readonly source: string;
  readonly accountId: string;
  /** Absent in a report that names nobody. */
  readonly identityKey: string | undefined;
  /** When the message or its edit happened; RFC 3339. */
  readonly at: string;
}

/** Everything that the business sent in a conversation until then was delivered or read. */
export interface WatermarkWrite {
  readonly conversationId: string;
  readonly threadId: string;
  /** When the receipt happened; RFC 3339. */
  readonly seenAt: string;
  readonly accountId: string;
  readonly channel: string;
  readonly identityKey: string;
  readonly deliveredUntil: string | null;
  readonly readUntil: string | null;
}

/** Something observed about an identity, for example its name. */
export interface FactWrite {
  readonly identityKey: string;
  readonly key: string;
  readonly value: string;
  readonly folded: string;
  readonly trust: number;
  readonly observedAt: string;
  readonly sourceEntry: string;
}

/** A stored change, as the fold reads it. */
export interface ChangeRow {
  readonly id: string;
  readonly entry_id: string;
  readonly type: string;
  readonly occurred_at: Date;
  readonly body: Readonly<Record<string, unknown>>;
}
