import type { TimelineEntry } from '@app/contracts';

/** A customer, as far as the tests look at it. */
export interface ApiCustomer {
  readonly customer_id: string;
  readonly ref: string;
  readonly counts: { readonly entries: number; readonly conversations: number; readonly identities: number };
}

/** An event of the unified stream in structured mode. */
export interface ApiEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence?: string;
  readonly correlationid: string;
  readonly data: { readonly customer_id: string; readonly entry?: TimelineEntry };
}

/** What a program that uses the API sees. */
export class TimelineClient {
  constructor(
    private readonly url: () => string,
    private readonly key: string,
  ) {}

  /** @throws Error for any answer but a 2xx */
  async get<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${this.key}` };
    const response = await fetch(this.url() + path, { headers, signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Customers behind an identity such as `phone:+84912345678`; none or one. */
  async customersOf(identity: string): Promise<readonly ApiCustomer[]> {
    const path = `/v1/customers?identity=${encodeURIComponent(identity)}`;
    return (await this.get<{ customers: ApiCustomer[] }>(path)).customers;
  }

  /** The whole timeline of a customer, newest first. */
  async timeline(customerId: string): Promise<readonly TimelineEntry[]> {
    const entries: TimelineEntry[] = [];
    let cursor: string | undefined;
    do {
      const before: string = cursor === undefined ? '' : `&before=${encodeURIComponent(cursor)}`;
      const page: { entries: TimelineEntry[]; next_cursor?: string } = await this.get(
        `/v1/customers/${customerId}/timeline?limit=200${before}`,
      );
      entries.push(...page.entries);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    return entries;
  }

  /** The timeline of whoever has this identity; empty when nobody has. */
  async timelineOf(identity: string): Promise<readonly TimelineEntry[]> {
    const [customer] = await this.customersOf(identity);
    return customer === undefined ? [] : await this.timeline(customer.customer_id);
  }

  /** Every event of the unified stream, oldest first. */
  async events(types?: string): Promise<readonly ApiEvent[]> {
    const wanted = types === undefined ? '' : `&types=${types}`;
    const events: ApiEvent[] = [];
    let after = 'earliest';
    for (;;) {
      const path = `/v1/events?limit=200&after=${encodeURIComponent(after)}${wanted}`;
      const page: { events: ApiEvent[]; next_cursor: string; at_end: boolean } = await this.get(path);
      events.push(...page.events);
      if (page.at_end) return events;
      after = page.next_cursor;
    }
  }
}
