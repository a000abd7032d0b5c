import type { Channel, IdentityKind } from '@app/contracts';
import type { ChannelAccount } from '@app/kernel';
import type { CommentAccess } from './comment-access.js';
import type { MediaRequest } from './media-request.js';
import type { ParsedEvent, RejectedElement } from './parsed-event.js';

export type { MediaRequest } from './media-request.js';
export type { ParsedEvent, RejectedElement } from './parsed-event.js';

/** A provider's request, before anything in it is trusted. */
export interface WebhookRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query exactly as received, for example `/webhooks/sms/hotline?x=1`. */
  readonly originalUrl: string;
  /** Query parameters in order, decoded; a name may repeat. */
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw bytes. */
  readonly body: Buffer;
  /** Address of the peer, for logs and address lists. */
  readonly remoteAddress: string;
}

/** An answer to a provider. */
export interface WebhookReply {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

/** Outcome of checking a request. */
export type Verification =
  /** `pull`: nothing was delivered, we asked. */
  | { readonly ok: true; readonly method: 'hmac' | 'hash' | 'token' | 'pull' | 'none'; readonly keyId?: string }
  /** `reason` is a word for metrics, such as `missing`, `malformed`, `mismatch`. */
  | { readonly ok: false; readonly reason: string };

/** An element that carries nothing to keep, with the reason under which it is counted. */
export interface IgnoredElement {
  readonly reason: string;
}

/** Bytes that must be durable before the events that refer to them. */
export interface KeptBytes {
  /** `sha256:` and the digest in hexadecimal. */
  readonly id: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A part of a message that a provider hands over in several pieces, or of which it does not say whether it is new. */
export interface MessagePart {
  readonly account: ChannelAccount;
  /** What the parts of one message have in common; used again for other messages later. */
  readonly setKey: string;
  /** From 1. */
  readonly number: number;
  readonly total: number;
  /** Provider's id of the customer's side, as {@link ParsedEvent.senderId}. */
  readonly senderId: string;
  /** What {@link ChannelProvider.join} needs of it; text of the provider's own shape. */
  readonly payload: string;
  /** An equal part that came before was answered, so that this one is another message. */
  readonly isAnother?: boolean;
}

/** The parts of one message that are there. */
export interface PartSet {
  /** Never used again. */
  readonly id: string;
  readonly total: number;
  /** When the first part came. */
  readonly firstAt: Date;
  /** By number, without repeats. */
  readonly parts: readonly Pick<MessagePart, 'number' | 'payload'>[];
  /** How many were there when the message was told before; 0: it was not. */
  readonly told: number;
}

/** All that a body says. `events`, `rejected` and `ignored` together account for every element of every array. */
export interface ParseResult {
  /** What events refer to instead of holding it, such as whole mails. */
  readonly kept?: readonly KeptBytes[];
  /** Elements that make an event only together with others. */
  readonly parts?: readonly MessagePart[];
  readonly events: readonly ParsedEvent[];
  readonly rejected: readonly RejectedElement[];
  readonly ignored: readonly IgnoredElement[];
}

/** What a parser may know besides the bytes. It is pure: no clock, network, logger or database. */
export interface ParseContext {
  /** The account whose address received the request. */
  readonly account: ChannelAccount;
  /** All accounts, because one app may deliver for several pages. */
  readonly accounts: readonly ChannelAccount[];
  /** When the request was received. */
  readonly receivedAt: Date;
  readonly verification: Extract<Verification, { ok: true }>;
}

/**
 * What a provider can tell us on a channel. `reply`: which message one answers; `claims`: what a message says about its
 * sender besides the identity; `call`: reports of a call, which add up to one entry; `order`: the same of an order; `unsupported`: things that are kept and shown without being understood.
 */
export type Ability =
  | 'message'
  | 'echo'
  | 'edit'
  | 'delete'
  | 'reaction'
  | 'receipt'
  | 'call'
  | 'order'
  | 'comment'
  | 'attachment'
  | 'reply'
  | 'claims'
  | 'unsupported';

/** How a provider's attachments are fetched. */
export interface MediaAccess {
  /** Domains that hand them out, each with its subdomains; nothing is asked of any other host. */
  readonly hosts: readonly string[];
  /** Domains that the settings of an account name besides, where it is not known which there are. */
  moreHosts?(account: ChannelAccount): readonly string[];
  /** What is not found may not be there yet: for this long after its message it is asked for again, in milliseconds. */
  readonly lateByMs?: number;
  /**
   * The request for an attachment, when it takes more than its address: a credential, or an id to be resolved.
   *
   * @returns undefined when the locator leads nowhere
   */
  requestFor?(
    attachment: { readonly locator: string; readonly source: string },
    account: ChannelAccount,
    now: Date,
  ): MediaRequest | undefined;
}

/** What a provider says of a person; absent: it does not say. */
export interface Profile {
  readonly name?: string;
  readonly username?: string;
  readonly locale?: string;
  /** Address of a picture, which may soon lead nowhere. */
  readonly avatar?: string;
}

/** How a provider is asked about people whom its messages only number. */
export interface ProfileAccess {
  /** Kind of the identities that it knows. */
  readonly kind: IdentityKind;
  /** Scope of the identities that an account may ask about. */
  scopeOf(account: ChannelAccount): string;
  readonly hosts: readonly string[];
  /** Domains that hand out pictures of people, each with its subdomains; absent: none are fetched. */
  readonly avatarHosts?: readonly string[];
  /** @returns undefined when the account has no credential for it */
  requestFor(userId: string, account: ChannelAccount): Omit<MediaRequest, 'next'> | undefined;
  /** @returns undefined when the answer is a refusal */
  read(answer: Buffer): Profile | undefined;
}

/** A form for a provider, and the credential with which it is posted. */
export interface TokenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** What a provider answers to a {@link TokenRequest}. */
export type TokenReading =
  | { readonly ok: true; readonly accessToken: string; readonly refreshToken: string; readonly lifetimeMs: number }
  /** Somebody must act. `reason` is the provider's code. */
  | { readonly ok: false; readonly reason: string };

/** A question to somebody who may grant rights: both are random, and never used again. */
export interface GrantQuestion {
  /** Proves later that who exchanges the code also asked for it (RFC 7636). */
  readonly verifier: string;
  /** Comes back with the code. */
  readonly state: string;
  /** Where the browser is sent back to, as it is registered with the provider. */
  readonly callbackUrl: string;
}

/** How somebody who may grant rights gives the first refresh token of an account, in a browser. */
export interface TokenGrant {
  /** The address to open. */
  permissionUrl(question: GrantQuestion, account: ChannelAccount): string;
  /**
   * Reads the address to which the browser was sent back.
   *
   * @returns undefined when it answers another question, or is about another account
   */
  codeOf(address: string, question: GrantQuestion, account: ChannelAccount): string | undefined;
  /** Exchanges the code, which works once. */
  requestFor(code: string, question: GrantQuestion, account: ChannelAccount): TokenRequest;
}

/** How the access token of an account is renewed by a refresh token that changes with each use. */
export interface TokenAccess {
  readonly hosts: readonly string[];
  /** What the accounts file brings to begin with; undefined when the token of that account never changes. */
  refreshTokenOf(account: ChannelAccount): string | undefined;
  requestFor(refreshToken: string, account: ChannelAccount): TokenRequest;
  /** Absent: the first refresh token is had elsewhere. */
  readonly grant?: TokenGrant;
  /** @returns undefined for an answer that is none */
  read(answer: Buffer): TokenReading | undefined;
}

/** What every provider on a channel states about itself, however its messages come in. */
export interface ChannelProvider {
  readonly channel: Channel;
  /** Channels of what comes through this door, when they are others than its own. */
  readonly carries?: readonly Channel[];
  /** Provider as in the accounts file. */
  readonly provider: string;
  /** All that its messages show; the fixtures of its spec show each one, and no other. */
  readonly abilities: readonly Ability[];
  /** Absent: attachments are not fetched, or there are none. */
  readonly media?: MediaAccess;
  /** Absent: messages name people, or nobody can be asked. An account is asked about only with `settings.profiles: true`. */
  readonly profile?: ProfileAccess;
  /** Absent: access tokens do not change by themselves. */
  readonly token?: TokenAccess;
  /** Absent: it tells of every comment by itself, or has none. */
  readonly comments?: CommentAccess;
  /**
   * Makes the message of a set, complete or not: the message itself when it is told for the first time, else an edit of it.
   * Absent: messages never come in parts.
   */
  join?(set: PartSet, account: ChannelAccount): ParsedEvent;
  /** Problems of an account's settings and secrets, with paths relative to the account, for example `secrets.app_secret: …`. */
  checkAccount(account: ChannelAccount): readonly string[];
}

/**
 * A provider that delivers by webhook. Reads like the provider's own page: check, parse, answer.
 *
 * `parse` is pure: the same bytes in give the same events out, in the order in which the provider lists them. It never
 * throws for what a body contains: what it cannot read is a {@link RejectedElement}.
 */
export interface ChannelAdapter extends ChannelProvider {
  /** Largest body in bytes; larger ones are answered 413. */
  readonly maxBodyBytes: number;
  /** Longest wait for the broker, in milliseconds, so that the answer reaches the provider in time. */
  readonly answerWithinMs: number;
  /** Answers a handshake or console check; undefined when the request is an ordinary delivery. */
  handshake(request: WebhookRequest, account: ChannelAccount): WebhookReply | undefined;
  /** Checks the raw bytes in constant time. @param receivedAt for providers that sign a time */
  verify(request: WebhookRequest, account: ChannelAccount, receivedAt?: Date): Verification;
  parse(request: WebhookRequest, context: ParseContext): ParseResult;
  /** What the provider wants to hear after a durable append. */
  readonly accepted: WebhookReply;
  /** What a request with a wrong signature is answered: 401, but 200 for Zalo. */
  readonly refused: WebhookReply;
  /** Answers of one account, for a provider whose answers are part of its settings; instead of the fixed ones. */
  repliesFor?(account: ChannelAccount): { readonly accepted: WebhookReply; readonly refused: WebhookReply };
}

/** A provider whose bodies take a parser that gives way to others: mail. What it says is as pure as that of the rest. */
export interface AsyncChannelAdapter extends Omit<ChannelAdapter, 'parse'> {
  parse(request: WebhookRequest, context: ParseContext): Promise<ParseResult>;
}

/** A provider that delivers by webhook, however it is parsed. */
export type WebhookAdapter = ChannelAdapter | AsyncChannelAdapter;
