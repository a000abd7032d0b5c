import { z } from 'zod';
import { CHANNELS, DATA_TYPES, SCHEMA_VERSION, schemaNameOf, TOPICS } from '@app/contracts';
import type { Config } from '@app/kernel';
import { text } from '../http/field.js';

/** Version of the program and of the contract that it serves. */
export const PRODUCT_VERSION = '0.1.0';

export const metaSchema = z
  .object({
    name: text('Name of the product', 'omniline'),
    version: text('Version of the program', PRODUCT_VERSION),
    api_version: text('Major version of the API, as in its paths', 'v1'),
    stream: text('What carries the stream', 'kafka'),
    durability_profile: text('What an acknowledged record survives: single, single-flush or cluster', 'cluster'),
    channels: z.array(text('Channel', 'sms')).meta({ description: 'Channels of this version', examples: [['sms']] }),
    topics: z
      .array(
        z
          .object({
            name: text('Topic', 'omni.timeline.v1'),
            partitions: z.int().meta({ description: 'Partitions', examples: [12] }),
          })
          .meta({ id: 'MetaTopic', description: 'A topic' }),
      )
      .meta({ description: 'Topics of the installation', examples: [[]] }),
    schemas: z
      .array(
        z
          .object({
            type: text('Type of record', 'omni.customer.state'),
            name: text('Name of its schema', 'customer.state'),
            version: text('Version in use', SCHEMA_VERSION),
            href: text('Where it is', `/v1/schemas/customer.state/${SCHEMA_VERSION}`),
          })
          .meta({ id: 'MetaSchema', description: 'A schema' }),
      )
      .meta({ description: 'Schemas in use', examples: [[]] }),
  })
  .meta({ id: 'Meta', description: 'What this installation is made of' });

export type Meta = z.infer<typeof metaSchema>;

/**
 * The profile that the settings imply: the log in PostgreSQL flushes every commit; three or more brokers are taken for
 * a cluster, because a client cannot see the brokers' own settings.
 */
function durability(config: Pick<Config, 'KAFKA_BROKERS'>): Pick<Meta, 'stream' | 'durability_profile'> {
  if (config.KAFKA_BROKERS === undefined) return { stream: 'postgresql', durability_profile: 'single-flush' };
  const brokers = config.KAFKA_BROKERS.split(',').length;
  return { stream: 'kafka', durability_profile: brokers >= 3 ? 'cluster' : 'single' };
}

/** What `GET /v1/meta` answers. */
export function describeInstallation(config: Pick<Config, 'KAFKA_BROKERS'>): Meta {
  return {
    name: 'omniline',
    version: PRODUCT_VERSION,
    api_version: 'v1',
    ...durability(config),
    channels: [...CHANNELS],
    topics: TOPICS.map(({ name, partitions }) => ({ name, partitions })),
    schemas: DATA_TYPES.map((type) => ({
      type,
      name: schemaNameOf(type),
      version: SCHEMA_VERSION,
      href: `/v1/schemas/${schemaNameOf(type)}/${SCHEMA_VERSION}`,
    })),
  };
}
