import {
  conversationId,
  entryId,
  isToBeFetched,
  type Attachment,
  type Call,
  type Content,
  type IdentityKind,
  type InboundEvent,
  type InboundIdentity,
  type MessageReceived,
  type Order,
  type ReceiptUpdated,
} from '@app/contracts';
import { identityKey, isBlockedValue, isRoleMailbox, type AssessedClaim } from '@app/identity';
import { foldText } from '@app/kernel';
import {
  laterWord,
  progressOfOne,
  type ChangeWrite,
  type ClaimWrite,
  type EntryWrite,
  type FactWrite,
  type IdentityWrite,
  type MediaWrite,
  type PostWrite,
  type ProofWrite,
  type WatermarkWrite,
} from '@app/persistence';
import type { DecodedEvent } from './decode-record.js';

/** Everything that a batch will write, keyed by identity; sorted as it must be written. */
export interface BatchPlan {
  readonly identities: readonly IdentityWrite[];
  readonly entries: readonly EntryWrite[];
  readonly changes: readonly ChangeWrite[];
  readonly media: readonly MediaWrite[];
  readonly watermarks: readonly WatermarkWrite[];
  readonly facts: readonly FactWrite[];
  readonly posts: readonly PostWrite[];
  readonly proofs: readonly ProofWrite[];
  readonly claims: readonly ClaimWrite[];
}

/** An event with what it says about its sender. */
export interface AssessedEvent extends DecodedEvent {
  readonly claims: readonly AssessedClaim[];
}

/** What a batch is planned by. */
export interface PlanOptions {
  /** From `deriveKey(secret, 'identity-key')`. */
  readonly hmacKey: Buffer;
  /** Rules of level 2 that the installation lets join people; all of level 3 and above do. */
  readonly joiningRules: ReadonlySet<string>;
}

/** Evidence of this level joins people. */
const JOINING_TRUST = 3;

type ReportEvent = Extract<InboundEvent, { type: 'omni.inbound.call.updated' | 'omni.inbound.order.updated' }>;

/** What an entry is made of: a message, or the first report of something that goes on. */
type EntryData = Omit<MessageReceived, 'identity'> & {
  readonly call?: Call | undefined;
  readonly order?: Order | undefined;
  /** When that began. */
  readonly startedAt?: string;
};

interface ReportedContent {
  readonly content: Content;
  readonly attachments: MessageReceived['attachments'];
  readonly call: Call | undefined;
  readonly order: Order | undefined;
  readonly startedAt: string;
  readonly flags: undefined;
  readonly claims: undefined;
}

/** What says how a post begins: its comments, and the post itself. */
type PostTeller = Pick<MessageReceived, 'account_id' | 'occurred_at' | 'post'>;

/** An event that is kept as a change of an entry. */
type ChangeEvent = Exclude<InboundEvent, { type: 'omni.inbound.message.received' | 'omni.inbound.post.updated' }>;

/** What a claim hangs on. */
type ClaimingData = Pick<MessageReceived, 'account_id' | 'message_kind' | 'provider' | 'occurred_at'>;

type IdentityName = Pick<InboundIdentity, 'kind' | 'scope' | 'value'>;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Names on which an identity's own kind says nothing, or which a connector failed to normalise: nobody is identified. */
function storedIdentity(identity: InboundIdentity, accountId: string): InboundIdentity {
  if (!isBlockedValue(identity.kind as IdentityKind, identity.value)) return identity;
  return { ...identity, kind: 'sender_label', scope: accountId, value: `blocked:${identity.kind}` };
}

/** Collects the writes of a batch. One instance for one batch. */
class BatchPlanner {
  private readonly identities = new Map<string, IdentityWrite>();
  private readonly entries = new Map<string, EntryWrite>();
  private readonly changes = new Map<string, ChangeWrite>();
  private readonly media = new Map<string, MediaWrite>();
  private readonly watermarks = new Map<string, WatermarkWrite>();
  private readonly facts = new Map<string, FactWrite>();
  private readonly posts = new Map<string, PostWrite>();
  private readonly proofs: ProofWrite[] = [];
  private readonly claims = new Map<string, ClaimWrite>();
  private readonly keys = new Map<string, string>();
  private readonly newestInBatch = new Map<string, string>();

  constructor(private readonly options: PlanOptions) {}

