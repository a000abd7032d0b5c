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

/** UIDs that the server did not list when higher ones were taken, both ends included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** ISO 8601. */
  readonly seenAt: string;
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
  /** Ascending; of the last day, and not more than a look at them may cost. */
  readonly gaps?: readonly Gap[];
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
/** Servers of several machines are said to show a mail late, below UIDs that were shown before; a day is patient. */
const GAP_MS = 86_400_000;
const MAX_GAPS = 100;

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
  const { trouble: _stale, gaps: _numbered, history, ...rest } = state;
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

/** Which cursor a fetch moves; what was late moves none. */
export type Cursor = 'live' | 'history' | 'late';

/** Progress of one step. */
export interface Progress {
  /** Everything up to here is done. */
  readonly through: number;
  /** Newest receive time among the mails published. */
  readonly internalDate?: Date | undefined;
  /** UIDs that the server listed, up to `through` at least. */
  readonly listed: readonly number[];
  readonly at: Date;
}

/** The stretches between UIDs that are not among them. @param listed ascending */
function gapsAmong(from: number, through: number, listed: readonly number[], seenAt: string): readonly Gap[] {
  const gaps: Gap[] = [];
  let next = from;
  for (const uid of [...listed.filter((one) => one >= from && one <= through), through + 1]) {
    if (uid > next) gaps.push({ from: next, to: uid - 1, seenAt });
    next = uid + 1;
  }
  return gaps;
}

function gapsAfter({ gaps = [], lastUid }: MailboxState, cursor: Cursor, progress: Progress): readonly Gap[] {
  const { through, listed, at } = progress;
  const young = gaps.filter(({ seenAt }) => at.getTime() - Date.parse(seenAt) < GAP_MS);
  switch (cursor) {
    case 'live':
      return [...young, ...gapsAmong(lastUid + 1, through, listed, at.toISOString())].slice(-MAX_GAPS);
    case 'late': {
      const taken = listed.filter((uid) => uid <= through);
      return young.flatMap(({ from, to, seenAt }) => gapsAmong(from, to, taken, seenAt));
    }
    case 'history':
      return young;
  }
}

const later = (known: string | undefined, found: Date | undefined): string | undefined => {
  const text = found?.toISOString();
  return text !== undefined && (known === undefined || text > known) ? text : known;
};

/** Moves a cursor; a trouble that lies behind it is over, and a history that is through disappears. */
export function advance(state: MailboxState, cursor: Cursor, progress: Progress): MailboxState {
  const { through, internalDate } = progress;
  const { trouble, history, lastInternalDate, gaps: _before, ...rest } = state;
  const newest = later(lastInternalDate, internalDate);
  const moved = cursor === 'history' && history !== undefined ? { ...history, next: through + 1 } : history;
  const gaps = gapsAfter(state, cursor, progress);
  return {
    ...rest,
    ...(cursor === 'live' ? { lastUid: Math.max(state.lastUid, through) } : {}),
    ...(moved !== undefined && moved.next <= moved.end ? { history: moved } : {}),
    ...(trouble !== undefined && trouble.until > through ? { trouble } : {}),
    ...(gaps.length === 0 ? {} : { gaps }),
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
