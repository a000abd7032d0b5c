import { dataSchemaOf, toHeaders, uuidV7 } from '@app/contracts';
import type { EventRow } from '@app/persistence';

/** An event before it has its position. */
export type Draft = Omit<EventRow, 'position'>;

/** What an event says beside what is the same for all. */
export interface DraftParts {
  readonly topic: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly recordedtime: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly sequence?: string;
  /** Null: a tombstone, on a compacted topic. */
  readonly data: object | null;
  readonly now: Date;
}

/** An event with an id of its own. */
export function draftEvent({ topic, type, subject, data, now, ...attributes }: DraftParts): Draft {
  const id = uuidV7(now);
  const headers = toHeaders({
    ...attributes,
    id,
    source: '/unifier',
    type,
    subject,
    partitionkey: subject,
    dataschema: dataSchemaOf(type),
    dataclassification: 'confidential',
  });
  return { id, topic, key: subject, type, headers, payload: data === null ? null : JSON.stringify(data) };
}
