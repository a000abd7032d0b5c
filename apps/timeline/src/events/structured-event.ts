import { fromHeaders, type StructuredCloudEvent } from '@app/contracts';
import type { EventRow } from '@app/persistence';

/**
 * An event of the stream in CloudEvents structured mode: the attributes and data that its record on the topic has. A
 * tombstone has no data.
 *
 * @throws Error for an event without its headers, which only a broken store can hold
 */
export function toStructuredEvent(row: EventRow): StructuredCloudEvent {
  const attributes = fromHeaders(row.headers);
  if ('missing' in attributes) throw new Error(`event ${row.id} lacks the header ${attributes.missing}`);
  return {
    specversion: '1.0',
    ...attributes,
    datacontenttype: 'application/json',
    ...(row.payload === null ? {} : { data: JSON.parse(row.payload) as unknown }),
  };
}
