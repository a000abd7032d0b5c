/**
 * CloudEvents 1.0 attributes of one record, without the `ce_` of the Kafka binding (stream contract, section 3).
 * Times are RFC 3339 in UTC with milliseconds.
 */
export interface CloudEventAttributes {
  readonly id: string;
  /** `/connectors/<channel>/<account>`, `/unifier`, … */
  readonly source: string;
  readonly type: string;
  /** The key's entity: sender key, identity id or customer id. Never personal data. */
  readonly subject: string;
  /** When it happened. */
  readonly time: string;
  /** When the system accepted it. */
  readonly recordedtime: string;
  /** `urn:omni:schema:<name>:<version>` */
  readonly dataschema: string;
  readonly partitionkey: string;
  /** 20 digits, zero padded: gap-free for each subject. */
  readonly sequence?: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly dataclassification: 'public' | 'internal' | 'confidential' | 'restricted';
}

const REQUIRED = [
  'id',
  'source',
  'type',
  'subject',
  'time',
  'recordedtime',
  'dataschema',
  'partitionkey',
  'correlationid',
  'dataclassification',
] as const;
const OPTIONAL = ['sequence', 'causationid'] as const;

/** Headers of a record in binary content mode. */
export function toHeaders(attributes: CloudEventAttributes): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', ce_specversion: '1.0' };
  for (const name of REQUIRED) headers[`ce_${name}`] = attributes[name];
  for (const name of OPTIONAL) {
    const value = attributes[name];
    if (value !== undefined) headers[`ce_${name}`] = value;
  }
  return headers;
}

/**
 * Reads the attributes of a record in binary content mode. Unknown headers are ignored.
 *
 * @returns the attributes, or the name of the first header that is missing or wrong
 */
export function fromHeaders(headers: Readonly<Record<string, string>>): CloudEventAttributes | { missing: string } {
  if (headers['ce_specversion'] !== '1.0') return { missing: 'ce_specversion' };
  const attributes: Record<string, string> = {};
  for (const name of REQUIRED) {
    const value = headers[`ce_${name}`];
    if (value === undefined) return { missing: `ce_${name}` };
    attributes[name] = value;
  }
  for (const name of OPTIONAL) {
    const value = headers[`ce_${name}`];
    if (value !== undefined) attributes[name] = value;
  }
  return attributes as unknown as CloudEventAttributes;
}

/** One event in structured content mode, as the API and SSE serve it. */
export type StructuredCloudEvent = CloudEventAttributes & {
  readonly specversion: '1.0';
  readonly datacontenttype: 'application/json';
  /** Absent in a tombstone. */
  readonly data?: unknown;
};

/** Writes a sequence number as the contract asks: 20 digits, zero padded. */
export const formatSequence = (sequence: bigint | number): string => String(sequence).padStart(20, '0');

/** Versions of the schemas in use; the name is the type without `omni.`. */
export const SCHEMA_VERSION = '1.0.0';

/** URN of the schema of a type. */
export const dataSchemaOf = (type: string): string =>
  `urn:omni:schema:${type.replace(/^omni\./, '')}:${SCHEMA_VERSION}`;
