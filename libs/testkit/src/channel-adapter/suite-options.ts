import type { DeliveryStatus } from '@app/contracts';
import type { WebhookAdapter, WebhookReply, WebhookRequest } from '@app/channels';
import type { ChannelAccount } from '@app/kernel';

/** Where a proof stands that is no header. */
export interface ProofPlace {
  readonly read: (request: WebhookRequest) => string;
  /** @param value undefined: without it */
  readonly write: (request: WebhookRequest, value: string | undefined) => WebhookRequest;
}

/** What {@link describeChannelAdapter} needs to know. */
export interface ChannelAdapterSuite {
  readonly adapter: WebhookAdapter;
  /** A complete account of the adapter's. */
  readonly account: ChannelAccount;
  /** Further accounts that fixtures name. */
  readonly otherAccounts?: readonly ChannelAccount[];
  /** Folder of fixtures, for example `new URL('./fixtures/', import.meta.url)`. */
  readonly fixtures: URL;
  /** Bytes of a JSON body as the provider writes it; `JSON.stringify` unless given. */
  readonly encode?: (body: unknown) => Buffer;
  /** A delivery as the provider sends it, signed with the account's secrets. */
  readonly signedRequest: (body: Buffer, account: ChannelAccount) => WebhookRequest;
  /** Header that holds the proof, in lower case; or how it is read and replaced where it stands elsewhere. */
  readonly signatureHeader: string | ProofPlace;
  /** False when the proof is a mere token that does not cover the body. */
  readonly signsBody?: boolean;
  /** Secrets and settings without which an account cannot work, for example `secrets.app_secret`. */
  readonly required: readonly string[];
  /** Handshakes; absent when the provider has none. */
  readonly handshakes?: readonly (readonly [label: string, request: WebhookRequest, reply: WebhookReply])[];
  /** A genuine body, for a provider that carries no text messages. */
  readonly sample?: Buffer;
  /** Builds deliveries of text messages; absent when the provider carries none. */
  readonly messages?: {
    /** One body with these elements in order. Absent in `many` mode only for providers that send one at a time. */
    readonly body: (elements: readonly unknown[]) => Buffer;
    /** An element that says this; `index` tells elements of one body apart. */
    readonly element: (text: string, index: number) => unknown;
    /** Whether a body can hold several elements. */
    readonly many: boolean;
    /** Whether bodies are forms, which cannot carry half an emoji. */
    readonly isForm?: boolean;
    /** What becomes of U+0000. */
    readonly nul: 'replace' | 'remove';
    /** Body in which this id, above 2^53, stands as a JSON number; absent when the provider sends no JSON. */
    readonly longId?: (digits: string) => Buffer;
  };
  /** Every documented delivery status, and one that is not: what its body gives. */
  readonly statuses?: readonly (readonly [label: string, body: Buffer, outcome: DeliveryStatus | 'none'])[];
  /** Number of elements that a body holds, so that none can get lost; absent when it cannot be told. */
  readonly countElements?: (body: unknown) => number;
}
