import { arrayOf } from '../array-literal.js';
import type { Database, NamedStatement, Queryable } from '../database.js';
import { KEEP_POSTS, valuesOfPosts, type PostWrite } from '../posts/keep-posts.js';
import { ENTRY_COLUMNS, type EntryChanges, type EntryRow } from '../timeline/stored-entry.js';
import { ResolvedIdentities, type IdentityEpoch } from './resolved-identities.js';
import type {
  ChangeRow,
  ChangeWrite,
  EntryWrite,
  FactWrite,
  IdentityWrite,
  MediaWrite,
  WatermarkWrite,
} from './writes.js';
import { LOCATOR_KEY } from '../media/locator-key.js';

/** How many rows of an account a statement really inserted; the rest of what was offered are repeats. */
export interface InsertedCount {
  readonly account_id: string;
  readonly channel: string;
  readonly inserted: number;
  /** How many of them were made by reports, which are kept as changes besides. */
  readonly reported: number;
}

/** What the fold makes of an entry. */
export interface FoldResult {
  readonly changes: EntryChanges;
  /** Empty: the entry already shows this. */
  readonly reasons: readonly string[];
  /** Where the entry stands from now on; absent: where it stood. */
  readonly place?: { readonly occurredAt: Date; readonly receivedAt: Date };
}

const statement = (name: string, text: string): NamedStatement => ({ name, text });

const RESOLVE = statement(
  'unify-resolve',
  `SELECT k.h AS key_hash, i.id, i.epoch, i.valid_to, i.state = 'erased' AS erased
     FROM unnest($1::uuid[]) AS k(h)
     JOIN identity i ON i.key_hash = k.h`,
);

/** Each unseen key is born with a customer of its own. Losers of a race are read again in a new statement. */
const BIRTHS = statement(
  'unify-births',
  `WITH k AS MATERIALIZED (
     SELECT *, nextval('customer_number') AS number
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::int[],
           $9::timestamptz[], $10::text[])
         AS k(key_hash, kind, scope, value, seen_at, correlation_id, searchable, epoch, valid_from, state)),
   i AS (
     INSERT INTO identity (kind, scope, value, key_hash, customer_id, home_customer_id, first_seen, last_seen, epoch, valid_from, state)
     SELECT kind, scope, value, key_hash, number, number, seen_at, seen_at, epoch, valid_from, state FROM k ORDER BY key_hash
     ON CONFLICT DO NOTHING
     RETURNING id, key_hash, kind, customer_id, epoch, state),
   c AS (
     INSERT INTO customer (id, ref, kind)
     SELECT customer_id, customer_ref(customer_id),
            CASE WHEN kind = 'sender_label' THEN 'label' WHEN state = 'shared' THEN 'organisation' ELSE 'person' END
       FROM i),
   f AS (
     INSERT INTO fact (identity_id, key, value, folded, trust, observed_at)
     SELECT i.id, 'identifier', k.value, k.searchable, 1, k.seen_at FROM i JOIN k USING (key_hash) WHERE k.searchable <> ''
     ORDER BY i.id),
   o AS (
     INSERT INTO outbox (kind, identity_id, correlation_id)
     SELECT 'identity.state', i.id, k.correlation_id FROM i JOIN k USING (key_hash))
   SELECT key_hash, id, epoch, NULL::timestamptz AS valid_to, false AS erased FROM i`,
);

/** Entries, their conversations and the outbox in one atomic statement; repeats fall on the primary key. */
const ENTRIES = statement(
  'unify-entries',
  `WITH n AS (
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::text[], $10::timestamptz[], $11::timestamptz[], $12::boolean[], $13::jsonb[], $14::bytea[])
       AS n(id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind,
         direction, occurred_at, received_at, late_in_batch, body, raw)),
   e AS (
     INSERT INTO entry (id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, kind,
         direction, occurred_at, received_at, late, body, raw)
     SELECT n.id, n.identity_id, n.conversation_id, n.event_id, n.correlation_id, n.account_id, n.channel, n.kind,
         n.direction, n.occurred_at, n.received_at, n.late_in_batch OR coalesce(n.occurred_at < c.last_at, false), n.body, n.raw
       FROM n LEFT JOIN conversation c ON c.id = n.conversation_id
      ORDER BY n.id
     ON CONFLICT (id) DO NOTHING
     RETURNING id, identity_id, conversation_id, event_id, correlation_id, account_id, channel, occurred_at,
         body ?| ARRAY['call', 'order'] AS reported),
   c AS (
     INSERT INTO conversation (id, account_id, channel, identity_id, last_at, entries)
     SELECT conversation_id, min(account_id), min(channel), min(identity_id), max(occurred_at), count(*)
       FROM e GROUP BY conversation_id ORDER BY conversation_id
     ON CONFLICT (id) DO UPDATE SET
       last_at = greatest(conversation.last_at, excluded.last_at), entries = conversation.entries + excluded.entries),
   o AS (
     INSERT INTO outbox (kind, identity_id, entry_id, correlation_id, causation_id)
     SELECT 'entry.appended', identity_id, id, correlation_id, event_id FROM e)
   SELECT account_id, channel, count(*)::int AS inserted, count(*) FILTER (WHERE reported)::int AS reported FROM e GROUP BY 1, 2`,
);

