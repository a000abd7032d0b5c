import type { Database, NamedStatement } from '../database.js';
import type { EventRow } from '../relay/relay.repository.js';

/** Positions that one look covers at most, so that a rare type never makes one look at everything. */
export const FEED_WINDOW = 5_000;

/** What the feed holds: `before_earliest` stands just before the oldest event kept. */
export interface FeedBounds {
  readonly before_earliest: bigint;
  readonly latest: bigint;
}

/** Events after a position, and how far the look went. */
export interface FeedPage {
  readonly events: readonly EventRow[];
  /** Position up to which nothing of the wanted types was left out: where to go on. */
  readonly scanned: bigint;
  readonly bounds: FeedBounds;
}

const LATEST = 'greatest((SELECT max(position) FROM event), (SELECT last_position FROM relay_state))';

const BOUNDS: NamedStatement = {
  name: 'feed-bounds',
  text: `SELECT coalesce((SELECT min(position) FROM event) - 1, ${LATEST})::text AS before_earliest, ${LATEST}::text AS latest`,
};
/** One statement, so that the bound and the rows are of one snapshot: positions have no gaps and appear in order. */
const AFTER: NamedStatement = {
  name: 'feed-after',
  text: `SELECT b.before_earliest, b.latest, e.position::text, e.id, e.topic, e.key, e.type, e.headers, e.payload
           FROM (SELECT coalesce((SELECT min(position) FROM event) - 1, ${LATEST})::text AS before_earliest,
                        ${LATEST}::text AS latest) b
           LEFT JOIN LATERAL (
             SELECT * FROM event
              WHERE position > $1::bigint AND position <= $1::bigint + ${FEED_WINDOW}
                AND ($2::text[] IS NULL OR type = ANY($2::text[]))
              ORDER BY position LIMIT $3) e ON true
          ORDER BY e.position`,
};
const BEFORE_TIME: NamedStatement = {
  name: 'feed-before-time',
  text: `SELECT (min(position) - 1)::text AS position FROM event WHERE at >= $1::timestamptz`,
};

interface AfterRow extends Omit<EventRow, 'position'> {
  readonly before_earliest: string;
  readonly latest: string;
  readonly position: string | null;
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The public stream as kept in table `event`, in the order of its positions. */
export class EventFeedRepository {
  constructor(private readonly database: Database) {}

  async bounds(): Promise<FeedBounds> {
    const [row] = await this.database.query<{ before_earliest: string; latest: string }>(BOUNDS);
    return { before_earliest: BigInt(row?.before_earliest ?? 0), latest: BigInt(row?.latest ?? 0) };
  }

  /**
   * Events with a position above `position`, oldest first.
   *
   * @param types only these; undefined: all
   */
  async after(position: bigint, types: readonly string[] | undefined, limit: number): Promise<FeedPage> {
    const rows = await this.database.query<AfterRow>(AFTER, [String(position), types ?? null, limit]);
    const bounds = { before_earliest: BigInt(rows[0]?.before_earliest ?? 0), latest: BigInt(rows[0]?.latest ?? 0) };
    const events = rows.filter((row): row is AfterRow & { position: string } => row.position !== null);
    const last = events.at(-1);
    const full = events.length === limit && last !== undefined;
    const covered = smaller(position + BigInt(FEED_WINDOW), bounds.latest);
    const scanned = full ? BigInt(last.position) : covered > position ? covered : position;
    return { events, scanned, bounds };
  }

  /** Position just before the first event stored at or after an instant; undefined: there is none yet. */
  async beforeTime(at: Date): Promise<bigint | undefined> {
    const [row] = await this.database.query<{ position: string | null }>(BEFORE_TIME, [at]);
    return row?.position === null || row === undefined ? undefined : BigInt(row.position);
  }
}
