import type { OmnilineClient } from './omniline-client.js';
import type { SeenEntry } from './seen-entry.js';

/** Follows the unified stream from the begin of the day and keeps the newest state of every entry. */
export class EntryWatch {
  private readonly entries = new Map<string, { entry: SeenEntry; customerId: string }>();

  private constructor(
    private readonly client: OmnilineClient,
    private cursor: string,
  ) {}

  /** Begins behind the newest event: what comes from now on belongs to the day. */
  static async start(client: OmnilineClient): Promise<EntryWatch> {
    return new EntryWatch(client, await client.latestCursor());
  }

  /** Newest states, in the order in which the entries came up. */
  get seen(): readonly SeenEntry[] {
    return [...this.entries.values()].map(({ entry }) => entry);
  }

  /** Customers that have an entry of the day, in the order in which they wrote first. */
  get customerIds(): readonly string[] {
    return [...new Set([...this.entries.values()].map(({ customerId }) => customerId))];
  }

  /** Reads on up to the end of the stream. */
  async catchUp(): Promise<void> {
    for (let atEnd = false; !atEnd;) {
      const page = await this.client.entryEvents(this.cursor);
      for (const { data } of page.events) {
        const held = this.entries.get(data.entry.entry_id);
        const isNewer = held === undefined || data.entry.revision >= held.entry.revision;
        if (isNewer) this.entries.set(data.entry.entry_id, { entry: data.entry, customerId: data.customer_id });
      }
      ({ cursor: this.cursor, atEnd } = page);
    }
  }
}
