import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { CHANNELS, inboundTopic, PUBLIC_TOPICS, receiptsTopic, toHeaders, TOPICS } from '@app/contracts';
import { asyncApiDocument } from './asyncapi.js';

type Json = Readonly<Record<string, unknown>>;
type Part = Readonly<Record<string, Json>>;

const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as Json;
// The published schema brings the meta schema of its dialect along and uses keywords of its own.
const ajv = addFormats.default(new Ajv({ strict: false, meta: false, validateSchema: false, logger: false }));
const document = JSON.parse(JSON.stringify(asyncApiDocument('1.2.3'))) as Readonly<Record<string, Part>>;
const channels = document['channels']!;

/** What a pointer within the document leads to; undefined: nothing. */
function resolve(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((part, name) => (part as Json | undefined)?.[name], document);
}

describe('the AsyncAPI document', () => {
  const validate = ajv.compile(schema);

  it('is valid AsyncAPI 3.0', () => {
    validate(document);
    expect(validate.errors).toBeNull();
    expect(document).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Omniline', version: '1.2.3' } });
    expect(validate({ ...document, channels: { timeline: { address: 7 } } })).toBe(false);
  });

  it('describes the public topics and those of every channel, as they are declared', () => {
    const addresses = Object.values(channels).map((channel) => channel['address']);
    const expected = [
      ...Object.values(PUBLIC_TOPICS),
      ...CHANNELS.flatMap((name) => [inboundTopic(name), receiptsTopic(name)]),
    ];
    expect(addresses.toSorted()).toEqual(expected.toSorted());
    for (const { address, bindings } of Object.values(channels)) {
      const declared = TOPICS.find((topic) => topic.name === address);
      expect(declared).toBeDefined();
      expect(bindings).toMatchObject({ kafka: { topic: address, partitions: declared?.partitions } });
    }
  });

  it('has one operation for each topic', () => {
    const served = Object.values(document['operations']!).map(({ channel }) => (channel as { $ref: string }).$ref);
    expect(served.toSorted()).toEqual(
      Object.keys(channels)
        .map((id) => `#/channels/${id}`)
        .toSorted(),
    );
  });

  it('refers only to what it holds', () => {
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer]) => pointer!);
    expect(pointers.length).toBeGreaterThan(0);
    expect(pointers.filter((pointer) => resolve(pointer) === undefined)).toEqual([]);
  });

  it('describes the headers that records have', () => {
    const headers = toHeaders({
      id: '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122',
      source: '/unifier',
      type: 'omni.customer.state',
      subject: 'cus_204518',
      time: '2026-11-20T08:15:02.113Z',
      recordedtime: '2026-11-20T08:15:03.020Z',
      dataschema: 'urn:omni:schema:customer.state:1.0.0',
      partitionkey: 'cus_204518',
      sequence: '00000000000000000042',
      correlationid: 'in_mfzsa3db',
      causationid: 'in_mfzsa3db',
      dataclassification: 'confidential',
    });
    const described = document['components']!['schemas']!['Headers'] as { required: string[]; properties: Json };
    expect(Object.keys(described.properties)).toEqual(expect.arrayContaining(Object.keys(headers)));
    const accepts = ajv.compile(described);
    expect(accepts(headers)).toBe(true);
    for (const name of described.required) {
      const { [name]: _removed, ...rest } = headers;
      expect([name, accepts(rest)]).toEqual([name, false]);
    }
  });
});
