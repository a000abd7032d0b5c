import { listOf, objectOf, type JsonObject } from '../shared/fields.js';
import type { JsonNode } from '../shared/json-scanner.js';
import { locateJson } from '../shared/read-json.js';
import type { WebhookRequest } from '../channel-adapter.js';
import type { HttpSmsSettings } from './http-sms.settings.js';

/** One message or report of a delivery. */
export interface GatewayElement {
  /** Value under a field's name or dotted path; undefined when absent or not a plain value. */
  get(path: string): string | undefined;
  /** Its original bytes, without the token of the address. */
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** Undefined when the body cannot be read at all. */
export type Elements = readonly GatewayElement[] | undefined;

const AMPERSAND = Buffer.from('&');
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Percent-decodes ISO-8859-1; `URLSearchParams` would read it as broken UTF-8. */
function decodeLatin1(text: string): string {
  const blanks = text.replaceAll('+', ' ');
  return blanks.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function latin1Pairs(bytes: Buffer): [string, string][] {
  return bytes
    .toString('latin1')
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decodeLatin1(name), decodeLatin1(value)];
    });
}

/** Values by name; the first one counts, for the digest as for the message. */
function readForm(bytes: Buffer, encoding: 'utf8' | 'latin1'): ReadonlyMap<string, string> {
  const pairs = encoding === 'latin1' ? latin1Pairs(bytes) : [...new URLSearchParams(bytes.toString('utf8'))];
  const values = new Map<string, string>();
  for (const [name, value] of pairs) if (name !== '' && !values.has(name)) values.set(name, value);
  return values;
}

/** Query as received, without the parameters that hold a token: what is kept must open nothing. */
function queryWithoutTokens(originalUrl: string, { auth }: HttpSmsSettings): string {
  const question = originalUrl.indexOf('?');
  if (question === -1) return '';
  const hidden = auth.flatMap((rule) => (rule.kind === 'query' ? [rule.name] : []));
  const pairs = originalUrl.slice(question + 1).split('&');
  return pairs.filter((pair) => !hidden.includes([...new URLSearchParams(pair).keys()][0] ?? '')).join('&');
}

function formElement(bytes: Buffer, settings: HttpSmsSettings): GatewayElement {
  const values = readForm(bytes, settings.message?.text_encoding === 'latin1' ? 'latin1' : 'utf8');
  return { get: (path) => values.get(path), bytes, mediaType: FORM_TYPE };
}

function valueAt(value: unknown, path: string): unknown {
  const object = objectOf(value);
  if (object === undefined) return undefined;
  if (Object.hasOwn(object, path)) return object[path];
  const dot = path.indexOf('.');
  if (dot === -1) return undefined;
  const head = path.slice(0, dot);
  return Object.hasOwn(object, head) ? valueAt(object[head], path.slice(dot + 1)) : undefined;
}

function plain(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

const jsonElement = (value: unknown, node: JsonNode, body: Buffer): GatewayElement => ({
  get: (path) => plain(valueAt(value, path)),
  bytes: body.subarray(node.start, node.end),
  mediaType: 'application/json',
});

/** Walks down to the list that `items` names; the root when there is none. */
function descend(
  value: unknown,
  node: JsonNode,
  path: readonly string[],
): { value: unknown; node: JsonNode } | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return { value, node };
  const member = node.members?.get(head);
  const object: JsonObject | undefined = objectOf(value);
  return member === undefined || object === undefined ? undefined : descend(object[head], member, rest);
}

function jsonElements(body: Buffer, items: string | undefined): Elements {
  const path = items?.split('.') ?? [];
  const reading = locateJson(body, path.length + 1);
  if (!reading.ok) return undefined;
  const found = descend(reading.value, reading.root, path);
  // A body without the list is one element: it is refused with its bytes rather than lost.
  if (found === undefined) return [jsonElement(reading.value, reading.root, body)];
  // An empty list where the body itself is the list says nothing that was asked for, so it is refused as well.
  const isList = Array.isArray(found.value) && (path.length > 0 || found.value.length > 0);
  if (!isList) return [jsonElement(found.value, found.node, body)];
  const nodes = found.node.elements ?? [];
  return listOf(found.value).map((value, index) => jsonElement(value, nodes[index]!, body));
}

/** Takes a delivery apart, in the order in which the gateway lists its elements. */
export function elementsOf(request: WebhookRequest, settings: HttpSmsSettings): Elements {
  switch (settings.body) {
    case 'json':
      return jsonElements(request.body, settings.items);
    case 'form':
      return [formElement(request.body, settings)];
    case 'query': {
      const query = Buffer.from(queryWithoutTokens(request.originalUrl, settings));
      const both =
        query.length === 0 || request.body.length === 0 ? [query, request.body] : [query, AMPERSAND, request.body];
      return [formElement(Buffer.concat(both), settings)];
    }
  }
}

/** Tells whether a request says nothing: gateways try an address with such a one when it is saved. */
export function isProbe(request: WebhookRequest, settings: HttpSmsSettings): boolean {
  return request.body.length === 0 && queryWithoutTokens(request.originalUrl, settings) === '';
}