  add(assessed: AssessedEvent): void {
    const { event, correlationId } = assessed;
    if (event.type === 'omni.inbound.call.updated' || event.type === 'omni.inbound.order.updated') {
      this.addReport(event, assessed.claims, correlationId);
      return;
    }
    if (event.type === 'omni.inbound.post.updated') {
      this.addPost(event.data);
      return;
    }
    const identity = storedIdentity(event.data.identity, event.data.account_id);
    const key = this.identityKeyOf(identity, event.data.occurred_at, correlationId);
    switch (event.type) {
      case 'omni.inbound.message.received':
        this.addEntry(event.id, event.data, identity, key, correlationId);
        for (const claim of assessed.claims) this.addClaim(event.data, claim, key, correlationId);
        return;
      case 'omni.inbound.message.edited':
        this.addMedia(event.data, event.data.attachments, key);
        this.addChange(event, event.id, event.data.provider.message_id, { identityKey: key, correlationId });
        return;
      case 'omni.inbound.message.deleted':
      case 'omni.inbound.message.reacted':
        this.addChange(event, event.id, event.data.provider.message_id, { identityKey: key, correlationId });
        return;
      case 'omni.inbound.receipt.updated':
        for (const messageId of event.data.message_ids) {
          this.addChange(event, `${event.id}:${messageId}`, messageId, { identityKey: key, correlationId });
        }
        this.addWatermark(event.data, key);
        return;
    }
  }

  /** Every report is kept as a change; one that names the person makes the entry, unless another one did. */
  private addReport(event: ReportEvent, claims: readonly AssessedClaim[], correlationId: string): void {
    const { data } = event;
    if (data.identity === undefined) {
      this.addMedia(data, progressOfOne(event).attachments, undefined);
      this.addChange(event, event.id, data.provider.message_id, { identityKey: undefined, correlationId });
      return;
    }
    const identity = storedIdentity(data.identity, data.account_id);
    const identityKeyHex = this.identityKeyOf(identity, data.occurred_at, correlationId);
    this.addMedia(data, progressOfOne(event).attachments, identityKeyHex);
    this.addChange(event, event.id, data.provider.message_id, { identityKey: identityKeyHex, correlationId });
    this.addEntry(event.id, { ...data, ...reportedContent(event) }, identity, identityKeyHex, correlationId);
    if (data.direction === 'inbound') {
      // Each report may know a better name, also one that comes together with the report that makes the entry.
      const entry = entryId(data.account_id, data.message_kind, data.provider.message_id);
      this.addFacts(identity, identityKeyHex, data.occurred_at, entry);
    }
    for (const claim of claims) this.addClaim(data, claim, identityKeyHex, correlationId);
  }

  plan(): BatchPlan {
    return {
      identities: [...this.identities.values()].sort((a, b) => byText(a.key, b.key)),
      entries: [...this.entries.values()].sort((a, b) => byText(a.id, b.id)),
      changes: [...this.changes.values()].sort((a, b) => byText(a.id, b.id)),
      media: [...this.media.values()],
      watermarks: [...this.watermarks.values()].sort((a, b) => byText(a.conversationId, b.conversationId)),
      facts: [...this.facts.values()],
      posts: [...this.posts.values()],
      proofs: this.proofs,
      claims: [...this.claims.values()],
    };
  }

  private identityKeyOf(identity: IdentityName, seenAt: string, correlationId: string): string {
    const name = `${identity.kind}\u0000${identity.scope}\u0000${identity.value}`;
    const key = this.keys.get(name) ?? this.keyOf(identity);
    this.keys.set(name, key);
    const known = this.identities.get(key);
    if (known === undefined) {
      const { kind, scope, value } = identity;
      const shared = kind.startsWith('email') && isRoleMailbox(value);
      this.identities.set(key, { key, kind, scope, value, seenAt, latestAt: seenAt, correlationId, shared });
    } else if (known.latestAt < seenAt) {
      this.identities.set(key, { ...known, latestAt: seenAt });
    }
    return key;
  }

  private keyOf({ kind, scope, value }: IdentityName): string {
    return identityKey(this.options.hmacKey, kind as IdentityKind, scope, value);
  }

  /** Proof joins, so that what it proves must exist; a mere claim makes nobody. */
  private addClaim(data: ClaimingData, claim: AssessedClaim, identityKeyHex: string, correlationId: string): void {
    const at = data.occurred_at;
    const sourceEntry = entryId(data.account_id, data.message_kind, data.provider.message_id);
    const { kind, scope, value, rule, trust } = claim;
    if (trust >= JOINING_TRUST || this.options.joiningRules.has(rule)) {
      const provenKey = this.identityKeyOf(claim, at, correlationId);
      this.proofs.push({
        identityKey: identityKeyHex,
        provenKey,
        rule,
        trust,
        evidenceAt: at,
        sourceEntry,
        correlationId,
      });
      return;
    }
    const claimedKey = this.keyOf(claim);
    const id = `${identityKeyHex} ${claimedKey} ${rule}`;
    const held = this.claims.get(id);
    if (held !== undefined && held.claimedAt <= at && held.trust >= trust) return;
    const claimedAt = held !== undefined && held.claimedAt < at ? held.claimedAt : at;
    this.claims.set(id, {
      identityKey: identityKeyHex,
      claimedKey,
      kind,
      scope,
      value,
      rule,
      trust,
      claimedAt,
      sourceEntry,
    });
  }

