import type pg from 'pg';
import { PermanentRecordError, StreamUnavailableError } from '@app/kernel';
import { partitionOf, type OutgoingRecord } from '@app/stream';
import type { Database } from '../database.js';
import type { LogTopic, LogTopics } from './topics.js';

/** Channel on which readers are woken. */
export const WAKE_CHANNEL = 'omniline_log';

const MAX_RECORDS = 2_000;
const MAX_BYTES = 4 * 1_048_576;
const DEFAULT_TIMEOUT_MS = 10_000;

/*
 * Locks the partitions in order, so that two appenders never wait for each other in a circle; reserves the offsets and
 * inserts. The row locks last until the commit, so offsets become visible in order and without gaps.
 * One wake-up for each batch: a NOTIFY takes a lock of the whole database while it commits.
 */
const APPEND = {
  name: 'log-append',
  text: `
    WITH input AS MATERIALIZED (
      SELECT t, p, key, substr($4::bytea, start, length) AS value, headers, place
        FROM unnest($1::smallint[], $2::int[], $3::bytea[], $5::int[], $6::int[], $7::text[])
          WITH ORDINALITY AS row(t, p, key, start, length, headers, place)
    ), counted AS MATERIALIZED (
      SELECT t, p, count(*) AS n FROM input GROUP BY t, p
    ), locked AS MATERIALIZED (
      SELECT lp.partition FROM log_partition lp JOIN counted c ON lp.topic_id = c.t AND lp.partition = c.p
      ORDER BY lp.topic_id, lp.partition FOR UPDATE OF lp
    ), reserved AS (
      UPDATE log_partition lp SET next_offset = lp.next_offset + c.n FROM counted c
      WHERE lp.topic_id = c.t AND lp.partition = c.p AND (SELECT count(*) FROM locked) > 0
      RETURNING lp.topic_id AS t, lp.partition AS p, lp.next_offset - c.n AS base
    ), inserted AS (
      INSERT INTO log_record (topic_id, partition, "offset", key, value, headers)
      SELECT t, p, r.base + row_number() OVER (PARTITION BY t, p ORDER BY i.place) - 1, i.key, i.value, i.headers
      FROM input i JOIN reserved r USING (t, p)
      RETURNING 1
    )
    SELECT count(*)::int AS stored, pg_notify('${WAKE_CHANNEL}', '') FROM inserted`,
};

interface Call {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const sizeOf = (record: OutgoingRecord): number =>
  Buffer.byteLength(record.key) +
  (record.value?.length ?? 0) +
  Object.entries(record.headers).reduce((sum, [name, text]) => sum + name.length + Buffer.byteLength(text), 0);

/**
 * Gathers appends while one is under way and sends them as one statement on a session of its own.
 *
 * One statement in flight keeps the order of the calls.
 */
export class LogAppender {
  private queue: Call[] = [];
  private running: Promise<void> | undefined;
  private session: pg.Client | undefined;

  constructor(
    private readonly database: Database,
    private readonly topics: LogTopics,
  ) {}

