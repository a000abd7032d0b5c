import {
  CHANNELS,
  DATA_SCHEMAS,
  dataSchemaOf,
  INBOUND_TYPES,
  inboundTopic,
  PUBLIC_TOPICS,
  receiptsTopic,
  SCHEMA_VERSION,
  schemaNameOf,
  toComponentSchema,
  TOPICS,
  type DataType,
} from '@app/contracts';

type Json = Readonly<Record<string, unknown>>;

/** A topic with the types of record that it carries. */
interface Carried {
  readonly id: string;
  readonly topic: string;
  readonly types: readonly DataType[];
  readonly description: string;
  /** What we do with it: others receive what we send. */
  readonly action: 'send' | 'receive';
  readonly key: string;
}

const { received, edited, deleted, reacted, receipt, call, order } = INBOUND_TYPES;

/** Public topics, and the ones on which connectors hand over what they accepted. */
const CARRIED: readonly Carried[] = [
  {
    id: 'timeline',
    topic: PUBLIC_TOPICS.timeline,
    types: [
      'omni.timeline.entry.appended',
      'omni.timeline.entry.changed',
      'omni.customer.merged',
      'omni.customer.unmerged',
      'omni.customer.erased',
    ],
    description: 'Entries, merges and erasures of every customer, each customer’s in one order without gaps',
    action: 'send',
    key: 'customer_id',
  },
  {
    id: 'identities',
    topic: PUBLIC_TOPICS.identities,
    types: ['omni.identity.state'],
    description: 'Compacted: which customer each identity belongs to; null once it is erased',
    action: 'send',
    key: 'identity_id',
  },
  {
    id: 'customers',
    topic: PUBLIC_TOPICS.customers,
    types: ['omni.customer.state'],
    description: 'Compacted: the state of each customer; null once it is erased',
    action: 'send',
    key: 'customer_id',
  },
  ...CHANNELS.flatMap((channel): Carried[] => [
    {
      id: `inbound.${channel}`,
      topic: inboundTopic(channel),
      types: channel === 'voice' ? [call] : channel === 'order' ? [order] : [received, edited, deleted, reacted],
      description: `What connectors accepted on ${channel}; for authors of connectors`,
      action: 'receive',
      key: 'sender_key',
    },
    {
      id: `receipts.${channel}`,
      topic: receiptsTopic(channel),
      types: [receipt],
      description: `What became of messages sent on ${channel}; for authors of connectors`,
      action: 'receive',
      key: 'sender_key',
    },
  ]),
];

const header = (description: string, example: string, more: Json = {}): Json => ({
  type: 'string',
  description,
  examples: [example],
  ...more,
});
const INSTANT = { format: 'date-time' };

/** Headers of every record: CloudEvents 1.0, Kafka binding, binary mode (stream contract, section 3). */
const HEADERS: Json = {
  type: 'object',
  description: 'CloudEvents 1.0 in binary content mode. Headers that are not listed are to be ignored.',
  required: [
    'content-type',
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_subject',
    'ce_time',
    'ce_recordedtime',
    'ce_dataschema',
    'ce_partitionkey',
    'ce_correlationid',
    'ce_dataclassification',
  ],
  properties: {
    'content-type': { ...header('Type of the value', 'application/json'), const: 'application/json' },
    ce_specversion: { ...header('CloudEvents version', '1.0'), const: '1.0' },
    ce_id: header('With ce_source: equal pairs are the same event', '0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122'),
    ce_source: header('Who published it', '/unifier'),
    ce_type: header('What happened', 'omni.timeline.entry.appended'),
    ce_subject: header('What it is about', 'cus_204518'),
    ce_time: header('When it happened', '2026-11-20T08:15:02.113Z', INSTANT),
    ce_recordedtime: header('When the system accepted it', '2026-11-20T08:15:03.020Z', INSTANT),
    ce_dataschema: header('Resolved by GET /v1/schemas/{name}/{version}', dataSchemaOf('omni.customer.state')),
    ce_partitionkey: header('Equals the record key', 'cus_204518'),
    ce_sequence: header('On the timeline topic: gap-free for each subject, 20 digits', '00000000000000000042', {
      pattern: '^[0-9]{20}$',
    }),
    ce_correlationid: header('The same from webhook to timeline', 'in_mfzsa3db'),
    ce_causationid: header('Id of the event that caused it', 'in_mfzsa3db'),
    ce_dataclassification: header('How confidential the value is', 'confidential', {
      enum: ['public', 'internal', 'confidential', 'restricted'],
    }),
    traceparent: header('W3C Trace Context', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
  },
};

const pointer = (...parts: readonly string[]): Json => ({ $ref: `#/${parts.join('/')}` });

function message(type: DataType): Json {
  return {
    name: type,
    title: type,
    contentType: 'application/json',
    headers: pointer('components', 'schemas', 'Headers'),
    payload: toComponentSchema(DATA_SCHEMAS[type], 'open').schema,
    'x-dataschema': dataSchemaOf(type),
    'x-schema-href': `/v1/schemas/${schemaNameOf(type)}/${SCHEMA_VERSION}`,
  };
}

function channel({ topic, types, description, key }: Carried): Json {
  const declared = TOPICS.find((declaration) => declaration.name === topic);
  return {
    address: topic,
    description,
    messages: Object.fromEntries(types.map((type) => [type, pointer('components', 'messages', type)])),
    bindings: {
      kafka: { topic, partitions: declared?.partitions, bindingVersion: '0.5.0' },
    },
    'x-key': key,
    'x-topic-configuration': declared?.config,
  };
}

function operation({ id, types, action, description }: Carried): Json {
  return {
    action,
    summary: description,
    channel: pointer('channels', id),
    messages: types.map((type) => pointer('channels', id, 'messages', type)),
  };
}

/** The AsyncAPI 3.0 document of the topics: what is published for everybody, and what connectors hand over. */
export function asyncApiDocument(version: string): Json {
  const types = [...new Set(CARRIED.flatMap((carried) => carried.types))];
  const parts = types.map((type) => toComponentSchema(DATA_SCHEMAS[type], 'open').components);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Omniline',
      version,
      description: 'Topics of the unified stream. At least once; repeats have the same id, sequence and bytes.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(CARRIED.map((carried) => [carried.id, channel(carried)])),
    operations: Object.fromEntries(CARRIED.map((carried) => [`${carried.action}.${carried.id}`, operation(carried)])),
    components: {
      messages: Object.fromEntries(types.map((type) => [type, message(type)])),
      schemas: { Headers: HEADERS, ...Object.assign({}, ...parts) },
    },
  };
}
