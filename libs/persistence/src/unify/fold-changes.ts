import { isDeepStrictEqual } from 'node:util';
import {
  DELIVERY_RANK,
  INBOUND_TYPES,
  type Attachment,
  type CallReport,
  type Content,
  type DeliveryStatus,
  type OrderReport,
  type TimelineEntry,
} from '@app/contracts';
import type { EntryChanges, EntryRow } from '../timeline/stored-entry.js';
import { progressOfCall, progressOfOrder, type Progress } from './fold-reports.js';
import type { FoldResult } from './unify.repository.js';
import type { ChangeRow } from './writes.js';

/** Type of the change that tells what became of an attachment's bytes. */
export const MEDIA_FETCHED = 'omni.media.fetched';

/** Body of that change. */
export interface MediaBody {
  /** The attachment, as its message names it. */
  readonly locator: string;
  readonly state: 'stored' | 'blocked' | 'failed' | 'expired';
  readonly sha256?: string;
  readonly media_type?: string;
  readonly size_bytes?: number;
}

type Reaction = NonNullable<TimelineEntry['reactions']>[number];

/** Body of each type of change, as `planBatch` stores it. */
interface EditBody {
  readonly content: Content;
  readonly attachments?: readonly Attachment[];
  readonly edit_rank: number;
}
interface DeleteBody {
  readonly action: 'delete' | 'hide' | 'unhide';
}
interface ReactBody extends Reaction {
  readonly action: 'react' | 'unreact';
}
interface ReceiptBody {
  readonly status: DeliveryStatus;
  readonly error_code?: string;
  readonly complaint?: string;
}

interface CallBody {
  readonly call: CallReport;
  readonly received_at: string;
}

interface OrderBody {
  readonly order: OrderReport;
  readonly received_at: string;
}

/** What reports make of an entry, and where it stands because of them. */
interface Reported {
  readonly parts: Omit<Progress, 'startedAt'>;
  readonly place: NonNullable<FoldResult['place']>;
}

/** What the fold looks at besides the changes; a message needs only what changed of it before. */
export type FoldedEntry = Pick<EntryRow, 'body' | 'changes'> &
  Partial<Pick<EntryRow, 'direction' | 'occurred_at' | 'received_at'>>;

const bodies = <Body>(changes: readonly ChangeRow[], type: string): { change: ChangeRow; body: Body }[] =>
  changes.filter((change) => change.type === type).map((change) => ({ change, body: change.body as unknown as Body }));