/** A job that is done already comes back with a repeat, and ends when it is looked at. */
const MEDIA = statement(
  'unify-media',
  `INSERT INTO media_job (entry_id, locator_key, locator, source, account_id)
   SELECT entry_id, ${LOCATOR_KEY('locator')}, locator, source, account_id
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS k(entry_id, locator, source, account_id)
    ORDER BY 1, 2
   ON CONFLICT DO NOTHING`,
);

const CHANGES = statement(
  'unify-changes',
  `WITH n AS (
     INSERT INTO change (id, entry_id, type, occurred_at, body, correlation_id)
     SELECT id, entry_id, type, occurred_at, body, correlation_id
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::jsonb[], $6::text[])
         AS k(id, entry_id, type, occurred_at, body, correlation_id)
      ORDER BY id
     ON CONFLICT (id) DO NOTHING
     RETURNING id)
   SELECT id FROM n`,
);

const ALIASES = statement(
  'unify-aliases',
  `INSERT INTO entry_alias (alias_id, entry_id)
   SELECT DISTINCT k.alias_id, k.entry_id
     FROM unnest($1::uuid[], $2::uuid[]) AS k(alias_id, entry_id) JOIN entry e ON e.id = k.entry_id
    ORDER BY 1, 2
   ON CONFLICT DO NOTHING`,
);

/** Of an entry that an erasure has emptied meanwhile too: its sweep then finds the bytes. */
const REFERENCES = statement(
  'unify-blob-references',
  `INSERT INTO blob_reference (blob_id, entry_id)
   SELECT k.blob_id, k.entry_id
     FROM unnest($1::text[], $2::uuid[]) AS k(blob_id, entry_id) JOIN entry e ON e.id = k.entry_id
    ORDER BY 1, 2
   ON CONFLICT DO NOTHING`,
);

const WATERMARKS = statement(
  'unify-watermarks',
  `INSERT INTO conversation (id, account_id, channel, identity_id, delivered_until, read_until)
   SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[]) AS k(id, a, c, i, d, r)
   ORDER BY id
   ON CONFLICT (id) DO UPDATE SET
     delivered_until = greatest(conversation.delivered_until, excluded.delivered_until),
     read_until = greatest(conversation.read_until, excluded.read_until)`,
);

const FACTS = statement(
  'unify-facts',
  `INSERT INTO fact (identity_id, key, value, folded, trust, observed_at, source_entry)
   SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::timestamptz[], $7::uuid[])
     AS k(identity_id, key, value, folded, trust, observed_at, source_entry)
   ORDER BY identity_id, key
   ON CONFLICT (identity_id, key) DO UPDATE SET
     value = excluded.value, folded = excluded.folded, trust = excluded.trust,
     observed_at = excluded.observed_at, source_entry = excluded.source_entry
   WHERE (fact.trust, fact.observed_at, fact.value) < (excluded.trust, excluded.observed_at, excluded.value)`,
);

/** What is addressed by an alias may have been applied to another entry of that name: such entries are folded each time. */
const PENDING = statement(
  'unify-pending-changes',
  `SELECT DISTINCT c.entry_id
     FROM unnest($1::uuid[]) AS k(id)
     JOIN change c ON c.entry_id = k.id AND NOT c.applied
     JOIN entry e ON e.id = k.id
   UNION
   SELECT a.entry_id
     FROM unnest($2::uuid[]) AS k(id)
     JOIN entry_alias a ON a.alias_id = k.id
     JOIN change c ON c.entry_id = k.id`,
);

