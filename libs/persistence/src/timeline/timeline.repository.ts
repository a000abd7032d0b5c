import type { Attachment } from '@app/contracts';
import type { Database, NamedStatement } from '../database.js';
import { ENTRY_COLUMNS, toTimelineEntry, type EntryRow } from './stored-entry.js';

/** Place on a timeline: newest first by time, then id. `at` is PostgreSQL's own text, so that no microsecond is lost. */
export interface TimelinePlace {
  readonly at: string;
  readonly id: string;
}

/** An entry and its place. */
export interface PlacedEntry extends EntryRow {
  readonly place: string;
}

/** Bytes that were kept as they came. */
export interface KeptBytes {
  readonly media_type: string;
  readonly bytes: Buffer;
}

/** Before every entry: the first page starts here. */
const TOP: TimelinePlace = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

const page = (filter: string): string => `
  SELECT ${ENTRY_COLUMNS}, e.occurred_at::text AS place
    FROM (SELECT e.id AS entry_id FROM (SELECT id FROM identity WHERE customer_id = $1 AND state <> 'erased') i
           CROSS JOIN LATERAL (
             SELECT id, occurred_at FROM entry
              WHERE identity_id = i.id AND (occurred_at, id) < ($2::timestamptz, $3::uuid)${filter}
              ORDER BY occurred_at DESC, id DESC LIMIT $4) e
           ORDER BY e.occurred_at DESC, e.id DESC LIMIT $4) k
    JOIN entry e ON e.id = k.entry_id
    LEFT JOIN conversation c ON c.id = e.conversation_id
   ORDER BY e.occurred_at DESC, e.id DESC`;

/**
 * A page of a timeline. Each identity contributes at most one page from its own stretch of the index `entry_timeline`,
 * so the time does not grow with the table (identity design, section 3.7). Only the entries of the page are read whole:
 * with 50 identities the others are fifty times as many.
 */
export const TIMELINE_PAGE: NamedStatement = { name: 'timeline-page', text: page('') };
/** The same on some channels only. */
export const TIMELINE_PAGE_OF_CHANNELS: NamedStatement = {
  name: 'timeline-page-of-channels',
  text: page(' AND channel = ANY($5::text[])'),
};
const ENTRY: NamedStatement = {
  name: 'timeline-entry',
  text: `SELECT ${ENTRY_COLUMNS} FROM entry e
           JOIN identity i ON i.id = e.identity_id AND i.state <> 'erased'
           LEFT JOIN conversation c ON c.id = e.conversation_id WHERE e.id = $1`,
};
const RAW: NamedStatement = {
  name: 'timeline-entry-raw',
  text: `SELECT 'application/octet-stream' AS media_type, e.raw AS bytes FROM entry e
           JOIN identity i ON i.id = e.identity_id AND i.state <> 'erased'
          WHERE e.id = $1 AND e.raw IS NOT NULL AND coalesce(e.changes->>'state', 'visible') = 'visible'`,
};
const BLOB: NamedStatement = { name: 'timeline-blob', text: 'SELECT media_type, bytes FROM blob WHERE id = $1' };

/** Reads timelines. */
export class TimelineRepository {
  constructor(private readonly database: Database) {}

  /**
   * Entries of a customer, newest first by (`occurred_at`, `id`).
   *
   * @param customerId of a root: identities never point anywhere else
   * @param before where to go on; undefined: from the newest
   * @param channels only these; undefined: all
   */
  async page(
    customerId: string,
    limit: number,
    before: TimelinePlace = TOP,
    channels?: readonly string[],
  ): Promise<readonly PlacedEntry[]> {
    const values = [customerId, before.at, before.id, limit];
    return channels === undefined
      ? await this.database.query<PlacedEntry>(TIMELINE_PAGE, values)
      : await this.database.query<PlacedEntry>(TIMELINE_PAGE_OF_CHANNELS, [...values, channels]);
  }

  async entry(id: string): Promise<EntryRow | undefined> {
    const [row] = await this.database.query<EntryRow>(ENTRY, [id]);
    return row;
  }

  /** Original bytes kept beside an entry; undefined when there are none or the entry is hidden or deleted. */
  async rawOf(id: string): Promise<KeptBytes | undefined> {
    const [row] = await this.database.query<KeptBytes>(RAW, [id]);
    return row;
  }

  /**
   * The attachment of an entry that has this digest.
   *
   * @returns undefined when the entry has none such that is kept, is not visible, or is not there
   */
  async mediaOf(id: string, sha256: string): Promise<Attachment | undefined> {
    const row = await this.entry(id);
    const attachments = row === undefined ? [] : (toTimelineEntry(row).attachments ?? []);
    return attachments.find((attachment) => attachment.state === 'stored' && attachment.sha256 === sha256);
  }

  /** @param id `sha256:<hexadecimal>` */
  async blob(id: string): Promise<KeptBytes | undefined> {
    const [row] = await this.database.query<KeptBytes>(BLOB, [id]);
    return row;
  }
}
