import type { CommentPace } from '@app/channels';

/** A reading of a list from the newest on, over as many sittings as it takes. */
export interface Walk {
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  /** Nothing older is wanted, milliseconds since 1970; 0: everything. */
  readonly from: number;
  /** Where it goes on; undefined: at the begin. */
  readonly cursor?: string;
  readonly pages: number;
  /** The refusal of what was passed over last. */
  readonly refusal?: string;
  /** Something was read to its end, whatever else was refused. */
  readonly hasRead?: boolean;
  /** How often it had to begin anew, because its place was not good any more. */
  readonly breaks: number;
}

/** What outlives a process. All times are milliseconds since 1970. */
export interface PollState {
  /** Comments published before are nobody's news. */
  readonly since: number;
  /** When everything recent was read last; 0: it is to be read now. */
  readonly recentAt: number;
  /** The same of everything. */
  readonly fullAt: number;
  readonly recent?: Walk;
  readonly full?: Walk;
  /** Keys of elements that were set aside, the newest last. */
  readonly aside: readonly string[];
}

/** The state of an account that was not asked about before, or by a version that noted less. */
export function stateOf(saved: Partial<PollState> | undefined, pace: CommentPace, now: Date): PollState {
  return {
    since: saved?.since ?? now.getTime() - pace.recentForMs,
    recentAt: saved?.recentAt ?? 0,
    fullAt: saved?.fullAt ?? now.getTime(),
    aside: saved?.aside ?? [],
    ...(saved?.recent === undefined ? {} : { recent: saved.recent }),
    ...(saved?.full === undefined ? {} : { full: saved.full }),
  };
}