const LOCK_ENTRIES = statement(
  'unify-lock-entries',
  `SELECT ${ENTRY_COLUMNS} FROM entry e JOIN conversation c ON c.id = e.conversation_id
    WHERE e.id = ANY($1::uuid[]) AND (SELECT state FROM identity i WHERE i.id = e.identity_id) <> 'erased'
    ORDER BY e.id FOR UPDATE OF e`,
);

const CHANGES_OF = statement(
  'unify-changes-of',
  `SELECT id, entry_id, type, occurred_at, body FROM change WHERE entry_id = ANY($1::uuid[])
   UNION ALL
   SELECT c.id, a.entry_id, c.type, c.occurred_at, c.body
     FROM entry_alias a JOIN change c ON c.entry_id = a.alias_id WHERE a.entry_id = ANY($1::uuid[])
   ORDER BY entry_id, occurred_at, id`,
);

const APPLY = statement(
  'unify-apply',
  `WITH k AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::jsonb[], $3::jsonb[], $4::timestamptz[], $5::timestamptz[])
       AS k(id, changes, reasons, occurred_at, received_at)),
   e AS (
     UPDATE entry SET changes = k.changes, revision = entry.revision + 1,
            occurred_at = coalesce(k.occurred_at, entry.occurred_at), received_at = coalesce(k.received_at, entry.received_at)
       FROM k WHERE entry.id = k.id
     RETURNING entry.id, entry.identity_id, entry.correlation_id, k.reasons)
   INSERT INTO outbox (kind, identity_id, entry_id, reasons, correlation_id)
   SELECT 'entry.changed', identity_id, id, ARRAY(SELECT jsonb_array_elements_text(reasons)), correlation_id FROM e`,
);

/** Whoever adds an entry to a conversation locks it too, so that the next statement sees all that counts. */
const LOCK_CONVERSATIONS = statement(
  'unify-lock-conversations',
  'SELECT id FROM conversation WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE',
);

const NEWEST = statement(
  'unify-newest',
  `UPDATE conversation SET last_at = (
     SELECT e.occurred_at FROM entry e
      WHERE e.identity_id = conversation.identity_id AND e.conversation_id = conversation.id
      ORDER BY e.occurred_at DESC LIMIT 1)
    WHERE id = ANY($1::uuid[])`,
);

const MARK_APPLIED = statement(
  'unify-mark-applied',
  'UPDATE change SET applied = true WHERE id = ANY($1::text[]) AND NOT applied',
);

/** A commit that waits for the disk takes all earlier ones along, whichever session made them. */
const FLUSH = statement('unify-flush', `SELECT pg_logical_emit_message(true, 'omniline', '')`);

/** Kinds whose value people search by. */
const SEARCHABLE = new Set(['phone', 'email', 'email_unverified']);

/**
 * The statements of a batch: set-based, atomic and idempotent each, so that a crash after any of them leaves a prefix
 * that a redelivery completes. Rows are locked in sorted order everywhere, so batches never wait for each other in a
 * circle (identity design, section 4).
 *
 * The statements need not wait for the disk one by one: {@link UnifyRepository.flush} ends a batch, and its offset moves
 * only after that.
 */
export class UnifyRepository {
  /**
   * @param database runs the statements; best with `relaxedCommits` and `genericPlans`
   * @param durable runs the flush; its commits must wait for the disk
   */
  constructor(
    private readonly database: Database,
    private readonly durable: Database,
  ) {}

  /** Resolves when everything that this repository wrote before the call is on disk. */
  async flush(): Promise<void> {
    await this.durable.query(FLUSH);
  }

  /**
   * Finds or makes the identities, each new one with its home customer. A name whose last owner is gone, and which is
   * seen after that, gets a new one.
   */
  async resolveIdentities(identities: readonly IdentityWrite[]): Promise<ResolvedIdentities> {
    const resolved = new ResolvedIdentities();
    resolved.add(await this.find(identities.map((identity) => identity.key)));
    const isUnseen = ({ key, latestAt }: IdentityWrite): boolean => resolved.epochAt(key, latestAt) === undefined;
    const unseen = identities.filter(isUnseen);
    if (unseen.length === 0) return resolved;
    resolved.add(await this.bear(unseen, resolved));
    // Whoever lost a race for a key is found in a new statement, which sees what the winner committed.
    const lost = unseen.filter(isUnseen);
    if (lost.length > 0) resolved.add(await this.find(lost.map((identity) => identity.key)));
    return resolved;
  }

