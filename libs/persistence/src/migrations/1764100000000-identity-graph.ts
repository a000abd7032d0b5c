import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What joining and parting people needs: claims, links with what holds them back, the relay's own view of who owns an
 * identity, and a queue for groups that are too large to be worked out within a batch.
 *
 * Runs on an installation that never joined anybody; columns that nothing used yet change without a conversion.
 */
export class IdentityGraph1764100000000 implements MigrationInterface {
  readonly name = 'IdentityGraph1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The number of the agent's decision that this customer survives merges; the highest wins.
      ALTER TABLE customer DROP COLUMN pinned, ADD COLUMN pin bigint;

      -- Evidence that joins: trust 3 and above, or a rule that the installation trusts. state: active, blocked, revoked.
      ALTER TABLE link DROP COLUMN seen, ADD COLUMN blocked_by text, ADD COLUMN batch_id uuid, ADD COLUMN revoked_batch uuid,
        ALTER COLUMN state SET DEFAULT 'active', ALTER COLUMN evidence_at SET NOT NULL;
      -- Each agent's decision is a row of its own, so that taking one back leaves the others as they are; evidence has one row.
      ALTER TABLE link ADD COLUMN decision uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
        DROP CONSTRAINT link_pkey, ADD PRIMARY KEY (a, b, rule, decision);
      CREATE INDEX link_rule ON link (rule) WHERE state <> 'revoked';
      CREATE INDEX link_batch ON link (batch_id) WHERE batch_id IS NOT NULL;
      CREATE INDEX link_revoked ON link (revoked_batch) WHERE revoked_batch IS NOT NULL;
      ALTER TABLE cannot_link ADD COLUMN batch_id uuid;

      -- What an identity said of itself without proof. It joins nobody and makes no identity.
      CREATE TABLE claim (
        identity_id bigint NOT NULL,
        key_hash uuid NOT NULL,                     -- of the claimed identity
        rule text COLLATE "C" NOT NULL,
        trust smallint NOT NULL,
        kind text NOT NULL, scope text NOT NULL, value text NOT NULL,
        claimed_at timestamptz NOT NULL,            -- the first time
        source_entry uuid,
        PRIMARY KEY (identity_id, key_hash, rule)
      );
      CREATE INDEX claim_key ON claim (key_hash);

      -- One row for each customer that gave identities to another: "moved" now belongs to "to_customer".
      ALTER TABLE graph_log RENAME COLUMN survivor TO to_customer;
      ALTER TABLE graph_log RENAME COLUMN absorbed TO from_customer;
      ALTER TABLE graph_log RENAME COLUMN links TO details;  -- rule, trust, undoes, pinned
      ALTER TABLE graph_log ADD COLUMN reason text, DROP COLUMN rule_version, ALTER COLUMN batch_id SET NOT NULL;
      CREATE INDEX graph_log_batch ON graph_log (batch_id);
      CREATE INDEX graph_log_moved ON graph_log USING gin (moved);

      CREATE SEQUENCE pin_number;

      ALTER TABLE outbox ADD COLUMN payload jsonb;  -- of events about identities and customers

      -- Who owns an identity in the public stream so far; without a row: its home customer.
      CREATE TABLE relay_owner (
        identity_id bigint PRIMARY KEY, customer_id bigint NOT NULL, version int NOT NULL
      ) WITH (fillfactor = 70);

      ALTER TABLE event ALTER COLUMN payload DROP NOT NULL;  -- null: a tombstone

      CREATE TABLE graph_job (identity_id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());

      ALTER TABLE erasure ALTER COLUMN request_id TYPE uuid USING request_id::uuid;
      CREATE TABLE erasure_request (
        id uuid PRIMARY KEY, customer_id bigint NOT NULL, identities bigint[] NOT NULL,
        actor text NOT NULL, reason text, effective_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE erasure_request, graph_job, relay_owner, claim;
      ALTER TABLE erasure ALTER COLUMN request_id TYPE text;
      ALTER TABLE outbox DROP COLUMN payload;
      UPDATE event SET payload = 'null' WHERE payload IS NULL;
      ALTER TABLE event ALTER COLUMN payload SET NOT NULL;
      DROP SEQUENCE pin_number;
      DROP INDEX graph_log_moved, graph_log_batch, link_revoked, link_batch, link_rule;
      ALTER TABLE graph_log RENAME COLUMN details TO links;
      ALTER TABLE graph_log DROP COLUMN reason, ADD COLUMN rule_version text, ALTER COLUMN batch_id DROP NOT NULL;
      ALTER TABLE graph_log RENAME COLUMN to_customer TO survivor;
      ALTER TABLE graph_log RENAME COLUMN from_customer TO absorbed;
      ALTER TABLE cannot_link DROP COLUMN batch_id;
      ALTER TABLE link DROP CONSTRAINT link_pkey, DROP COLUMN decision, ADD PRIMARY KEY (a, b, rule);
      ALTER TABLE link ADD COLUMN seen int NOT NULL DEFAULT 1, DROP COLUMN blocked_by, DROP COLUMN batch_id, DROP COLUMN revoked_batch,
        ALTER COLUMN state DROP DEFAULT, ALTER COLUMN evidence_at DROP NOT NULL;
      ALTER TABLE customer DROP COLUMN pin, ADD COLUMN pinned boolean NOT NULL DEFAULT false;
    `);
  }
}
