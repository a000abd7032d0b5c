/** A request exactly as a provider puts it on the wire. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query of the webhook, for example `/webhooks/zalo/oa-shop`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: Buffer;
}

/** What the provider hears: an HTTP status, or nothing in time, or no connection. */
export type Answer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable' };

/** Puts one request on the wire and waits for the answer; never throws for what the network does. */
export type SendRequest = (request: ProviderRequest, answerWithinMs: number) => Promise<Answer>;

/** Whether the answer acknowledges the request. */
export const isAcknowledged = (answer: Answer): boolean =>
  answer.kind === 'status' && answer.status >= 200 && answer.status < 300;
