import { isAcknowledged, type Answer } from './provider-request.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How a provider goes on when its webhook does not answer well. */
export interface RetryPolicy {
  /** Longest wait for an answer, in real milliseconds. */
  readonly answerWithinMs: number;
  /** Waits before the second, third, … attempt, in milliseconds; their number limits the attempts. */
  readonly waitsMs: readonly number[];
  /** Whether this answer is followed by another attempt. */
  retriesAfter(answer: Answer): boolean;
  /** Headers that tell the attempt, counted from 0. */
  attemptHeaders(attempt: number): Readonly<Record<string, string>>;
}

const noHeaders = (): Readonly<Record<string, string>> => ({});
const numRetry = (attempt: number): Readonly<Record<string, string>> => ({ num_retry: String(attempt) });
const anythingButSuccess = (answer: Answer): boolean => !isAcknowledged(answer);

/**
 * Meta: at once, then less and less often for 36 hours. The steps between are not documented; these are ours.
 *
 * @see Graph API, "Webhooks: event notifications"
 */
export const META_RETRIES: RetryPolicy = {
  answerWithinMs: 20 * SECOND,
  waitsMs: [0, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 23 * HOUR],
  retriesAfter: anythingButSuccess,
  attemptHeaders: noHeaders,
};

/** Zalo: five more attempts with the header `num_retry`; after the last one Zalo switches the webhook off. */
export const ZALO_RETRIES: RetryPolicy = {
  answerWithinMs: 2 * SECOND,
  waitsMs: [30 * SECOND, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR],
  retriesAfter: anythingButSuccess,
  attemptHeaders: (attempt) => (attempt === 0 ? noHeaders() : numRetry(attempt)),
};

/** Twilio without settings: one more attempt, and only when no connection came about. */
export const TWILIO_RETRIES: RetryPolicy = {
  answerWithinMs: 15 * SECOND,
  waitsMs: [0],
  retriesAfter: (answer) => answer.kind === 'unreachable',
  attemptHeaders: noHeaders,
};

/** Twilio with `#rc=4&rp=4xx,5xx,ct,rt` behind the webhook's URL: four more attempts within 15 seconds. */
export const TWILIO_RETRIES_ASKED_FOR: RetryPolicy = {
  ...TWILIO_RETRIES,
  waitsMs: [0, SECOND, 2 * SECOND, 4 * SECOND],
  retriesAfter: anythingButSuccess,
};

/** A Vietnamese short-code gateway (V-COM): two more attempts, 20 seconds apart. */
export const GATEWAY_RETRIES: RetryPolicy = {
  answerWithinMs: 20 * SECOND,
  waitsMs: [20 * SECOND, 20 * SECOND],
  retriesAfter: (answer) => answer.kind !== 'status' || answer.status !== 200,
  attemptHeaders: noHeaders,
};

/** WhatsApp: like Meta's other webhooks, for up to seven days. */
export const WHATSAPP_RETRIES: RetryPolicy = {
  ...META_RETRIES,
  waitsMs: [...META_RETRIES.waitsMs, 24 * HOUR, 36 * HOUR, 48 * HOUR],
};

/** Telegram: until it is taken, "a reasonable number" of times; what waits is kept for a day. The steps are ours. */
export const TELEGRAM_RETRIES: RetryPolicy = {
  answerWithinMs: 60 * SECOND,
  waitsMs: [SECOND, 5 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR],
  retriesAfter: anythingButSuccess,
  attemptHeaders: noHeaders,
};

/** Viber: several times within an hour. The steps are ours. */
export const VIBER_RETRIES: RetryPolicy = {
  answerWithinMs: 5 * SECOND,
  waitsMs: [MINUTE, 4 * MINUTE, 10 * MINUTE, 20 * MINUTE, 25 * MINUTE],
  retriesAfter: anythingButSuccess,
  attemptHeaders: noHeaders,
};

/** LINE with redelivery switched on; without it there is none. The steps are ours. */
export const LINE_RETRIES: RetryPolicy = {
  answerWithinMs: 2 * SECOND,
  waitsMs: [MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR],
  retriesAfter: anythingButSuccess,
  attemptHeaders: noHeaders,
};

/** Systems that sign as Standard Webhooks prescribes: the example of its specification, for a day and a half. */
export const STANDARD_WEBHOOK_RETRIES: RetryPolicy = {
  answerWithinMs: 15 * SECOND,
  waitsMs: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR],
  retriesAfter: anythingButSuccess,
  attemptHeaders: noHeaders,
};