/** Order of changes that does not depend on arrival: time, then id. */
function compareChanges(a: ChangeRow, b: ChangeRow): number {
  return a.occurred_at.getTime() - b.occurred_at.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A deletion wins for ever; hiding and showing follow their time. */
function foldState(changes: readonly ChangeRow[]): EntryChanges['state'] {
  const actions = bodies<DeleteBody>(changes, INBOUND_TYPES.deleted);
  if (actions.some(({ body }) => body.action === 'delete')) return 'deleted_by_sender';
  return actions.at(-1)?.body.action === 'hide' ? 'hidden' : undefined;
}

/** Among edits the greatest rank wins, then the later. */
function foldEdit(changes: readonly ChangeRow[]): Pick<EntryChanges, 'content' | 'attachments' | 'edited_at'> {
  const edits = bodies<EditBody>(changes, INBOUND_TYPES.edited);
  const winner = edits.reduce<(typeof edits)[number] | undefined>(
    (best, edit) => (best === undefined || edit.body.edit_rank >= best.body.edit_rank ? edit : best),
    undefined,
  );
  if (winner === undefined) return {};
  const { content, attachments } = winner.body;
  return {
    content,
    ...(attachments === undefined ? {} : { attachments }),
    edited_at: winner.change.occurred_at.toISOString(),
  };
}

/** Attachments with what became of their bytes; undefined when nothing did, so that the entry's own stand. */
function foldMedia(
  attachments: readonly Attachment[] | undefined,
  changes: readonly ChangeRow[],
): readonly Attachment[] | undefined {
  const outcomes = new Map(
    bodies<MediaBody>(changes, MEDIA_FETCHED).map(({ body: { locator, ...outcome } }) => [locator, outcome]),
  );
  if (attachments?.some(({ locator }) => outcomes.has(locator)) !== true) return undefined;
  return attachments.map((attachment) => ({ ...attachment, ...outcomes.get(attachment.locator) }));
}

/** One reaction for each person: the last one, unless it was taken back. */
function foldReactions(changes: readonly ChangeRow[]): Reaction[] {
  const byActor = new Map<string, ReactBody>();
  for (const { body } of bodies<ReactBody>(changes, INBOUND_TYPES.reacted)) byActor.set(body.actor, body);
  return [...byActor.values()]
    .filter((body) => body.action === 'react')
    .map(({ actor, reaction, emoji }) => ({
      actor,
      ...(reaction === undefined ? {} : { reaction }),
      ...(emoji === undefined ? {} : { emoji }),
    }))
    .sort((a, b) => (a.actor < b.actor ? -1 : 1));
}

/** The highest rank wins, whatever the order of arrival; a complaint stays, whatever else becomes of the message. */
function foldDelivery(changes: readonly ChangeRow[]): EntryChanges['delivery'] {
  const receipts = bodies<ReceiptBody>(changes, INBOUND_TYPES.receipt);
  const winner = receipts.reduce<(typeof receipts)[number] | undefined>(
    (best, receipt) =>
      best === undefined || DELIVERY_RANK[receipt.body.status] > DELIVERY_RANK[best.body.status] ? receipt : best,
    undefined,
  );
  if (winner === undefined) return undefined;
  const { status, error_code: errorCode } = winner.body;
  const complaint = receipts.find(({ body }) => body.complaint !== undefined)?.body.complaint;
  return {
    status,
    occurred_at: winner.change.occurred_at.toISOString(),
    ...(errorCode === undefined ? {} : { error_code: errorCode }),
    ...(complaint === undefined ? {} : { complaint }),
  };
}

/** Reports of a call or an order together, if there are any. */
function foldReports({ direction = 'inbound' }: FoldedEntry, changes: readonly ChangeRow[]): Reported | undefined {
  const calls = bodies<CallBody>(changes, INBOUND_TYPES.call);
  const orders = bodies<OrderBody>(changes, INBOUND_TYPES.order);
  const received = [...calls, ...orders].map(({ body }) => body.received_at).sort()[0];
  if (received === undefined) return undefined;
  const place = ({ id, occurred_at: at }: ChangeRow) => ({ id, occurredAt: at.toISOString() });
  const { startedAt, ...parts } =
    calls.length > 0
      ? progressOfCall(
          calls.map(({ change, body }) => ({ ...place(change), report: body.call })),
          direction,
        )
      : progressOfOrder(orders.map(({ change, body }) => ({ ...place(change), report: body.order })));
  return { parts, place: { occurredAt: new Date(startedAt), receivedAt: new Date(received) } };
}

const samePlace = (entry: FoldedEntry, place: Reported['place']): boolean =>
  entry.occurred_at?.getTime() === place.occurredAt.getTime() &&
  entry.received_at?.getTime() === place.receivedAt.getTime();

/** Whether a reader sees something else than before; the entry itself holds what its first report said. */
function hasProgressed(entry: FoldedEntry, { parts, place }: Reported): boolean {
  const shown = { ...entry.body, ...entry.changes };
  return !samePlace(entry, place) || !isDeepStrictEqual([shown.call, shown.order], [parts.call, parts.order]);
}

function reasonsOf(before: EntryChanges, after: EntryChanges): string[] {
  const reasons: string[] = [];
  if (before.state !== after.state) {
    reasons.push(after.state === 'deleted_by_sender' ? 'deleted' : after.state === 'hidden' ? 'hidden' : 'shown');
  }
  if (!isDeepStrictEqual([before.content, before.edited_at], [after.content, after.edited_at])) reasons.push('edited');
  else if (!isDeepStrictEqual(before.attachments, after.attachments)) reasons.push('media');
  if (!isDeepStrictEqual(before.reactions ?? [], after.reactions ?? [])) reasons.push('reacted');
  if (!isDeepStrictEqual(before.delivery, after.delivery)) reasons.push('delivery');
  return reasons;
}

/**
 * What all changes together make of an entry: a function of the set, so any order of arrival gives the same result.
 *
 * @param changes every change that names the entry, in any order
 * @returns the new `changes` column, and why it differs from the present one
 */
export function foldChanges(entry: FoldedEntry, changes: readonly ChangeRow[]): FoldResult {
  const ordered = [...changes].sort(compareChanges);
  const state = foldState(ordered);
  const reactions = foldReactions(ordered);
  const delivery = foldDelivery(ordered);
  const edit = foldEdit(ordered);
  const progress = foldReports(entry, ordered);
  const attachments = foldMedia(progress?.parts.attachments ?? edit.attachments ?? entry.body.attachments, ordered);
  const after: EntryChanges = {
    ...(state === undefined ? {} : { state }),
    ...edit,
    ...(attachments === undefined ? {} : { attachments }),
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(delivery === undefined ? {} : { delivery }),
  };
  if (progress === undefined) return { changes: after, reasons: reasonsOf(entry.changes ?? {}, after) };
  const changed = { ...after, ...progress.parts, attachments: attachments ?? progress.parts.attachments };
  // What the reports say is compared as they are, not as text: nobody edits them.
  const { call: _call, order: _order, ...shown } = { ...entry.body, ...entry.changes };
  const before = { ...entry.changes, content: changed.content, attachments: shown.attachments ?? [] };
  const reasons = reasonsOf(before, changed);
  return {
    changes: changed,
    reasons: hasProgressed(entry, progress) ? [...reasons, 'progressed'] : reasons,
    ...(samePlace(entry, progress.place) ? {} : { place: progress.place }),
  };
}
