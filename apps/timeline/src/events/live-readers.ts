import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { ProblemError } from '../http/problem.js';

/** How streams behave; times in milliseconds, sizes in bytes. */
export interface StreamSettings {
  readonly keepAliveMs: number;
  /** What a browser waits before it connects again. */
  readonly retryMs: number;
  /** A live reader with more than this unsent is closed and may resume. */
  readonly maxUnsentBytes: number;
  /** A reader that catches up and takes nothing for so long is closed and may resume. */
  readonly stallMs: number;
  readonly maxPerKey: number;
  readonly maxOfAll: number;
}

/** Injection token of {@link StreamSettings}. */
export const STREAM_SETTINGS = Symbol('STREAM_SETTINGS');

/** Defaults of the stream contract, section 12. */
export const DEFAULT_STREAM_SETTINGS: StreamSettings = {
  keepAliveMs: 15_000,
  retryMs: 3_000,
  maxUnsentBytes: 8 * 1_048_576,
  stallMs: 30_000,
  maxPerKey: 5,
  maxOfAll: 50,
};

/** Counts the open streams of this process and ends everybody's wait when it shuts down. */
@Injectable()
export class LiveReaders implements BeforeApplicationShutdown {
  private readonly closing = new AbortController();
  private readonly byKey = new Map<number, number>();
  private total = 0;

  constructor(@Inject(STREAM_SETTINGS) private readonly settings: StreamSettings) {}

  /** Streams that are open now. */
  get open(): number {
    return this.total;
  }

  /**
   * Takes a place for one stream.
   *
   * @returns gives the place back; call it once
   * @throws ProblemError 429 when the key or the process has no place left
   */
  enter(key: number): () => void {
    const ofKey = this.byKey.get(key) ?? 0;
    if (ofKey >= this.settings.maxPerKey || this.total >= this.settings.maxOfAll) {
      throw new ProblemError('rate-limited', { detail: 'Too many open streams', headers: { 'retry-after': '5' } });
    }
    this.byKey.set(key, ofKey + 1);
    this.total += 1;
    return () => {
      this.byKey.set(key, (this.byKey.get(key) ?? 1) - 1);
      this.total -= 1;
    };
  }

  /** Fires when the reader goes away or the process shuts down. */
  abortOf(response: ServerResponse): AbortSignal {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    return AbortSignal.any([gone.signal, this.closing.signal]);
  }

  /** Before the server stops listening: it waits for open answers, and streams would never end. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }
}
