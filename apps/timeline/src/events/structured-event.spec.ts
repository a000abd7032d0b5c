import { toHeaders, type CloudEventAttributes } from '@app/contracts';
import type { EventRow } from '@app/persistence';
import { eventSchema } from './event.schema.js';
import { toStructuredEvent } from './structured-event.js';

const attributes: CloudEventAttributes = {
  id: '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122',
  source: '/unifier',
  type: 'omni.timeline.entry.appended',
  subject: 'cus_204518',
  time: '2026-11-20T08:15:02.113Z',
  recordedtime: '2026-11-20T08:15:03.020Z',
  dataschema: 'urn:omni:schema:timeline.entry.appended:1.0.0',
  partitionkey: 'cus_204518',
  sequence: '00000000000000000042',
  correlationid: 'in_mfzsa3db',
  causationid: 'in_mfzsa3db',
  dataclassification: 'confidential',
};
const data = { customer_id: 'cus_204518', text: 'Áo này còn không ạ?' };
const aRow = (headers: Readonly<Record<string, string>>): EventRow => ({
  position: '42',
  id: attributes.id,
  topic: 'omni.timeline.v1',
  key: attributes.partitionkey,
  type: attributes.type,
  headers,
  payload: JSON.stringify(data),
});

describe('an event in structured mode', () => {
  it('has the attributes and data of its record, and nothing else', () => {
    const event = toStructuredEvent(aRow({ ...toHeaders(attributes), traceparent: '00-a-b-01' }));
    expect(event).toEqual({ specversion: '1.0', ...attributes, datacontenttype: 'application/json', data });
    expect(eventSchema.strict().parse(event)).toEqual(event);
  });

  it('has no sequence and no cause where the record has none', () => {
    const { ce_sequence: _sequence, ce_causationid: _cause, ...headers } = toHeaders(attributes);
    const event = toStructuredEvent(aRow(headers));
    expect(event).not.toHaveProperty('sequence');
    expect(event).not.toHaveProperty('causationid');
    expect(eventSchema.strict().parse(event)).toEqual(event);
  });

  it('has no data where the record is a tombstone', () => {
    const event = toStructuredEvent({ ...aRow(toHeaders(attributes)), payload: null });
    expect(event).not.toHaveProperty('data');
    expect(eventSchema.strict().parse(event)).toEqual(event);
  });

  it.each(['ce_specversion', 'ce_id', 'ce_subject', 'ce_correlationid'])('is refused without %s', (name) => {
    const { [name]: _removed, ...headers } = toHeaders(attributes);
    expect(() => toStructuredEvent(aRow(headers))).toThrow(`event ${attributes.id} lacks the header ${name}`);
  });
});