  private addEntry(
    id: string,
    data: EntryData,
    identity: InboundIdentity,
    identityKeyHex: string,
    correlationId: string,
  ): void {
    this.addPost(data);
    const entry = entryId(data.account_id, data.message_kind, data.provider.message_id);
    if (this.entries.has(entry)) return;
    const occurredAt = data.startedAt ?? data.occurred_at;
    const conversation = conversationId(data.account_id, identityKeyHex, data.provider.conversation_id);
    const newest = this.newestInBatch.get(conversation);
    if (newest === undefined || newest < occurredAt) this.newestInBatch.set(conversation, occurredAt);
    const messageId = data.mail?.message_id;
    this.entries.set(entry, {
      id: entry,
      ...(messageId === undefined ? {} : { alias: entryId(data.account_id, 'mail', messageId) }),
      keptBytes: keptBytesOf(data),
      identityKey: identityKeyHex,
      conversationId: conversation,
      threadId: data.provider.conversation_id,
      eventId: id,
      correlationId,
      accountId: data.account_id,
      channel: data.channel,
      kind: data.message_kind,
      direction: data.direction === 'echo' ? 'outbound' : 'inbound',
      occurredAt,
      receivedAt: data.received_at,
      lateInBatch: newest !== undefined && newest > occurredAt,
      body: JSON.stringify(bodyOf(data)),
      raw: data.content.type === 'unsupported' ? rawBytes(data.raw) : null,
    });
    this.addMedia(data, data.attachments, identityKeyHex);
    if (data.direction === 'inbound') this.addFacts(identity, identityKeyHex, data.occurred_at, entry);
  }

  /**
   * A repeat counts as well: a reading tells again of a comment that a webhook told of without it. A post began so when its
   * comment was written, or later.
   */
  private addPost({ account_id: accountId, occurred_at: saidAt, post }: PostTeller): void {
    if (post?.excerpt === undefined) return;
    const { provider_id: providerId, excerpt } = post;
    const word: PostWrite = { accountId, providerId, excerpt, saidAt };
    const key = `${accountId} ${providerId}`;
    const held = this.posts.get(key);
    this.posts.set(key, held === undefined ? word : laterWord(held, word));
  }

  private addMedia(
    data: Pick<MessageReceived, 'account_id' | 'message_kind' | 'provider' | 'occurred_at'>,
    attachments: readonly Attachment[] | undefined,
    identityKeyHex: string | undefined,
  ): void {
    const fetched = (attachments ?? []).filter(isToBeFetched);
    if (fetched.length === 0) return;
    const entry = entryId(data.account_id, data.message_kind, data.provider.message_id);
    for (const { locator, source } of fetched) {
      this.media.set(`${entry} ${locator}`, {
        entryId: entry,
        locator,
        source,
        accountId: data.account_id,
        identityKey: identityKeyHex,
        at: data.occurred_at,
      });
    }
  }

  private addChange(
    event: ChangeEvent,
    id: string,
    messageId: string,
    by: { readonly identityKey: string | undefined; readonly correlationId: string },
  ): void {
    const { data } = event;
    this.changes.set(id, {
      id,
      entryId: entryId(data.account_id, data.message_kind, messageId),
      byAlias: data.message_kind === 'mail',
      type: event.type,
      occurredAt: data.occurred_at,
      body: JSON.stringify(changeBody(event)),
      accountId: data.account_id,
      channel: data.channel,
      ...by,
    });
  }

  private addWatermark(data: ReceiptUpdated, identityKeyHex: string): void {
    if (data.watermark === undefined || (data.status !== 'read' && data.status !== 'delivered')) return;
    const id = conversationId(data.account_id, identityKeyHex, data.provider.conversation_id);
    const before = this.watermarks.get(id);
    const later = (held: string | null | undefined): string =>
      held !== null && held !== undefined && held > data.watermark! ? held : data.watermark!;
    this.watermarks.set(id, {
      conversationId: id,
      threadId: data.provider.conversation_id,
      seenAt: data.occurred_at,
      accountId: data.account_id,
      channel: data.channel,
      identityKey: identityKeyHex,
      deliveredUntil: data.status === 'delivered' ? later(before?.deliveredUntil) : (before?.deliveredUntil ?? null),
      readUntil: data.status === 'read' ? later(before?.readUntil) : (before?.readUntil ?? null),
    });
  }

