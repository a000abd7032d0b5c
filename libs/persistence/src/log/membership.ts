import type pg from 'pg';

/** Name spaces of the advisory locks; the second number is `log_consumer.id`. */
export const MEMBER_LOCKS = 0x6f6d6c01;
const OWNER_LOCKS = 0x6f6d6c02;

/** A partition as its group sees it. */
export interface ConsumerRow {
  readonly id: number;
  readonly topic: string;
  readonly topic_id: number;
  readonly partition: number;
  readonly committed: bigint;
  /** One more than the last offset there is. */
  readonly head: bigint;
  /** The oldest offset that is kept. */
  readonly first: bigint;
}

interface RawRow extends Omit<ConsumerRow, 'committed' | 'head' | 'first'> {
  readonly committed: string;
  readonly head: string;
  readonly first: string;
}

interface Change {
  readonly take: readonly number[];
  readonly release: readonly number[];
}

/**
 * One member of a group, as locks of one session.
 *
 * A lock has no time limit and ends with the session, so a killed process gives its partitions up at once. Commits run
 * on the same session: whoever lost its partitions has lost the means to commit too.
 */
export class Membership {
  readonly owned = new Set<number>();
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly session: pg.Client,
    private readonly group: string,
    private readonly topicIds: readonly number[],
  ) {}

  static async join(session: pg.Client, group: string, topicIds: readonly number[]): Promise<Membership> {
    await session.query(
      `INSERT INTO log_consumer (group_name, topic_id, partition)
       SELECT $1, topic_id, partition FROM log_partition WHERE topic_id = ANY($2) ON CONFLICT DO NOTHING`,
      [group, topicIds],
    );
    // The row of partition 0 stands for the topic: members of a group need not read the same topics.
    await session.query(
      `SELECT pg_advisory_lock_shared($1, id) FROM log_consumer
       WHERE group_name = $2 AND topic_id = ANY($3) AND partition = 0`,
      [MEMBER_LOCKS, group, topicIds],
    );
    return new Membership(session, group, topicIds);
  }

  /** Every partition of the subscription in one statement. */
  async rows(): Promise<readonly ConsumerRow[]> {
    const { rows } = await this.query<RawRow>({
      name: 'log-rows',
      text: `SELECT c.id, t.name AS topic, c.topic_id, c.partition, c.committed, p.next_offset AS head,
               p.first_offset AS first
             FROM log_consumer c JOIN log_partition p USING (topic_id, partition) JOIN log_topic t ON t.id = c.topic_id
             WHERE c.group_name = $1 AND c.topic_id = ANY($2) ORDER BY c.id`,
      values: [this.group, this.topicIds],
    });
    return rows.map((row) => ({
      ...row,
      committed: BigInt(row.committed),
      head: BigInt(row.head),
      first: BigInt(row.first),
    }));
  }

  /**
   * Gives surplus partitions up and takes free ones until this member has its fair share.
   *
   * @param busy ids with a batch in hand, which are not given up
   */
  async balance(rows: readonly ConsumerRow[], busy: ReadonlySet<number>): Promise<void> {
    const { rows: locks } = await this.query<{ space: number; id: number; holders: number }>({
      name: 'log-locks',
      text: `SELECT classid::bigint::int AS space, objid::bigint::int AS id, count(DISTINCT pid)::int AS holders
             FROM pg_locks
             WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = ANY($1::bigint[])
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
             GROUP BY 1, 2`,
      values: [[MEMBER_LOCKS, OWNER_LOCKS]],
    });
    const members = new Map(
      locks.filter(({ space }) => space === MEMBER_LOCKS).map(({ id, holders }) => [id, holders]),
    );
    const taken = new Set(locks.filter(({ space }) => space === OWNER_LOCKS).map(({ id }) => id));
    for (const topicId of this.topicIds) {
      const topic = rows.filter((row) => row.topic_id === topicId);
      const first = topic.find((row) => row.partition === 0);
      const share = Math.ceil(topic.length / Math.max(1, members.get(first?.id ?? -1) ?? 1));
      await this.apply(this.changeOf(topic, share, taken, busy));
    }
  }

  /** Moves the committed offset; on the session that owns the partition, or not at all. */
  async commit(id: number, offset: bigint): Promise<void> {
    await this.query({
      name: 'log-commit',
      text: 'UPDATE log_consumer SET committed = $2 WHERE id = $1',
      values: [id, String(offset)],
    });
  }

  /** Ends the session, and with it every lock. */
  async leave(): Promise<void> {
    await this.session.end();
  }

  /** One statement at a time: commits of several partitions and the poll share the session. */
  private query<Row extends object>(
    statement: string | { name: string; text: string; values: unknown[] },
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>> {
    const run = (): Promise<pg.QueryResult<Row>> =>
      typeof statement === 'string' ? this.session.query<Row>(statement, values) : this.session.query<Row>(statement);
    const result = this.last.then(run, run);
    this.last = result;
    return result;
  }

  private changeOf(
    topic: readonly ConsumerRow[],
    share: number,
    taken: ReadonlySet<number>,
    busy: ReadonlySet<number>,
  ): Change {
    const mine = topic.filter(({ id }) => this.owned.has(id));
    const idle = mine.filter(({ id }) => !busy.has(id));
    const free = topic.filter(({ id }) => !this.owned.has(id) && !taken.has(id));
    return {
      release: idle.slice(0, Math.max(0, mine.length - share)).map(({ id }) => id),
      take: free.slice(0, Math.max(0, share - mine.length)).map(({ id }) => id),
    };
  }

  private async apply({ take, release }: Change): Promise<void> {
    for (const id of release) {
      this.owned.delete(id);
      await this.query('SELECT pg_advisory_unlock($1, $2)', [OWNER_LOCKS, id]);
    }
    for (const id of take) {
      const { rows } = await this.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS locked', [
        OWNER_LOCKS,
        id,
      ]);
      if (rows[0]?.locked === true) this.owned.add(id);
    }
  }
}
