import { z } from 'zod';
import { dataSchemaOf, SCHEMA_VERSION } from './cloud-event.js';
import { INBOUND_SCHEMAS } from './inbound-event.js';
import { PUBLIC_SCHEMAS } from './timeline-entry.js';

/**
 * Two forms of one schema: consumers use `open` and ignore what they do not know; producers check against `closed`,
 * which refuses unknown fields (stream contract, section 6).
 */
export type SchemaForm = 'open' | 'closed';

/** A JSON Schema 2020-12 document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Schema of the data of every type of record. */
export const DATA_SCHEMAS = { ...INBOUND_SCHEMAS, ...PUBLIC_SCHEMAS } as const;

/** A type of record whose data has a schema. */
export type DataType = keyof typeof DATA_SCHEMAS;

/** Every type of record whose data has a schema. */
export const DATA_TYPES = Object.keys(DATA_SCHEMAS) as readonly DataType[];

/** Name of a type's schema, as in `/v1/schemas/<name>/<version>`. */
export const schemaNameOf = (type: string): string => type.replace(/^omni\./, '');

/** What zod calls input leaves objects open, what it calls output closes them. */
const DIRECTION = { open: 'input', closed: 'output' } as const;

/** JSON Schema of a zod schema; named parts stand under `$defs`. */
export function toJsonSchema(schema: z.ZodType, form: SchemaForm): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: DIRECTION[form] }) as JsonSchema;
}

/** The published schema of a type, with the identifier that `ce_dataschema` carries. */
export function schemaDocument(type: DataType, form: SchemaForm): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(DATA_SCHEMAS[type], form);
  const id = dataSchemaOf(type);
  return { $schema, $id: form === 'open' ? id : `${id}:closed`, title: type, ...rest };
}

/** Files of the published schemas with their paths below `libs/contracts/schemas`, in a fixed order. */
export function schemaFiles(): readonly { readonly path: string; readonly text: string }[] {
  const write = (type: DataType, form: SchemaForm): string =>
    `${JSON.stringify(schemaDocument(type, form), null, 2)}\n`;
  return DATA_TYPES.flatMap((type) => {
    const folder = schemaNameOf(type);
    return [
      { path: `${folder}/${SCHEMA_VERSION}.json`, text: write(type, 'open') },
      { path: `${folder}/${SCHEMA_VERSION}.closed.json`, text: write(type, 'closed') },
    ];
  });
}

/** A schema whose named parts stand among the `components.schemas` of an OpenAPI or AsyncAPI document. */
export interface ComponentSchema {
  readonly schema: JsonSchema;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? item.replace('#/$defs/', '#/components/schemas/')
        : pointToComponents(item),
    ]),
  );
}

/** Splits a schema into itself and its named parts, for documents that keep those under `components`. */
export function toComponentSchema(schema: z.ZodType, form: SchemaForm): ComponentSchema {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = pointToComponents(toJsonSchema(schema, form)) as {
    $schema?: string;
    $defs?: Record<string, JsonSchema>;
  };
  return { schema: own, components: $defs };
}