  /** As {@link StreamProducer.append}. */
  async append(records: readonly OutgoingRecord[], timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    if (records.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      const timer = setTimeout(() => {
        this.queue = this.queue.filter((waiting) => waiting !== call);
        reject(new StreamUnavailableError(`The log did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        done();
      };
      const call: Call = {
        records,
        bytes,
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      };
      this.queue.push(call);
      this.running ??= this.drain();
    });
  }

  /** Waits for the appends under way and ends the session. */
  async close(): Promise<void> {
    await this.running;
    await this.session?.end();
  }

  private async drain(): Promise<void> {
    // Calls made in the same turn travel together.
    await Promise.resolve();
    while (this.queue.length > 0) await this.send(this.take());
    this.running = undefined;
  }

  private take(): Call[] {
    let records = 0;
    let bytes = 0;
    const count = this.queue.findIndex((call, index) => {
      records += call.records.length;
      bytes += call.bytes;
      return index > 0 && (records > MAX_RECORDS || bytes > MAX_BYTES);
    });
    return this.queue.splice(0, count === -1 ? this.queue.length : count);
  }

  private async send(calls: readonly Call[]): Promise<void> {
    try {
      const good = await this.admit(calls);
      if (good.length === 0) return;
      await this.store(good.flatMap((call) => call.records));
      for (const call of good) call.resolve();
    } catch (error) {
      this.discardSession();
      const failure = new StreamUnavailableError('The log in PostgreSQL did not take the records', { cause: error });
      for (const call of calls) call.reject(failure);
    }
  }

  /** Refuses calls that can never be stored, or name no topic, without harm to those that travel with them. */
  private async admit(calls: readonly Call[]): Promise<Call[]> {
    const good: Call[] = [];
    for (const call of calls) {
      try {
        const topics = await this.topics.find(call.records.map((record) => record.topic));
        for (const record of call.records) checkSize(record, topics.get(record.topic)!);
        good.push(call);
      } catch (error) {
        if (!(error instanceof PermanentRecordError || error instanceof StreamUnavailableError)) throw error;
        call.reject(error);
      }
    }
    return good;
  }

  private async store(records: readonly OutgoingRecord[]): Promise<void> {
    const topics = await this.topics.find(records.map((record) => record.topic));
    const keys = records.map((record) => Buffer.from(record.key));
    const session = (this.session ??= await this.open());
    const values = joined(records);
    const statement = {
      ...APPEND,
      query_timeout: DEFAULT_TIMEOUT_MS + 1_000,
      values: [
        records.map((record) => topics.get(record.topic)!.id),
        records.map((record, index) => partitionOf(keys[index]!, topics.get(record.topic)!.partitions)),
        keys,
        values.bytes,
        values.starts,
        values.lengths,
        records.map((record) => JSON.stringify(record.headers)),
      ],
    };
    const { rows } = await session.query<{ stored: number }>(statement);
    if (rows[0]?.stored !== records.length)
      throw new Error('The log stored another number of records than it was given');
  }

  /** After a failure nobody knows what the session still does; the next batch opens a new one. */
  private discardSession(): void {
    const session = this.session;
    this.session = undefined;
    // Ending a broken session fails as the session did, which the callers have been told.
    session?.end().catch(() => undefined);
  }

  private async open(): Promise<pg.Client> {
    const session = await this.database.connectClient();
    const lose = (): void => {
      if (this.session === session) this.session = undefined;
    };
    session.on('error', lose);
    session.on('end', lose);
    // Acknowledged means durable, whatever the server's default is; a lock that never comes must not stop all callers.
    await session.query(`SET synchronous_commit = on; SET statement_timeout = '${DEFAULT_TIMEOUT_MS}ms'`);
    return session;
  }
}

/**
 * All values in a row, and where each stands, from 1: one value of bytes travels in binary, while an array of them would be
 * written in hexadecimal. A tombstone has no place, and of nothing PostgreSQL makes null.
 */
function joined(records: readonly OutgoingRecord[]): {
  readonly bytes: Buffer;
  readonly starts: readonly (number | null)[];
  readonly lengths: readonly (number | null)[];
} {
  const parts: Buffer[] = [];
  const starts: (number | null)[] = [];
  const lengths: (number | null)[] = [];
  let next = 1;
  for (const { value } of records) {
    starts.push(value === null ? null : next);
    lengths.push(value === null ? null : value.length);
    if (value === null) continue;
    parts.push(value);
    next += value.length;
  }
  return { bytes: Buffer.concat(parts), starts, lengths };
}

function checkSize(record: OutgoingRecord, topic: LogTopic): void {
  const limit = Number(topic.config['max.message.bytes'] ?? Infinity);
  if (sizeOf(record) > limit) {
    throw new PermanentRecordError('too_large', `A record is over the ${limit} bytes of ${topic.name}`);
  }
}
