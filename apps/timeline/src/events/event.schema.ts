import { z } from 'zod';
import { text } from '../http/field.js';

/** One event in structured mode. The shape of `data` follows from `type`. */
export const eventSchema = z
  .object({
    specversion: text('CloudEvents version', '1.0'),
    id: text('Equal ids: the same event', '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122'),
    source: text('Who published it', '/unifier'),
    type: text('What happened', 'omni.timeline.entry.appended'),
    subject: text('The customer or identity it is about', 'cus_204518'),
    time: text('When it happened', '2026-11-20T08:15:02.113Z'),
    recordedtime: text('When the system accepted it', '2026-11-20T08:15:03.020Z'),
    dataschema: text('Schema of `data`', 'urn:omni:schema:timeline.entry.appended:1.0.0'),
    datacontenttype: text('Always JSON', 'application/json'),
    partitionkey: text('Key of the record', 'cus_204518'),
    sequence: text('Gap-free for each subject; 20 digits', '00000000000000000042').optional(),
    correlationid: text('The same from webhook to timeline', 'in_mfzsa3db'),
    causationid: text('Id of the event that caused it', 'in_mfzsa3db').optional(),
    dataclassification: text('How confidential `data` is', 'confidential'),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'See /v1/schemas; absent: the subject is gone, forget what is held of it', examples: [{}] })
      .optional(),
  })
  .meta({ id: 'Event', description: 'A CloudEvent in structured mode' });

/** Answer of a long poll. */
export const eventPageSchema = z
  .object({
    events: z.array(eventSchema).meta({ description: 'Oldest first', examples: [[]] }),
    next_cursor: text('Where to go on; always there', 'eyJwIjoiNDIifQ.c2ln'),
    at_end: z.boolean().meta({ description: 'Nothing newer was stored when it was looked', examples: [true] }),
  })
  .meta({ id: 'EventPage', description: 'Events of the unified stream' });