  private addFacts(identity: InboundIdentity, identityKeyHex: string, observedAt: string, sourceEntry: string): void {
    const observed = {
      name: identity.display_name,
      username: identity.username,
      locale: identity.locale,
      avatar: identity.avatar_ref,
    };
    for (const [key, value] of Object.entries(observed)) {
      if (value === undefined || value === '') continue;
      const id = `${identityKeyHex} ${key}`;
      const held = this.facts.get(id);
      if (
        held !== undefined &&
        (held.observedAt > observedAt || (held.observedAt === observedAt && held.value >= value))
      )
        continue;
      this.facts.set(id, {
        identityKey: identityKeyHex,
        key,
        value,
        folded: foldText(value),
        trust: 1,
        observedAt,
        sourceEntry,
      });
    }
  }
}

/** What the entry of a report holds until further ones come. Flags and claims are of a report, not of what it reports. */
function reportedContent(event: ReportEvent): ReportedContent {
  const { content, attachments, call, order, startedAt } = progressOfOne(event);
  return {
    content,
    attachments: attachments.length === 0 ? undefined : [...attachments],
    call,
    order,
    startedAt,
    flags: undefined,
    claims: undefined,
  };
}

function bodyOf(data: EntryData): Record<string, unknown> {
  return {
    content: data.content,
    ...(data.attachments === undefined ? {} : { attachments: data.attachments }),
    provider: { name: data.provider.name, message_id: data.provider.message_id },
    ...(data.reply_to === undefined ? {} : { reply_to: replyOf(data.account_id, data.reply_to) }),
    ...(data.post === undefined ? {} : { post: data.post }),
    ...(data.mail === undefined ? {} : { mail: data.mail }),
    ...(data.call === undefined ? {} : { call: data.call }),
    ...(data.order === undefined ? {} : { order: data.order }),
    ...(data.visit === undefined ? {} : { visit: data.visit }),
    ...(data.form === undefined ? {} : { form: data.form }),
    ...(data.flags === undefined ? {} : { flags: data.flags }),
    ...(data.claims === undefined ? {} : { claims: data.claims }),
  };
}

/** Names of the bytes that its connector kept: the original, and what was taken out of it. */
function keptBytesOf({ raw, content, attachments = [] }: EntryData): readonly string[] {
  const references = [
    raw.encoding === 'reference' ? raw.data : undefined,
    content.html_ref,
    ...attachments.map(({ source, locator }) => (source === 'blob' ? locator : undefined)),
  ];
  const names = references.map((reference) => /^blob:(sha256:[0-9a-f]{64})$/.exec(reference ?? '')?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** What is answered; a mail names it by its Message-ID, by which its entry is looked up when somebody reads. */
function replyOf(accountId: string, replyTo: NonNullable<MessageReceived['reply_to']>): Record<string, unknown> {
  if (replyTo.message_kind !== 'mail') return replyTo;
  return { ...replyTo, alias: entryId(accountId, 'mail', replyTo.provider_message_id) };
}

function rawBytes(raw: MessageReceived['raw']): Buffer {
  return Buffer.from(raw.data, raw.encoding === 'base64' ? 'base64' : 'utf8');
}

/** What a change does to its entry, without the frame. */
function changeBody(event: ChangeEvent): Record<string, unknown> {
  switch (event.type) {
    case 'omni.inbound.message.edited':
      return { content: event.data.content, attachments: event.data.attachments, edit_rank: event.data.edit_rank };
    case 'omni.inbound.message.deleted':
      return { action: event.data.action };
    case 'omni.inbound.message.reacted':
      return {
        actor: event.data.actor,
        action: event.data.action,
        reaction: event.data.reaction,
        emoji: event.data.emoji,
      };
    case 'omni.inbound.receipt.updated':
      return {
        status: event.data.status,
        error_code: event.data.error?.code,
        complaint: event.data.complaint,
      };
    case 'omni.inbound.call.updated':
      return { call: event.data.call, received_at: event.data.received_at };
    case 'omni.inbound.order.updated':
      return { order: event.data.order, received_at: event.data.received_at };
  }
}

/**
 * Works out what a batch writes. Pure: repeats within the batch fall together, and everything is sorted in the order in
 * which it must be locked (identity design, section 4.2).
 */
export function planBatch(events: readonly AssessedEvent[], options: PlanOptions): BatchPlan {
  const planner = new BatchPlanner(options);
  for (const event of events) planner.add(event);
  return planner.plan();
}
