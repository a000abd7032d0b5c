import { CHANNELS, CONNECTOR_OF_CHANNEL, type Channel } from './channels.js';

/** Prefix of every topic. */
export const TOPIC_PREFIX = 'omni';

const DAY_MS = 86_400_000;
const MIB = 1_048_576;

/** What a topic must look like; the job that creates topics refuses to start on one that differs. */
export interface TopicDeclaration {
  readonly name: string;
  readonly partitions: number;
  /** Broker settings by their Kafka names. */
  readonly config: Readonly<Record<string, string>>;
}

/** Canonical inbound events of a channel: connector → unifier. */
export const inboundTopic = (channel: Channel): string => `${TOPIC_PREFIX}.inbound.${channel}.v1`;

/** Delivery receipts of a channel, apart because they are several times as many as messages. */
export const receiptsTopic = (channel: Channel): string => `${TOPIC_PREFIX}.receipts.${channel}.v1`;

/** What a service set aside, with its original bytes. */
export const deadLetterTopic = (service: string): string => `${TOPIC_PREFIX}.dlq.${service}.v1`;

/** Public topics (stream contract, section 2). */
export const PUBLIC_TOPICS = {
  timeline: `${TOPIC_PREFIX}.timeline.v1`,
  identities: `${TOPIC_PREFIX}.identities.v1`,
  customers: `${TOPIC_PREFIX}.customers.v1`,
} as const;

/** Largest body that a webhook may have, and so the largest dead letter, in bytes. */
export const MAX_WEBHOOK_BYTES = 5 * MIB;

const common = {
  'message.timestamp.type': 'LogAppendTime',
  'segment.ms': String(DAY_MS),
  'compression.type': 'producer',
};

function plain(name: string, partitions: number, retentionDays: number, maxBytes = MIB): TopicDeclaration {
  return {
    name,
    partitions,
    config: {
      ...common,
      'cleanup.policy': 'delete',
      'retention.ms': String(retentionDays * DAY_MS),
      'max.message.bytes': String(maxBytes),
    },
  };
}

function compacted(name: string, partitions: number): TopicDeclaration {
  return {
    name,
    partitions,
    config: {
      ...common,
      'cleanup.policy': 'compact',
      'max.compaction.lag.ms': String(DAY_MS),
      'min.cleanable.dirty.ratio': '0.1',
      'delete.retention.ms': String(7 * DAY_MS),
      'max.message.bytes': String(MIB),
    },
  };
}

const SERVICES = [...new Set([...Object.values(CONNECTOR_OF_CHANNEL), 'unifier'])];

/** Every topic of the installation, from which they are created (stream contract, section 2). */
export const TOPICS: readonly TopicDeclaration[] = [
  ...CHANNELS.map((channel) => plain(inboundTopic(channel), 6, 7)),
  ...CHANNELS.map((channel) => plain(receiptsTopic(channel), 6, 3)),
  plain(PUBLIC_TOPICS.timeline, 12, 14),
  compacted(PUBLIC_TOPICS.identities, 12),
  compacted(PUBLIC_TOPICS.customers, 12),
  ...SERVICES.map((service) => plain(deadLetterTopic(service), 3, 14, 9 * MIB)),
];