  private async bear(unseen: readonly IdentityWrite[], known: ResolvedIdentities): Promise<readonly IdentityEpoch[]> {
    const before = unseen.map((identity) => known.latest(identity.key));
    return await this.database.query<IdentityEpoch>(BIRTHS, [
      arrayOf.plain(unseen.map((identity) => identity.key)),
      unseen.map((identity) => identity.kind),
      unseen.map((identity) => identity.scope),
      unseen.map((identity) => identity.value),
      unseen.map((identity) => identity.seenAt),
      unseen.map((identity) => identity.correlationId),
      unseen.map((identity) => (SEARCHABLE.has(identity.kind) ? identity.value.toLowerCase() : '')),
      before.map((epoch) => (epoch === undefined ? 0 : epoch.epoch + 1)),
      before.map((epoch) => epoch?.valid_to ?? null),
      unseen.map((identity) => (identity.shared ? 'shared' : 'active')),
    ]);
  }

  private async find(keys: readonly string[]): Promise<readonly IdentityEpoch[]> {
    return await this.database.query<IdentityEpoch>(RESOLVE, [arrayOf.plain(keys)]);
  }

  /**
   * Inserts entries, conversations and outbox rows.
   *
   * @param entries of identities that are not erased
   * @returns how many of each account were new
   */
  async insertEntries(
    entries: readonly EntryWrite[],
    identities: ResolvedIdentities,
  ): Promise<readonly InsertedCount[]> {
    if (entries.length === 0) return [];
    return await this.database.query<InsertedCount>(ENTRIES, [
      arrayOf.plain(entries.map((entry) => entry.id)),
      arrayOf.plain(entries.map((entry) => identities.idAt(entry.identityKey, entry.occurredAt)!)),
      arrayOf.plain(entries.map((entry) => entry.conversationId)),
      arrayOf.text(entries.map((entry) => entry.eventId)),
      arrayOf.text(entries.map((entry) => entry.correlationId)),
      arrayOf.text(entries.map((entry) => entry.accountId)),
      arrayOf.text(entries.map((entry) => entry.channel)),
      arrayOf.plain(entries.map((entry) => entry.kind)),
      arrayOf.plain(entries.map((entry) => entry.direction)),
      arrayOf.plain(entries.map((entry) => entry.occurredAt)),
      arrayOf.plain(entries.map((entry) => entry.receivedAt)),
      arrayOf.plain(entries.map((entry) => entry.lateInBatch)),
      arrayOf.json(entries.map((entry) => entry.body)),
      arrayOf.bytes(entries.map((entry) => entry.raw)),
    ]);
  }

  /** Notes what entries are called; before {@link applyChanges}, after {@link insertEntries}. */
  async nameEntries(entries: readonly EntryWrite[]): Promise<void> {
    const called = entries.filter(({ alias }) => alias !== undefined);
    if (called.length === 0) return;
    await this.database.query(ALIASES, [
      arrayOf.plain(called.map(({ alias }) => alias!)),
      arrayOf.plain(called.map(({ id }) => id)),
    ]);
  }

  /** Notes which bytes were kept for entries; after {@link insertEntries}. */
  async referToBytes(entries: readonly EntryWrite[]): Promise<void> {
    const references = entries.flatMap(({ id, keptBytes }) => keptBytes.map((blob) => ({ id, blob })));
    if (references.length === 0) return;
    await this.database.query(REFERENCES, [
      arrayOf.text(references.map(({ blob }) => blob)),
      arrayOf.plain(references.map(({ id }) => id)),
    ]);
  }

  /** Queues what is to be fetched: later, elsewhere, so that no message waits for its picture. */
  async queueMedia(media: readonly MediaWrite[]): Promise<void> {
    if (media.length === 0) return;
    await this.database.query(MEDIA, [
      arrayOf.plain(media.map((one) => one.entryId)),
      arrayOf.text(media.map((one) => one.locator)),
      arrayOf.text(media.map((one) => one.source)),
      arrayOf.text(media.map((one) => one.accountId)),
    ]);
  }

