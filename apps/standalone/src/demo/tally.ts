import { type DeliveryReport } from '@app/simulators';
import type { OutgoingWebhook } from './outgoing.js';

/** What went over the wire in the course of a day. */
export interface DeliveryTally {
  /** Requests that providers wanted to deliver, copies included. */
  readonly requests: number;
  /** Requests that a provider sent twice for no reason. */
  readonly copies: number;
  /** Messages, comments, receipts and so on within the requests, copies left out. */
  readonly elements: number;
  /** Times that a request was put on the wire. */
  readonly attempts: number;
  readonly mails: number;
  /** Forged requests that got no further than the door. */
  readonly refused: number;
  /** Genuine requests that were never acknowledged. */
  readonly unanswered: number;
}

/** Counts deliveries as they end. */
export class Tally {
  private counts = { requests: 0, copies: 0, elements: 0, attempts: 0, mails: 0, refused: 0, unanswered: 0 };

  get now(): DeliveryTally {
    return { ...this.counts };
  }

  addMail(): void {
    this.counts.mails += 1;
  }

  /** @param isCopy of a copy, which carries nothing new */
  addWebhook({ oddity, elements, account }: OutgoingWebhook, report: DeliveryReport, isCopy: boolean): void {
    this.counts.requests += 1;
    this.counts.attempts += report.answers.length;
    this.counts.copies += isCopy ? 1 : 0;
    this.counts.elements += isCopy ? 0 : elements;
    if (oddity !== 'forged') this.counts.unanswered += report.accepted ? 0 : 1;
    // Zalo must hear 200 even then, or it switches the webhook off: only the timeline tells whether it was let in.
    else if (account === 'oa-shop' || !report.accepted) this.counts.refused += 1;
  }
}
