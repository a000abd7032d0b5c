import type { WebhookRequest } from '../channel-adapter.js';
import { listOf, objectOf, textOf, type JsonObject } from '../shared/fields.js';
import { locateJson, readJson } from '../shared/read-json.js';

/** One CloudEvent, or what is not one. */
export interface ReceivedEvent {
  /** Original bytes of the element. */
  readonly bytes: Buffer;
  /** Attributes that stood in headers, as JSON; they are not part of the bytes. */
  readonly context?: string;
  readonly event: CloudEventParts | { readonly problem: string };
}

/** What is read of a CloudEvent. */
export interface CloudEventParts {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339, as sent. */
  readonly time: string | undefined;
  readonly data: unknown;
}

/** Longest attribute in characters; CloudEvents asks intermediaries to take 64 KiB for all together. */
const MAX_ATTRIBUTE_CHARS = 1024;

const mediaTypeOf = ({ headers }: WebhookRequest): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();

/** A header's value: characters that a header cannot hold are percent-encoded (HTTP binding, section 3.1.3.2). */
function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value.replace(/^"(.*)"$/s, '$1'));
  } catch (error) {
    if (error instanceof URIError) return value;
    throw error;
  }
}

function partsOf(attributes: JsonObject, data: unknown): CloudEventParts | { problem: string } {
  if (attributes['specversion'] !== '1.0') return { problem: 'specversion is not 1.0' };
  const [id, source, type] = ['id', 'source', 'type'].map((name) => textOf(attributes[name]));
  if (id === undefined || source === undefined || type === undefined)
    return { problem: 'id, source or type is missing' };
  if ([id, source, type].some((value) => value.length > MAX_ATTRIBUTE_CHARS))
    return { problem: 'an attribute is too long' };
  return { id, source, type, time: textOf(attributes['time']), data };
}

/** Structured form: `data`, or `data_base64` that holds JSON. */
function structured(value: unknown): CloudEventParts | { problem: string } {
  const attributes = objectOf(value);
  if (attributes === undefined) return { problem: 'no object' };
  const encoded = textOf(attributes['data_base64']);
  if (encoded === undefined) return partsOf(attributes, attributes['data']);
  const reading = readJson(Buffer.from(encoded, 'base64'));
  return reading.ok ? partsOf(attributes, reading.value) : { problem: 'data_base64 holds no JSON' };
}

/**
 * Binary form: attributes in headers, which the signature does not cover. So the id must be the one that is signed, or one
 * signed body could be sent again as other events.
 */
function binary(request: WebhookRequest, data: unknown): ReceivedEvent {
  const entries = Object.entries(request.headers).filter(([name]) => name.startsWith('ce-'));
  const attributes = Object.fromEntries(entries.map(([name, value]) => [name.slice(3), decodeHeader(value ?? '')]));
  const event =
    attributes['id'] === request.headers['webhook-id']
      ? partsOf(attributes, data)
      : { problem: 'ce-id is not the signed webhook-id' };
  return { bytes: request.body, context: JSON.stringify(attributes), event };
}

/** The events of a request in structured, batch or binary form; undefined when the body is not JSON. */
export function readCloudEvents(request: WebhookRequest): readonly ReceivedEvent[] | undefined {
  const { body } = request;
  const reading = locateJson(body, 1);
  if (!reading.ok) return undefined;
  if (request.headers['ce-specversion'] !== undefined && !mediaTypeOf(request).startsWith('application/cloudevents')) {
    return [binary(request, reading.value)];
  }
  const nodes = reading.root.elements;
  if (nodes === undefined || nodes.length === 0) return [{ bytes: body, event: structured(reading.value) }];
  return listOf(reading.value).map((value, index) => ({
    bytes: body.subarray(nodes[index]!.start, nodes[index]!.end),
    event: structured(value),
  }));
}
