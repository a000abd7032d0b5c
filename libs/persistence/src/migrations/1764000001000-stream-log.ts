import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The append-only log that stands in for Kafka.
 *
 * Creates new tables only; it locks nothing that is in use. `down` throws every record and committed offset away.
 */
export class StreamLog1764000001000 implements MigrationInterface {
  readonly name = 'StreamLog1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE log_topic (
        id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE,
        partitions int NOT NULL CHECK (partitions > 0),
        config jsonb NOT NULL
      );

      -- One row for each partition is the sequencer: whoever appends holds it until commit.
      CREATE TABLE log_partition (
        topic_id smallint NOT NULL REFERENCES log_topic,
        partition int NOT NULL,
        next_offset bigint NOT NULL DEFAULT 0,
        first_offset bigint NOT NULL DEFAULT 0,     -- older ones fell to the retention time
        PRIMARY KEY (topic_id, partition)
      ) WITH (fillfactor = 50);

      -- Keys are bytes and headers are the text of a JSON object: both may hold U+0000, which text and jsonb refuse.
      CREATE TABLE log_record (
        topic_id smallint NOT NULL,
        partition int NOT NULL,
        "offset" bigint NOT NULL,
        key bytea,
        value bytea,                                -- null is a tombstone
        headers text NOT NULL,
        appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (topic_id, partition, "offset")
      );

      -- The id is also the number of the advisory lock under which a member owns the partition.
      CREATE TABLE log_consumer (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        group_name text COLLATE "C" NOT NULL,
        topic_id smallint NOT NULL,
        partition int NOT NULL,
        committed bigint NOT NULL DEFAULT 0,
        UNIQUE (group_name, topic_id, partition),
        FOREIGN KEY (topic_id, partition) REFERENCES log_partition
      ) WITH (fillfactor = 50);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE log_consumer, log_record, log_partition, log_topic');
  }
}
