import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { DIGEST, MEDIA_STORE, type MediaStore } from '@app/media';
import {
  publicId,
  TimelineRepository,
  toTimelineEntry,
  type CustomerDetailRow,
  type EntryRow,
  type KeptBytes,
  type TimelinePlace,
} from '@app/persistence';
import { Cursors, type CursorScope } from '../http/cursor.js';
import { ProblemError } from '../http/problem.js';
import type { Entry, TimelinePage } from './entry.schema.js';
import { openAttachment, type ByteSources, type OpenAttachment } from './open-attachment.js';

const placeSchema: z.ZodType<TimelinePlace> = z.object({ at: z.string(), id: z.string() });
const ENTRY_ID = /^(?:ent_)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What page of a timeline is wanted. */
export interface TimelineQuery {
  readonly limit: number;
  readonly before?: string;
  readonly channels?: readonly string[];
}

function toEntry(row: EntryRow): Entry {
  return {
    ...toTimelineEntry(row),
    identity_id: publicId.identity(row.identity_id),
    conversation_id: publicId.conversation(row.conversation_id),
  };
}

/** @throws ProblemError 404 for a text that is no entry id */
function entryUuid(id: string): string {
  const uuid = ENTRY_ID.exec(id)?.[1];
  if (uuid === undefined) throw new ProblemError('not-found');
  return uuid;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new ProblemError('not-found');
  return value;
}

/** Reads timelines and single entries. */
@Injectable()
export class TimelineService {
  constructor(
    @Inject(TimelineRepository) private readonly timelines: TimelineRepository,
    @Inject(Cursors) private readonly cursors: Cursors,
    @Inject(MEDIA_STORE) private readonly store: MediaStore,
  ) {}

  /**
   * A page, newest first. The cursor belongs to the customer asked for and its channels, so that a merge between two
   * pages does not break it.
   */
  async page(customer: CustomerDetailRow, query: TimelineQuery): Promise<TimelinePage> {
    const { limit, before, channels } = query;
    const scope: CursorScope = { use: 'timeline', filter: JSON.stringify([customer.id, channels ?? []]) };
    const place = before === undefined ? undefined : this.cursors.open(scope, before, placeSchema, '/before');
    const rows = await this.timelines.page(customer.canonical_id, limit + 1, place, channels);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      customer_id: publicId.customer(customer.id),
      canonical_id: publicId.customer(customer.canonical_id),
      entries: shown.map(toEntry),
      ...(rows.length > limit && last !== undefined
        ? { next_cursor: this.cursors.seal(scope, { at: last.place, id: last.id }) }
        : {}),
    };
  }

  async entry(id: string): Promise<Entry> {
    return toEntry(found(await this.timelines.entry(entryUuid(id))));
  }

  async raw(id: string): Promise<KeptBytes> {
    return found(await this.timelines.rawOf(entryUuid(id)));
  }

  /** An attachment with its bytes. @param digest 64 hexadecimal digits */
  async media(id: string, digest: string): Promise<OpenAttachment> {
    if (!DIGEST.test(digest)) throw new ProblemError('not-found');
    const attachment = found(await this.timelines.mediaOf(entryUuid(id), digest));
    const sources: ByteSources = {
      stored: (name) => this.store.get(name),
      original: (reference) => this.keptBytes(reference),
    };
    return found(await openAttachment(attachment, sources));
  }

  /** @param id `sha256:<hexadecimal>`, with or without `blob:` before it */
  async blob(id: string): Promise<KeptBytes> {
    return found(await this.keptBytes(id));
  }

  private async keptBytes(id: string): Promise<KeptBytes | undefined> {
    const name = /^(?:blob:)?(sha256:[0-9a-f]{64})$/.exec(id)?.[1];
    return name === undefined ? undefined : await this.timelines.blob(name);
  }
}
