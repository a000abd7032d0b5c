import {
  entryId,
  type Attachment,
  type Call,
  type Order,
  type Content,
  type MessageReceived,
  type TimelineEntry,
} from '@app/contracts';

/** Column `entry.body`: what was received and never changes. */
export interface EntryBody {
  readonly content: Content;
  readonly attachments?: readonly Attachment[];
  readonly provider: { readonly name: string; readonly message_id: string };
  /** `alias`: what the answered entry is called, when it is not named by its id. */
  readonly reply_to?: NonNullable<MessageReceived['reply_to']> & { readonly alias?: string };
  readonly post?: MessageReceived['post'];
  readonly mail?: MessageReceived['mail'];
  /** As far as the report that made the entry knew it. */
  readonly call?: Call;
  /** The same. */
  readonly order?: Order;
  readonly visit?: MessageReceived['visit'];
  readonly form?: MessageReceived['form'];
  readonly flags?: readonly string[];
}

/** Column `entry.changes`: what edits, deletions, reactions, receipts and reports made of the entry. Absent parts: unchanged. */
export interface EntryChanges {
  readonly state?: 'hidden' | 'deleted_by_sender';
  readonly content?: Content;
  readonly attachments?: readonly Attachment[];
  readonly edited_at?: string;
  readonly reactions?: NonNullable<TimelineEntry['reactions']>;
  readonly delivery?: NonNullable<TimelineEntry['delivery']>;
  readonly call?: Call;
  readonly order?: Order;
}

/** A row of `entry` with what its conversation knows about delivery. */
export interface EntryRow {
  readonly id: string;
  readonly identity_id: string;
  readonly conversation_id: string;
  readonly account_id: string;
  readonly channel: string;
  readonly kind: string;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly occurred_at: Date;
  readonly received_at: Date;
  readonly stored_at: Date;
  readonly late: boolean;
  readonly revision: number;
  readonly body: EntryBody;
  readonly changes: EntryChanges | null;
  /** Watermarks of the conversation: everything that the business sent until then was delivered, was read. */
  readonly delivered_until: Date | null;
  readonly read_until: Date | null;
  /** Who speaks in the conversation, as an agent named them; null: nobody was named. */
  readonly speaker_identity_id: string | null;
  /**
   * The entry that `body.reply_to.alias` means; null: none, or not here yet. Only of the same identity: whoever can name a
   * Message-ID must not learn from an answer that somebody else has such a mail, nor point at it.
   */
  readonly answered_entry_id: string | null;
  /** How the post begins under which the entry stands; null: it stands under none, or nobody has said. */
  readonly post_excerpt: string | null;
}

/** Columns of {@link EntryRow}, for `SELECT`; `e` is the entry, `c` its conversation. */
export const ENTRY_COLUMNS = `e.id, e.identity_id, e.conversation_id, e.account_id, e.channel, e.kind, e.direction,
  e.occurred_at, e.received_at, e.stored_at, e.late, e.revision, e.body, e.changes, c.delivered_until, c.read_until,
  c.speaker_identity_id::text,
  (SELECT a.entry_id FROM entry_alias a JOIN entry answered ON answered.id = a.entry_id
    WHERE a.alias_id = (e.body#>>'{reply_to,alias}')::uuid AND answered.identity_id = e.identity_id
    ORDER BY a.entry_id LIMIT 1) AS answered_entry_id,
  CASE WHEN e.body ? 'post' THEN (SELECT nullif(p.excerpt, '') FROM post p
    WHERE p.account_id = e.account_id AND p.provider_id = e.body#>>'{post,provider_id}') END AS post_excerpt`;

/** Public identifiers: opaque to everybody else. */
export const publicId = {
  customer: (id: string | bigint): string => `cus_${id}`,
  identity: (id: string | bigint): string => `idn_${id}`,
  conversation: (id: string): string => `cnv_${id}`,
  entry: (id: string): string => `ent_${id}`,
  merge: (id: string): string => `mrg_${id}`,
  erasure: (id: string): string => `ers_${id}`,
};

function deliveryOf(row: EntryRow): TimelineEntry['delivery'] {
  const named = row.changes?.delivery;
  if (row.direction !== 'outbound' || named?.status === 'read') return named;
  if (row.read_until !== null && row.occurred_at <= row.read_until) {
    return { status: 'read', occurred_at: row.read_until.toISOString() };
  }
  if (named === undefined && row.delivered_until !== null && row.occurred_at <= row.delivered_until) {
    return { status: 'delivered', occurred_at: row.delivered_until.toISOString() };
  }
  return named;
}

function authorOf({
  direction,
  account_id,
  identity_id,
  speaker_identity_id: speaker,
}: EntryRow): TimelineEntry['author'] {
  if (direction !== 'inbound') return { type: 'agent', id: account_id };
  const named = speaker === null ? {} : { speaker_id: publicId.identity(speaker) };
  return { type: 'customer', id: publicId.identity(identity_id), ...named };
}

function answeredEntryOf({ account_id, body: { reply_to: replyTo }, answered_entry_id }: EntryRow): string | undefined {
  if (replyTo === undefined) return undefined;
  if (replyTo.alias !== undefined) return answered_entry_id ?? undefined;
  return entryId(account_id, replyTo.message_kind, replyTo.provider_message_id);
}

/** A comment that a webhook told of seldom brings how its post begins; another one may have. */
const postOf = (post: NonNullable<EntryBody['post']>, excerpt: string | null): NonNullable<EntryBody['post']> =>
  excerpt === null ? post : { ...post, excerpt };

/**
 * The entry as the API and the stream show it: its whole state, content only while it is visible.
 */
export function toTimelineEntry(row: EntryRow): TimelineEntry {
  const { body, changes } = row;
  const state = changes?.state ?? 'visible';
  const visible = state === 'visible';
  const attachments = changes?.attachments ?? body.attachments;
  const call = changes?.call ?? body.call;
  const order = changes?.order ?? body.order;
  const answered = answeredEntryOf(row);
  const delivery = deliveryOf(row);
  const flags = [...(body.flags ?? []), ...(row.late ? ['late'] : [])];
  return {
    entry_id: publicId.entry(row.id),
    revision: row.revision,
    kind: row.kind,
    direction: row.direction,
    channel: row.channel,
    account_id: row.account_id,
    author: authorOf(row),
    occurred_at: row.occurred_at.toISOString(),
    received_at: row.received_at.toISOString(),
    stored_at: row.stored_at.toISOString(),
    state,
    ...(visible ? { content: changes?.content ?? body.content } : {}),
    ...(visible && attachments !== undefined && attachments.length > 0 ? { attachments: [...attachments] } : {}),
    ...(answered === undefined ? {} : { reply_to_entry_id: publicId.entry(answered) }),
    provider: body.provider,
    ...(body.post === undefined ? {} : { post: postOf(body.post, row.post_excerpt) }),
    ...(body.mail === undefined || !visible ? {} : { mail: body.mail }),
    ...(call === undefined || !visible ? {} : { call }),
    ...(order === undefined || !visible ? {} : { order }),
    ...(body.visit === undefined || !visible ? {} : { visit: body.visit }),
    ...(body.form === undefined || !visible ? {} : { form: body.form }),
    ...(changes?.reactions === undefined || changes.reactions.length === 0
      ? {}
      : { reactions: [...changes.reactions] }),
    ...(changes?.edited_at === undefined ? {} : { edited_at: changes.edited_at }),
    ...(delivery === undefined ? {} : { delivery }),
    ...(flags.length === 0 ? {} : { flags }),
  };
}
