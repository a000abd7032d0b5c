import type { ProviderRequest, RetryPolicy } from '@app/simulators';
import type { DemoAccountId, Oddity } from './script/step.js';

/** A webhook that a provider will call. */
export interface OutgoingWebhook {
  readonly kind: 'webhook';
  readonly account: DemoAccountId;
  /** When the provider sends it. */
  readonly at: Date;
  readonly request: ProviderRequest;
  readonly policy: RetryPolicy;
  /** Number of elements that it carries. */
  readonly elements: number;
  readonly oddity: Oddity | undefined;
}

/** A mail that will arrive in the mailbox. */
export interface OutgoingMail {
  readonly kind: 'mail';
  readonly account: DemoAccountId;
  /** When it reaches the mailbox. */
  readonly at: Date;
  /** INTERNALDATE: when the mail system received it, which is earlier for one that lay in another folder first. */
  readonly receivedAt: Date;
  readonly raw: Buffer;
}

/** Something that a provider will do. */
export type Outgoing = OutgoingWebhook | OutgoingMail;
