import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { EventFeedRepository, type EventRow, type FeedBounds } from '@app/persistence';
import { Cursors, type CursorScope } from '../http/cursor.js';
import { invalid, ProblemError } from '../http/problem.js';

const placeSchema = z.object({ p: z.string().regex(/^\d{1,19}$/) });
const timeSchema = z.iso.datetime({ offset: true });

/** Types of event that a reader wants; undefined: all. Sorted, without repeats. */
export type WantedTypes = readonly string[] | undefined;

/** Events after a position. */
export interface FeedSlice {
  readonly events: readonly EventRow[];
  /** Where to go on: nothing of the wanted types was left out up to here. */
  readonly position: bigint;
  readonly atEnd: boolean;
}

/** A cursor is bound to the types that were asked for: with other types it would leave events out. */
const scopeOf = (types: WantedTypes): CursorScope => ({ use: 'events', filter: JSON.stringify(types ?? []) });

/**
 * Reads the unified stream from a position.
 *
 * Positions are given by the relay in the order of its commits, without gaps, so that going on from the last one never
 * leaves an event out (stream contract, guarantee G19). An event may come twice after a fault of the reader.
 */
@Injectable()
export class EventFeedService {
  constructor(
    @Inject(EventFeedRepository) private readonly feed: EventFeedRepository,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  seal(types: WantedTypes, position: bigint): string {
    return this.cursors.seal(scopeOf(types), { p: String(position) });
  }

  /**
   * Position that a reader named.
   *
   * @param after a cursor, `earliest`, `latest` or an RFC 3339 time
   * @param pointer of the parameter, for the answer
   * @throws ProblemError 422 for anything else, 410 for a time that is older than what is kept
   */
  async positionOf(after: string, types: WantedTypes, pointer: string): Promise<bigint> {
    if (after === 'earliest') return (await this.feed.bounds()).before_earliest;
    if (after === 'latest') return (await this.feed.bounds()).latest;
    const time = timeSchema.safeParse(after.replace(/ (?=\d\d:\d\d$)/, '+'));
    if (time.success) return await this.beforeTime(new Date(time.data), types);
    if (/^\d{4}-/.test(after)) throw invalid(pointer, 'time_invalid', 'not an RFC 3339 time with its offset');
    return BigInt(this.cursors.open(scopeOf(types), after, placeSchema, pointer).p);
  }

  /** @throws ProblemError 410 when events after the position are not kept any more */
  async after(position: bigint, types: WantedTypes, limit: number): Promise<FeedSlice> {
    const { events, scanned, bounds } = await this.feed.after(position, types, limit);
    this.refuseLost(position, bounds, types);
    return { events, position: scanned, atEnd: scanned >= bounds.latest };
  }

  private async beforeTime(time: Date, types: WantedTypes): Promise<bigint> {
    const bounds = await this.feed.bounds();
    const position = await this.feed.beforeTime(time);
    if (position === undefined) return bounds.latest;
    // Everything kept is later and something was removed: whether that was later too is not known any more.
    if (position === bounds.before_earliest && position > 0n) throw this.expired(bounds, types);
    return position;
  }

  /** A position beyond the newest event comes from a store that was since restored from a backup. */
  private refuseLost(position: bigint, bounds: FeedBounds, types: WantedTypes): void {
    if (position < bounds.before_earliest || position > bounds.latest) throw this.expired(bounds, types);
  }

  private expired(bounds: FeedBounds, types: WantedTypes): ProblemError {
    return new ProblemError('cursor-expired', {
      detail: 'Take a snapshot from /v1/customers and go on from earliest_cursor',
      members: { earliest_cursor: this.seal(types, bounds.before_earliest) },
    });
  }
}
