import { historyStart } from '@app/channels';

/** UIDs that lay in the folder when it was first seen, and how far they have been fetched. */
export interface History {
  /** Next UID to look at; everything below it is done. */
  readonly next: number;
  /** Last UID. */
  readonly end: number;
  /** Mails that the server received earlier are left out (ISO 8601); absent: all are fetched. */
  readonly since?: string;
  /** Whether the mails are history, or were perhaps published before the folder was renumbered. */
  readonly backfill: boolean;
}

/** A fetch that failed: its mails are fetched one by one until the one that fails is found. */
export interface Trouble {
  readonly uid: number;
  /** Last UID of the fetch that failed. */
  readonly until: number;
  /** How often `uid` failed alone. */
  readonly attempts: number;
}

/**
 * Where the pull of a folder stands. Every UID up to `lastUid` that is not in `history` was appended to the stream and
 * acknowledged, or was left out on purpose. It is saved late, never early.
 */
export interface MailboxState {
  /** Decimal. UIDs mean something only under it. */
  readonly uidValidity: string;
  readonly lastUid: number;
  readonly history?: History;
  readonly trouble?: Trouble;
  readonly seededAt: string;
  /** Newest time at which the server received a mail that was published. */
  readonly lastInternalDate?: string;
}

/** What the server says of a folder when it is opened. */
export interface FolderStatus {
  readonly uidValidity: string;
  readonly uidNext: number;
}

/** UIDs that are looked at in one step of the history. */
export const HISTORY_WINDOW = 500;
const OVERLAP_MS = 2 * 86_400_000;

const historyOf = (status: FolderStatus, rest: Pick<History, 'since' | 'backfill'>): { history?: History } =>
  status.uidNext > 1 ? { history: { next: 1, end: status.uidNext - 1, ...rest } } : {};

/**
 * The first state of a folder: mail from now on is live, what lies there already is history.
 *
 * @param history `none`, `all`, `<n>d` or a date
 */
export function seed(status: FolderStatus, history: string, now: Date): MailboxState {
  const state = { uidValidity: status.uidValidity, lastUid: status.uidNext - 1, seededAt: now.toISOString() };
  if (history === 'none') return state;
  const since = historyStart(history, now)?.toISOString();
  return { ...state, ...historyOf(status, { ...(since === undefined ? {} : { since }), backfill: true }) };
}

/**
 * The state after the server renumbered a folder: nothing is published blindly, nothing is skipped. Mails from two days
 * before the newest known one are fetched again; those that were published have the same id and fall together. A
 * history that was not finished starts again.
 */
export function reseed(state: MailboxState, status: FolderStatus): MailboxState {
  const { trouble: _stale, history, ...rest } = state;
  const known = new Date(state.lastInternalDate ?? state.seededAt).getTime();
  const unfinished = history?.backfill === true;
  const since = unfinished ? history.since : new Date(known - OVERLAP_MS).toISOString();
  return {
    ...rest,
    uidValidity: status.uidValidity,
    lastUid: status.uidNext - 1,
    ...historyOf(status, { ...(since === undefined ? {} : { since }), backfill: unfinished }),
  };
}

/** Which of the two cursors a fetch moves. */
export type Cursor = 'live' | 'history';

/** Progress of one step. */
export interface Progress {
  /** Everything up to here is done. */
  readonly through: number;
  /** Newest receive time among the mails published. */
  readonly internalDate?: Date;
}

const later = (known: string | undefined, found: Date | undefined): string | undefined => {
  const text = found?.toISOString();
  return text !== undefined && (known === undefined || text > known) ? text : known;
};

/** Moves a cursor; a trouble that lies behind it is over, and a history that is through disappears. */
export function advance(state: MailboxState, cursor: Cursor, { through, internalDate }: Progress): MailboxState {
  const { trouble, history, lastInternalDate, ...rest } = state;
  const newest = later(lastInternalDate, internalDate);
  const moved = cursor === 'history' && history !== undefined ? { ...history, next: through + 1 } : history;
  return {
    ...rest,
    ...(cursor === 'live' ? { lastUid: Math.max(state.lastUid, through) } : {}),
    ...(moved !== undefined && moved.next <= moved.end ? { history: moved } : {}),
    ...(trouble !== undefined && trouble.until > through ? { trouble } : {}),
    ...(newest === undefined ? {} : { lastInternalDate: newest }),
  };
}

/** Notes that the fetch of some UIDs failed. */
export function troubled(state: MailboxState, uids: readonly number[]): MailboxState {
  const uid = uids[0]!;
  const known = state.trouble;
  const alone = uids.length === 1;
  const attempts = alone ? (known?.uid === uid ? known.attempts : 0) + 1 : 0;
  return { ...state, trouble: { uid, until: Math.max(uids.at(-1)!, known?.until ?? 0), attempts } };
}
