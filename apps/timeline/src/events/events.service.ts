import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@app/kernel';
import type { StructuredCloudEvent } from '@app/contracts';
import { EventSignal } from '@app/persistence';
import { EventFeedService, type WantedTypes } from './event-feed.service.js';
import { toStructuredEvent } from './structured-event.js';

/** What a long poll asks for. */
export interface EventsQuery {
  readonly after?: string;
  readonly limit: number;
  readonly types?: WantedTypes;
  /** Seconds to wait for an event when there is none. */
  readonly wait: number;
}

/** Answer of a long poll. */
export interface EventPage {
  readonly events: readonly StructuredCloudEvent[];
  readonly next_cursor: string;
  readonly at_end: boolean;
}

/** Answers long polls of the unified stream. */
@Injectable()
export class EventsService {
  constructor(
    @Inject(EventFeedService) private readonly feed: EventFeedService,
    @Inject(EventSignal) private readonly signal: EventSignal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Events after the place, at once when there are any; otherwise after a wait, perhaps none. */
  async page(query: EventsQuery, abort: AbortSignal): Promise<EventPage> {
    const { types, limit } = query;
    const until = this.clock.now().getTime() + query.wait * 1_000;
    let position = await this.feed.positionOf(query.after ?? 'earliest', types, '/after');
    for (;;) {
      const slice = await this.feed.after(position, types, limit);
      ({ position } = slice);
      const leftMs = until - this.clock.now().getTime();
      // An answer that is empty while more lies ahead would look like the end.
      const unfinished = slice.events.length === 0 && (!slice.atEnd || leftMs > 0) && !abort.aborted;
      if (!unfinished) {
        return {
          events: slice.events.map(toStructuredEvent),
          next_cursor: this.feed.seal(types, position),
          at_end: slice.atEnd,
        };
      }
      if (slice.atEnd) await this.signal.wait(leftMs, abort);
    }
  }
}
