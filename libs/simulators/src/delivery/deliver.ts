import type { SimulatorClock } from '../simulator-clock.js';
import { isAcknowledged, type Answer, type ProviderRequest, type SendRequest } from './provider-request.js';
import type { RetryPolicy } from './retry-policy.js';

/** One delivery and how it is to go. */
export interface DeliverOptions {
  readonly policy: RetryPolicy;
  readonly clock: SimulatorClock;
  readonly send: SendRequest;
  /**
   * Number of first attempts whose answer gets lost on the way back: the receiver has the message, the provider takes
   * it for a time-out and tries again. This is where duplicates come from in real life.
   */
  readonly loseAnswers?: number;
}

/** What became of a delivery. */
export interface DeliveryReport {
  /** Answers as the receiver gave them, lost ones included, in order; one for each attempt. */
  readonly answers: readonly Answer[];
  /** Whether the receiver acknowledged at least one attempt. */
  readonly accepted: boolean;
}

/** Delivers one request as its provider does: again and again by its schedule, until an answer satisfies it. */
export async function deliver(request: ProviderRequest, options: DeliverOptions): Promise<DeliveryReport> {
  const { policy, clock, send, loseAnswers = 0 } = options;
  const answers: Answer[] = [];
  for (let attempt = 0; attempt <= policy.waitsMs.length; attempt += 1) {
    const wait = attempt === 0 ? 0 : (policy.waitsMs[attempt - 1] ?? 0);
    if (wait > 0) await clock.waitUntil(new Date(clock.now().getTime() + wait));
    const headers = { ...request.headers, ...policy.attemptHeaders(attempt) };
    const answer = await send({ ...request, headers }, policy.answerWithinMs);
    answers.push(answer);
    const heard: Answer = attempt < loseAnswers ? { kind: 'timeout' } : answer;
    if (!policy.retriesAfter(heard)) break;
  }
  return { answers, accepted: answers.some(isAcknowledged) };
}
