/** Who changes who is who, and why: kept with every row of the graph log. */
export interface Decision {
  /** Name of the agent, or `system`. */
  readonly actor: string;
  readonly reason: string | null;
  /** One for everything that was decided together; what is decided together is undone together. */
  readonly batchId: string;
  /** The same from the request or message to the events that it makes. */
  readonly correlationId: string;
  /** The evidence that decided it, for readers of the stream. */
  readonly rule: string;
  readonly trust: number;
  /** The entry of the graph log that this one takes back. */
  readonly undoes?: string;
  /** The customer that was pinned so that it survives, with its pin before. */
  readonly pinned?: { readonly customerId: string; readonly before: string | null };
}

/** A row of the graph log: identities that went from one customer to another. */
export interface GraphLogEntry {
  readonly id: string;
  readonly op: 'merge' | 'unmerge';
  readonly from: string;
  readonly to: string;
  readonly identities: readonly { readonly id: string; readonly version: number }[];
}
