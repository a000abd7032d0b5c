import type { DeadLetterCode, InboundEvent } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';

/** An event and the person's id at the provider from which its record key is made. */
export interface ParsedEvent {
  readonly event: InboundEvent;
  /** Account that the event belongs to: one app may deliver for several of our accounts. */
  readonly account: ChannelAccount;
  /** Provider's id of the customer's side; all records of one person on one account share a key. */
  readonly senderId: string;
}

/** An element that was authentic but makes no event; its bytes go to the dead letters. */
export interface RejectedElement {
  readonly code: DeadLetterCode;
  /** At most 512 bytes, without personal data. */
  readonly detail: string;
  /** The element's original bytes. */
  readonly bytes: Buffer;
  /** Stable id of the element, so that a redelivery makes the same dead letter. */
  readonly key: string;
}