  /** Stores changes; they wait when their entry has not come yet. @returns ids of the new ones */
  async insertChanges(changes: readonly ChangeWrite[]): Promise<ReadonlySet<string>> {
    if (changes.length === 0) return new Set();
    const rows = await this.database.query<{ id: string }>(CHANGES, [
      changes.map((change) => change.id),
      changes.map((change) => change.entryId),
      changes.map((change) => change.type),
      changes.map((change) => change.occurredAt),
      changes.map((change) => change.body),
      changes.map((change) => change.correlationId),
    ]);
    return new Set(rows.map((row) => row.id));
  }

  async raiseWatermarks(watermarks: readonly WatermarkWrite[], identities: ResolvedIdentities): Promise<void> {
    if (watermarks.length === 0) return;
    await this.database.query(WATERMARKS, [
      watermarks.map((watermark) => watermark.conversationId),
      watermarks.map((watermark) => watermark.accountId),
      watermarks.map((watermark) => watermark.channel),
      watermarks.map((watermark) => identities.idAt(watermark.identityKey, watermark.seenAt)),
      watermarks.map((watermark) => watermark.deliveredUntil),
      watermarks.map((watermark) => watermark.readUntil),
    ]);
  }

  /** Keeps for each identity and key the best fact: trust, then recency. */
  async recordFacts(facts: readonly FactWrite[], identities: ResolvedIdentities): Promise<void> {
    if (facts.length === 0) return;
    await this.database.query(FACTS, [
      arrayOf.plain(facts.map((fact) => identities.idAt(fact.identityKey, fact.observedAt)!)),
      arrayOf.plain(facts.map((fact) => fact.key)),
      arrayOf.text(facts.map((fact) => fact.value)),
      arrayOf.text(facts.map((fact) => fact.folded)),
      arrayOf.plain(facts.map((fact) => fact.trust)),
      arrayOf.plain(facts.map((fact) => fact.observedAt)),
      arrayOf.plain(facts.map((fact) => fact.sourceEntry)),
    ]);
  }

  /** Keeps how posts begin, as {@link KEEP_POSTS} says. */
  async recordPosts(posts: readonly PostWrite[]): Promise<void> {
    if (posts.length === 0) return;
    await this.database.query(KEEP_POSTS, valuesOfPosts(posts));
  }

  /**
   * Applies waiting changes to the named entries.
   *
   * It reads after both the entries and the changes of the batch are committed, in a new statement: of two batches that
   * bring an entry and its change at the same time, the one that commits later sees both. The fold is a function of all
   * changes, so applying twice is harmless.
   *
   * @param aliases what entries of the batch are called, and what its changes call theirs
   */
  async applyChanges(
    entryIds: readonly string[],
    aliases: readonly string[],
    fold: (entry: EntryRow, changes: readonly ChangeRow[]) => FoldResult,
  ): Promise<void> {
    if (entryIds.length === 0) return;
    const pending = await this.database.query<{ entry_id: string }>(PENDING, [
      arrayOf.plain(entryIds),
      arrayOf.plain(aliases),
    ]);
    if (pending.length === 0) return;
    const ids = pending.map((row) => row.entry_id).sort();
    await this.database.transaction(async (transaction) => await this.applyLocked(transaction, ids, fold));
  }

  private async applyLocked(
    transaction: Queryable,
    ids: readonly string[],
    fold: (entry: EntryRow, changes: readonly ChangeRow[]) => FoldResult,
  ): Promise<void> {
    const entries = await transaction.query<EntryRow>(LOCK_ENTRIES, [ids]);
    const changes = await transaction.query<ChangeRow>(CHANGES_OF, [ids]);
    const folded = entries
      .map((entry) => ({
        id: entry.id,
        conversationId: entry.conversation_id,
        ...fold(
          entry,
          changes.filter((change) => change.entry_id === entry.id),
        ),
      }))
      .filter((result) => result.reasons.length > 0);
    if (folded.length > 0) {
      await transaction.query(APPLY, [
        folded.map((result) => result.id),
        folded.map((result) => JSON.stringify(result.changes)),
        folded.map((result) => JSON.stringify(result.reasons)),
        folded.map((result) => result.place?.occurredAt ?? null),
        folded.map((result) => result.place?.receivedAt ?? null),
      ]);
    }
    const moved = folded.filter((result) => result.place !== undefined).map((result) => result.conversationId);
    if (moved.length > 0) {
      await transaction.query(LOCK_CONVERSATIONS, [moved]);
      await transaction.query(NEWEST, [moved]);
    }
    await transaction.query(MARK_APPLIED, [changes.map((change) => change.id)]);
  }
}
