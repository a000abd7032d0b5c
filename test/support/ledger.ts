import { isAccepted, tryPost } from './post.js';
import type { TestMessage, TestProvider } from './providers.js';

/** One request of a provider and the messages that it carries. */
export interface Delivery {
  readonly provider: TestProvider;
  readonly messages: readonly TestMessage[];
}

/** What the driver of a long test may say about its traffic. */
export interface TrafficOptions {
  readonly deliveries: readonly Delivery[];
  /** Address of the provider's connector at this moment. */
  readonly urlOf: (provider: TestProvider) => string;
  /** Requests at the same time. */
  readonly connections: number;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/**
 * Providers at work, and what they remember: a ledger outside the system of every message that was answered 2xx.
 *
 * A request that hears anything else, or nothing, is sent again after a growing wait, for ever: providers go on for hours.
 */
export class Traffic {
  /** Ids of the entries that the system has promised to keep. */
  readonly accepted = new Set<string>();
  /** Requests that heard no 2xx, by status; 0 stands for a broken connection. */
  readonly failures = new Map<number, number>();
  private allowed = 0;
  private started = 0;
  private stopped = false;
  private wake: (() => void)[] = [];

  constructor(private readonly options: TrafficOptions) {}

  get total(): number {
    return this.options.deliveries.reduce((sum, { messages }) => sum + messages.length, 0);
  }

  /** Lets the driver begin requests until so many messages have been sent. */
  allow(messages: number): void {
    this.allowed = Math.max(this.allowed, messages);
    for (const wake of this.wake.splice(0)) wake();
  }

  /** Ends the work, after a failed test; requests under way are not sent again. */
  stop(): void {
    this.stopped = true;
    this.allow(Number.POSITIVE_INFINITY);
  }

  /** Sends everything; resolves when every delivery has been accepted. */
  async run(): Promise<void> {
    const queue = this.options.deliveries.values();
    const worker = async (): Promise<void> => {
      for (const delivery of queue) {
        await this.turn();
        if (this.stopped) return;
        this.started += delivery.messages.length;
        await this.deliver(delivery);
      }
    };
    await Promise.all(Array.from({ length: this.options.connections }, worker));
  }

  private async turn(): Promise<void> {
    while (this.started >= this.allowed) await new Promise<void>((resolve) => this.wake.push(resolve));
  }

  private async deliver({ provider, messages }: Delivery): Promise<void> {
    const request = provider.messages(messages);
    for (let waitMs = FIRST_WAIT_MS; !this.stopped; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      const status = await tryPost(this.options.urlOf(provider), request);
      if (isAccepted(status)) {
        for (const { n } of messages) this.accepted.add(provider.entryIdOf(n));
        return;
      }
      this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** How much traffic is wanted. */
export interface PlanOptions {
  readonly providers: readonly TestProvider[];
  readonly messages: number;
  /** People on each account. */
  readonly people: number;
  readonly startAt: Date;
}

/** Messages of all providers mixed, the people of each taking turns; several in one request where a provider does that. */
export function planTraffic({ providers, messages, people, startAt }: PlanOptions): Delivery[] {
  const deliveries: Delivery[] = [];
  let n = 0;
  while (n < messages) {
    for (const provider of providers) {
      const count = Math.min(messages - n, 1 + (deliveries.length % provider.mostMessages));
      const batch = Array.from({ length: count }, (): TestMessage => {
        n += 1;
        const at = new Date(startAt.getTime() + n * 100);
        return { n, person: (n * 7) % people, text: `Tin nhắn số ${n}: chị ơi, đơn này tới đâu rồi ạ?`, at };
      });
      if (batch.length > 0) deliveries.push({ provider, messages: batch });
    }
  }
  return deliveries;
}
