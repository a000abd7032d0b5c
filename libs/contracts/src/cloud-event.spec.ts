import { CloudEvent, Kafka } from 'cloudevents';
import { dataSchemaOf, formatSequence, fromHeaders, toHeaders, type CloudEventAttributes } from './cloud-event.js';

const attributes: CloudEventAttributes = {
  id: '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122',
  source: '/unifier',
  type: 'omni.timeline.entry.appended',
  subject: 'cus_204518',
  time: '2026-11-20T08:15:02.113Z',
  recordedtime: '2026-11-20T08:15:03.020Z',
  dataschema: dataSchemaOf('omni.timeline.entry.appended'),
  partitionkey: 'cus_204518',
  sequence: formatSequence(42),
  correlationid: 'in_mfzsa3db',
  causationid: 'in_mfzsa3db',
  dataclassification: 'confidential',
};
const data = { entry: { content: { text: 'Chào shop ạ' } } };

describe('headers in binary content mode', () => {
  it('are what the official SDK reads', () => {
    const read = Kafka.toEvent<typeof data>({
      key: attributes.partitionkey,
      value: JSON.stringify(data),
      body: JSON.stringify(data),
      timestamp: String(Date.now()),
      headers: toHeaders(attributes),
    } as Parameters<typeof Kafka.toEvent>[0]) as CloudEvent<typeof data>;
    expect(read.validate()).toBe(true);
    expect(JSON.parse(JSON.stringify(read)) as object).toMatchObject({
      specversion: '1.0',
      ...attributes,
      datacontenttype: 'application/json',
      data,
    });
  });

  it('are what the official SDK writes', () => {
    const event = new CloudEvent({ ...attributes, specversion: '1.0', datacontenttype: 'application/json', data });
    const written = Kafka.binary(event).headers as Record<string, string>;
    const ours = toHeaders(attributes);
    for (const [name, value] of Object.entries(ours)) expect([name, written[name]]).toEqual([name, value]);
  });

  it('are read back as they were', () => {
    expect(fromHeaders({ ...toHeaders(attributes), traceparent: '00-a-b-01', ce_unknown: 'x' })).toEqual(attributes);
  });

  it.each(['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_time', 'ce_correlationid', 'ce_dataclassification'])(
    'are refused without %s',
    (name) => {
      const { [name]: _left, ...rest } = toHeaders(attributes);
      expect(fromHeaders(rest)).toEqual({ missing: name });
    },
  );

  it('number a sequence so that text order is number order', () => {
    expect(formatSequence(42)).toBe('00000000000000000042');
    expect(formatSequence(9_223_372_036_854_775_807n)).toHaveLength(20);
    expect([9n, 10n, 100n].map(formatSequence)).toEqual([9n, 10n, 100n].map(formatSequence).toSorted());
  });
});
