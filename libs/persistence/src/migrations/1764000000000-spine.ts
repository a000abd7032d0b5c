import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of the timeline and of identity (identity design, section 3.1, without the tenant).
 *
 * Runs on an empty database; it locks nothing that is in use.
 */
export class Spine1764000000000 implements MigrationInterface {
  readonly name = 'Spine1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(`
      CREATE SEQUENCE customer_number START 20001;

      -- KH-, the number, and its check digit by ISO 7064 MOD 11,10: finds every single wrong digit.
      CREATE FUNCTION customer_ref(number bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
      DECLARE
        product int := 10;
        digit text;
      BEGIN
        FOREACH digit IN ARRAY regexp_split_to_array(number::text, '') LOOP
          product := (product + digit::int) % 10;
          IF product = 0 THEN product := 10; END IF;
          product := (product * 2) % 11;
        END LOOP;
        RETURN 'KH-' || number::text || ((11 - product) % 10)::text;
      END $$;

      CREATE TABLE customer (
        id bigint PRIMARY KEY,
        ref text COLLATE "C" NOT NULL UNIQUE,
        kind text NOT NULL DEFAULT 'person',        -- person, household, organisation, label
        status text NOT NULL DEFAULT 'active',      -- active, merged, erased
        merged_into bigint,
        pinned boolean NOT NULL DEFAULT false,
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;

      CREATE TABLE identity (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text COLLATE "C" NOT NULL,
        scope text COLLATE "C" NOT NULL,
        value text COLLATE "C",                     -- canonical; null once erased
        key_hash uuid NOT NULL,                     -- first 128 bits of an HMAC over kind, scope and value
        epoch int NOT NULL DEFAULT 0,
        valid_from timestamptz,
        valid_to timestamptz,
        customer_id bigint NOT NULL,                -- always a root
        home_customer_id bigint NOT NULL UNIQUE,    -- never changes
        version int NOT NULL DEFAULT 1,             -- of the mapping to customer_id
        state text NOT NULL DEFAULT 'active',       -- active, shared, blocked, retired, erased
        first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_seen timestamptz,
        UNIQUE (key_hash, epoch)
      ) WITH (fillfactor = 85);
      CREATE UNIQUE INDEX identity_current ON identity (key_hash) WHERE valid_to IS NULL;
      CREATE INDEX identity_customer ON identity (customer_id);

      CREATE TABLE link (
        a bigint NOT NULL, b bigint NOT NULL, rule text NOT NULL,
        trust smallint NOT NULL,
        state text NOT NULL,                        -- active, revoked, blocked, suggestion
        reason text, evidence_at timestamptz, first_seen timestamptz NOT NULL, last_seen timestamptz NOT NULL,
        seen int NOT NULL DEFAULT 1, source_entry uuid, actor text,
        PRIMARY KEY (a, b, rule), CHECK (a < b)
      );
      CREATE INDEX link_b ON link (b);
      CREATE TABLE cannot_link (
        a bigint NOT NULL, b bigint NOT NULL, actor text NOT NULL, reason text NOT NULL, at timestamptz NOT NULL,
        PRIMARY KEY (a, b), CHECK (a < b)
      );
      CREATE TABLE graph_log (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        op text NOT NULL, survivor bigint, absorbed bigint, moved bigint[] NOT NULL, links jsonb,
        rule_version text, actor text NOT NULL, batch_id uuid, at timestamptz NOT NULL DEFAULT clock_timestamp(), undone_by bigint
      );
      CREATE TABLE erasure (
        key_hash uuid PRIMARY KEY, erased_at timestamptz NOT NULL, request_id text NOT NULL
      );

      CREATE TABLE fact (
        identity_id bigint NOT NULL,
        key text COLLATE "C" NOT NULL,              -- name, username, locale, avatar, identifier
        value text NOT NULL,
        folded text NOT NULL,                       -- for search: no case, no marks
        trust smallint NOT NULL,
        observed_at timestamptz NOT NULL,
        source_entry uuid,
        PRIMARY KEY (identity_id, key)
      );
      CREATE INDEX fact_search ON fact USING gin (folded gin_trgm_ops) WHERE key IN ('name', 'username', 'identifier');

      CREATE TABLE conversation (
        id uuid PRIMARY KEY,
        account_id text NOT NULL, channel text NOT NULL, identity_id bigint NOT NULL,
        speaker_identity_id bigint,
        last_at timestamptz, entries int NOT NULL DEFAULT 0,
        delivered_until timestamptz, read_until timestamptz
      ) WITH (fillfactor = 70);
      CREATE INDEX conversation_identity ON conversation (identity_id);

      -- No foreign key to identity: it would cost a third more for each row; a check replaces it.
      CREATE TABLE entry (
        id uuid PRIMARY KEY,
        identity_id bigint NOT NULL,
        conversation_id uuid NOT NULL,
        event_id text COLLATE "C" NOT NULL,         -- the inbound event that made it
        correlation_id text NOT NULL,               -- the same from webhook to timeline to reply
        account_id text NOT NULL, channel text NOT NULL, kind text NOT NULL, direction text NOT NULL,
        occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        late boolean NOT NULL DEFAULT false,
        revision int NOT NULL DEFAULT 1,
        body jsonb NOT NULL,                        -- as received: content, attachments, provider, reply_to, post, mail, flags
        changes jsonb,                              -- what edits, deletions, reactions and receipts made of it; null: nothing
        raw bytea                                   -- original bytes of what we do not understand
      );
      CREATE INDEX entry_timeline ON entry (identity_id, occurred_at DESC, id DESC);

      -- Facts about an entry, which may arrive before it.
      CREATE TABLE change (
        id text COLLATE "C" PRIMARY KEY,            -- id of the inbound event
        entry_id uuid NOT NULL,
        type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        correlation_id text NOT NULL,
        applied boolean NOT NULL DEFAULT false
      );
      CREATE INDEX change_entry ON change (entry_id);
      CREATE INDEX change_pending ON change (entry_id) WHERE NOT applied;

      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        kind text NOT NULL,                         -- entry.appended, entry.changed, identity.state
        identity_id bigint NOT NULL,
        entry_id uuid,
        reasons text[],
        correlation_id text NOT NULL,
        causation_id text,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (xid, id)                       -- the order in which the relay reads; one index is enough
      );

      -- The public stream, in the order in which the relay decided it.
      CREATE TABLE event (
        position bigint PRIMARY KEY,
        id uuid NOT NULL,
        topic text NOT NULL, key text NOT NULL, type text NOT NULL,
        headers jsonb NOT NULL, payload text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX event_at ON event (at);
      CREATE TABLE customer_sequence (customer_id bigint PRIMARY KEY, last bigint NOT NULL) WITH (fillfactor = 70);
      CREATE TABLE relay_state (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        last_position bigint NOT NULL DEFAULT 0,    -- highest position given
        published bigint NOT NULL DEFAULT 0         -- highest position known to be on the topics
      );
      INSERT INTO relay_state DEFAULT VALUES;

      CREATE TABLE mailbox_checkpoint (
        account_id text NOT NULL, folder text NOT NULL,
        checkpoint jsonb NOT NULL, fencing bigint NOT NULL, updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (account_id, folder)
      );
      CREATE TABLE blob (
        id text COLLATE "C" PRIMARY KEY,            -- sha256:<hexadecimal>
        media_type text NOT NULL, size_bytes int NOT NULL, bytes bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      ALTER TABLE blob ALTER COLUMN bytes SET STORAGE EXTERNAL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE blob, mailbox_checkpoint, relay_state, customer_sequence, event, outbox, change, entry, conversation, fact,
        erasure, graph_log, cannot_link, link, identity, customer;
      DROP FUNCTION customer_ref(bigint);
      DROP SEQUENCE customer_number;
    `);
  }
}
