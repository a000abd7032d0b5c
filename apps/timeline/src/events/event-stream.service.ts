import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { describeError, LOGGER, type Logger } from '@app/kernel';
import { EventSignal, type EventRow } from '@app/persistence';
import { EventFeedService, type FeedSlice, type WantedTypes } from './event-feed.service.js';
import { STREAM_SETTINGS, type StreamSettings } from './live-readers.js';
import { SseWriter } from './sse-writer.js';
import { toStructuredEvent } from './structured-event.js';

/** Events read at once for one stream. */
const SLICE_EVENTS = 100;
/** How long a closed connection may take to fetch what is left for it. */
const LINGER_MS = 5_000;

/** A stream that is being served. */
interface Reader {
  readonly writer: SseWriter;
  readonly types: WantedTypes;
  readonly abort: AbortSignal;
}

/** Why a stream ended. */
export type StreamEnd = 'closed' | 'lagging' | 'failed';

/**
 * Serves the unified stream as server-sent events.
 *
 * While a reader catches up, reading waits for it, so that nothing piles up here. Once it is live it has to keep pace:
 * with more than 8 MiB unsent it is told `stream.lagging` and closed. Every event carries the cursor to resume from.
 */
@Injectable()
export class EventStreamService {
  constructor(
    @Inject(EventFeedService) private readonly feed: EventFeedService,
    @Inject(EventSignal) private readonly signal: EventSignal,
    @Inject(STREAM_SETTINGS) private readonly settings: StreamSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Writes events until the reader goes away, lags or the process shuts down; never rejects. The head is sent already. */
  async serve(response: ServerResponse, from: bigint, types: WantedTypes, abort: AbortSignal): Promise<StreamEnd> {
    const reader: Reader = { writer: new SseWriter(response), types, abort };
    reader.writer.mark(this.feed.seal(types, from), { retryMs: this.settings.retryMs });
    const keepAlive = setInterval(() => reader.writer.comment('keep-alive'), this.settings.keepAliveMs);
    const end = await this.follow(reader, from).catch((error: unknown): StreamEnd => {
      this.logger.warn({ error: describeError(error) }, 'A stream of events was ended');
      return 'failed';
    });
    clearInterval(keepAlive);
    if (end === 'lagging') {
      this.logger.info({ end }, 'A reader of the stream did not keep pace');
      reader.writer.event('stream.lagging', '{}');
    }
    response.end();
    // A reader that takes nothing any more would hold its connection, and the shutdown, for ever.
    const linger = setTimeout(() => response.destroy(), LINGER_MS).unref();
    response.once('close', () => clearTimeout(linger));
    return end;
  }

  private async follow(reader: Reader, from: bigint): Promise<StreamEnd> {
    let position = from;
    let live = false;
    while (!reader.abort.aborted) {
      const slice = await this.feed.after(position, reader.types, SLICE_EVENTS);
      for (const event of slice.events) {
        if (!(await this.send(reader, event, live))) return reader.abort.aborted ? 'closed' : 'lagging';
      }
      this.markProgress(reader, position, slice);
      ({ position } = slice);
      live ||= slice.atEnd;
      if (slice.atEnd) await this.signal.wait(this.settings.keepAliveMs, reader.abort);
    }
    return 'closed';
  }

  /** @returns false when the reader does not keep pace */
  private async send(reader: Reader, event: EventRow, live: boolean): Promise<boolean> {
    const { writer, types, abort } = reader;
    const id = this.feed.seal(types, BigInt(event.position));
    writer.event(event.type, JSON.stringify(toStructuredEvent(event)), id);
    if (live) return writer.unsentBytes <= this.settings.maxUnsentBytes && !abort.aborted;
    return await writer.drained(this.settings.stallMs, abort);
  }

  /** Readers of rare types get ahead with the others, or their cursor would expire while nothing came. */
  private markProgress({ writer, types }: Reader, position: bigint, slice: FeedSlice): void {
    const last = slice.events.at(-1);
    const sent = last === undefined ? position : BigInt(last.position);
    if (slice.position > sent) writer.mark(this.feed.seal(types, slice.position));
  }
}
