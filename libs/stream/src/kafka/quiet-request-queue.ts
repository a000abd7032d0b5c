import { createRequire } from 'node:module';

/** The fields of kafkajs's RequestQueue that its timer uses. */
interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: readonly unknown[];
  checkPendingRequests(): void;
}

const CHECK_PENDING_MS = 10;

/**
 * Stops kafkajs 2.2.4 from polling every idle connection about a thousand times a second: it schedules the check of an
 * empty queue at a negative time, for ever (github.com/tulios/kafkajs, issue 1751). Newer Node versions also warn.
 *
 * The package has no `exports` map, so its inner file can be reached. Runs once, before the first client.
 */
export function quietRequestQueue(): void {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: object };
  Object.assign(queue.prototype, { scheduleCheckPendingRequests: scheduleWhenNeeded });
}

function scheduleWhenNeeded(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null) return;
  let wait = this.throttledUntil - Date.now();
  if (this.pending.length > 0 && wait <= 0) wait = CHECK_PENDING_MS;
  if (wait <= 0) return;
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, wait);
}
