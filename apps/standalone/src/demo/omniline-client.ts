import { z } from 'zod';
import { seenEntrySchema, type SeenEntry } from './seen-entry.js';

const pageSize = 200;
const entryEventSchema = z.object({
  type: z.string(),
  data: z.object({ customer_id: z.string(), entry: seenEntrySchema }),
});
const eventPageSchema = z.object({
  events: z.array(entryEventSchema),
  next_cursor: z.string(),
  at_end: z.boolean(),
});
const customerSchema = z.object({
  customer_id: z.string(),
  canonical_id: z.string(),
  ref: z.string(),
  display_name: z.string().optional(),
  channels: z.array(z.string()),
  counts: z.object({ entries: z.int() }),
});
const timelineSchema = z.object({ entries: z.array(seenEntrySchema), next_cursor: z.string().optional() });

/** An event about an entry. */
export type EntryEvent = z.infer<typeof entryEventSchema>;
/** A customer as the API shows it. */
export type SeenCustomer = z.infer<typeof customerSchema>;

const ENTRY_TYPES = 'omni.timeline.entry.appended,omni.timeline.entry.changed';

/** What the demonstration asks of the API, as any program could. */
export class OmnilineClient {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
  ) {}

  /** Cursor behind the newest event. */
  async latestCursor(): Promise<string> {
    const query = new URLSearchParams({ after: 'latest', limit: '1', types: ENTRY_TYPES });
    return (await this.get(`/v1/events?${query}`, eventPageSchema)).next_cursor;
  }

  /** Events about entries after a cursor, oldest first, and where to go on. */
  async entryEvents(after: string): Promise<{ events: EntryEvent[]; cursor: string; atEnd: boolean }> {
    const query = new URLSearchParams({ after, limit: String(pageSize), types: ENTRY_TYPES });
    const page = await this.get(`/v1/events?${query}`, eventPageSchema);
    return { events: page.events, cursor: page.next_cursor, atEnd: page.at_end };
  }

  async customer(id: string): Promise<SeenCustomer> {
    return await this.get(`/v1/customers/${id}`, customerSchema);
  }

  /** The whole timeline of a customer, oldest first. */
  async timeline(customerId: string): Promise<SeenEntry[]> {
    const entries: SeenEntry[] = [];
    let before: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(pageSize), ...(before === undefined ? {} : { before }) });
      const page = await this.get(`/v1/customers/${customerId}/timeline?${query}`, timelineSchema);
      entries.push(...page.entries);
      before = page.next_cursor;
    } while (before !== undefined);
    return entries.reverse();
  }

  /** The metrics page as text. */
  async metrics(): Promise<string> {
    return await (await this.fetch('/metrics')).text();
  }

  private async get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await (await this.fetch(path)).json());
  }

  /** @throws Error naming path and status */
  private async fetch(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.apiKey}` };
    const response = await fetch(new URL(path, this.url), { headers, signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return response;
  }
}
